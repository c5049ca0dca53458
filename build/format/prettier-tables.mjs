/**
 * A Prettier plugin: Markdown tables keep the layout that their author gave them. Prettier pads each cell to the width
 * of its column, so a table with one long cell would be hundreds of columns wide, and a change of it would touch every
 * row.
 */
import * as markdown from 'prettier/plugins/markdown';
import { doc } from 'prettier';

const { hardline, join } = doc.builders;
const { mdast } = markdown.printers;

/** Rows as they stand in the source, without the indentation of a list around them. */
function rowsOf({ position }, { originalText }) {
  const indent = position.start.column - 1;
  const text = originalText.slice(position.start.offset, position.end.offset);
  return text.split('\n').map((row, index) => (index === 0 ? row : row.slice(indent)).trimEnd());
}

export const { languages, parsers } = markdown;

export const printers = {
  mdast: {
    ...mdast,
    print(path, options, print, args) {
      if (path.node.type !== 'table') return mdast.print(path, options, print, args);
      return join(hardline, rowsOf(path.node, options));
    },
  },
};
