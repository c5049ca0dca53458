import type { Nodes, Paragraph, Root } from 'mdast';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { CODE_WORD, PassageBuilder, type Passage } from './passage';

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkFrontmatter);

/** The syntax tree of a Markdown text, with tables and front matter. */
export function markdownTree(markdown: string): Root {
  return parser.parse(markdown);
}

/**
 * The prose of a Markdown text: paragraphs, also those of lists and quotations. Headings, tables, code, HTML and front
 * matter are not prose.
 *
 * @param firstLine the line of the file on which the text begins
 */
export function passagesOfMarkdown(markdown: string, firstLine = 1): readonly Passage[] {
  const passages: Passage[] = [];
  visit(markdownTree(markdown), 'paragraph', (paragraph: Paragraph) => {
    const builder = new PassageBuilder();
    addText(paragraph, firstLine - 1, builder);
    passages.push(builder.build());
  });
  return passages;
}

const ADDRESS = /\bhttps?:\/\/[^\s)]+/g;

function addText(node: Nodes, linesBefore: number, builder: PassageBuilder): void {
  const line = linesBefore + (node.position?.start.line ?? 1);
  if (node.type === 'text') builder.add(node.value.replaceAll(ADDRESS, CODE_WORD), line);
  else if (node.type === 'inlineCode') builder.add(CODE_WORD, line);
  else if (node.type === 'break') builder.add(' ', line);
  else if ('children' in node) for (const child of node.children) addText(child, linesBefore, builder);
}
