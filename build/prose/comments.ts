import { extname } from 'node:path';
import ts from 'typescript';
import { forEachComment } from 'ts-api-utils';
import { passagesOfMarkdown } from './markdown';
import type { Passage } from './passage';

/** The prose of a comment, and the line on which it begins. */
interface Comment {
  readonly text: string;
  readonly line: number;
}

const TYPESCRIPT = new Set(['.ts', '.tsx', '.mts', '.cts', '.mjs', '.cjs', '.js']);

/** How comments of other languages are written. */
interface Language {
  readonly line: readonly string[];
  readonly block: boolean;
  readonly docstrings: boolean;
  readonly quotes: string;
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  '.go': { line: ['//'], block: true, docstrings: false, quotes: '"\'`' },
  '.java': { line: ['//'], block: true, docstrings: false, quotes: '"\'' },
  '.php': { line: ['//', '#'], block: true, docstrings: false, quotes: '"\'' },
  '.py': { line: ['#'], block: false, docstrings: true, quotes: '"\'' },
};

/** Whether comments of this file can be read. */
export function hasReadableComments(path: string): boolean {
  return TYPESCRIPT.has(extname(path)) || extname(path) in LANGUAGES;
}

/** The prose of a source file's comments. They are read as Markdown, as editors show them. */
export function passagesOfComments(path: string, source: string): readonly Passage[] {
  const language = LANGUAGES[extname(path)];
  const comments = language === undefined ? typescriptComments(path, source) : commentsOf(source, language);
  return comments.flatMap(piecesOf).flatMap(({ text, line }) => passagesOfMarkdown(text, line));
}

function typescriptComments(path: string, source: string): readonly Comment[] {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, true);
  const ranges: { pos: number; end: number }[] = [];
  forEachComment(file, (_, { pos, end }) => ranges.push({ pos, end }));
  return joinedComments(
    source,
    ranges.sort((a, b) => a.pos - b.pos),
  );
}

/** Comments of a language with plain strings: a short walk from quotation mark to comment. */
function commentsOf(source: string, language: Language): readonly Comment[] {
  const ranges: { pos: number; end: number }[] = [];
  const indexOr = (text: string, from: number): number => {
    const found = source.indexOf(text, from);
    return found === -1 ? source.length : found;
  };
  let at = 0;
  while (at < source.length) {
    const quote = language.docstrings ? ['"""', "'''"].find((mark) => source.startsWith(mark, at)) : undefined;
    const opened = language.line.find((mark) => source.startsWith(mark, at));
    if (quote !== undefined) {
      const end = Math.min(indexOr(quote, at + 3) + 3, source.length);
      if (isAtLineStart(source, at)) ranges.push({ pos: at, end });
      at = end;
    } else if (opened !== undefined) {
      const end = indexOr('\n', at);
      ranges.push({ pos: at, end });
      at = end;
    } else if (language.block && source.startsWith('/*', at)) {
      const end = Math.min(indexOr('*/', at + 2) + 2, source.length);
      ranges.push({ pos: at, end });
      at = end;
    } else if (language.quotes.includes(source[at]!)) at = endOfString(source, at);
    else at++;
  }
  return joinedComments(source, ranges);
}

function endOfString(source: string, start: number): number {
  const quote = source[start]!;
  let at = start + 1;
  while (at < source.length && source[at] !== quote) {
    if (source[at] === '\n' && quote !== '`') return at;
    at += source[at] === '\\' && quote !== '`' ? 2 : 1;
  }
  return at + 1;
}

const isAtLineStart = (source: string, at: number): boolean => /(^|\n)[ \t]*$/.test(source.slice(0, at).slice(-80));

/** Line comments below one another are one comment. */
function joinedComments(source: string, ranges: readonly { pos: number; end: number }[]): readonly Comment[] {
  const comments: { text: string; line: number; lastLine: number; alone: boolean }[] = [];
  const lineOf = lineCounter(source);
  for (const { pos, end } of ranges) {
    const raw = source.slice(pos, end);
    if (isDirective(raw)) continue;
    const line = lineOf(pos);
    const isLine = /^(\/\/|#)/.test(raw);
    const text = isLine ? raw.replace(/^(\/\/+|#+!?)/, '') : withoutFrame(raw);
    const alone = isLine && isAtLineStart(source, pos);
    const previous = comments.at(-1);
    if (alone && previous?.alone === true && previous.lastLine === line - 1) {
      previous.text += `\n${text.trim()}`;
      previous.lastLine = line;
    } else comments.push({ text: isLine ? text.trim() : text, line, lastLine: line, alone });
  }
  return comments;
}

/** Lines of ascending offsets. */
function lineCounter(source: string): (offset: number) => number {
  let line = 1;
  let at = 0;
  return (offset) => {
    for (; at < offset; at++) if (source[at] === '\n') line++;
    return line;
  };
}

/** Words for a tool are no prose. */
const DIRECTIVE = /^(\/\/|\/\*+|#)\s*(eslint\b|@ts-|prettier-ignore|@vite|[@#]__|# ?source|\/ <|noqa|type:|!|go:)/;
const isDirective = (comment: string): boolean => DIRECTIVE.test(comment);

function withoutFrame(block: string): string {
  return block
    .replace(/^(\/\*+!?|"""|''')/, '')
    .replace(/(\*+\/|"""|''')$/, '')
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.replace(/^\s*(\* ?)?/, '')).trimEnd())
    .join('\n')
    .replace(/^[ \t]+/, '');
}

/** Tags whose text is code or a name. `@default` has prose only after a hyphen. */
const TAGS_WITHOUT_PROSE = /^@(example|see|internal|stability|type|typedef|template|var|phpstan\S*|psalm\S*)\b/;
const TAG_WITH_NAME = /^@(param|throws|property)\s+(\{[^}]*\}\s*)?(\S*\s+\$\w+|\S+)\s*(-\s*)?/;

/** A comment's text before its tags, and the text of each tag. */
function piecesOf(comment: Comment): readonly Comment[] {
  const pieces: { text: string; line: number }[] = [{ text: '', line: comment.line }];
  for (const [index, line] of comment.text.split('\n').entries()) {
    if (/^\s*@\w/.test(line)) pieces.push({ text: line.trim(), line: comment.line + index });
    else pieces.at(-1)!.text += (pieces.at(-1)!.text === '' && index === 0 ? '' : '\n') + line;
  }
  return pieces.map(({ text, line }) => ({ text: withoutTag(text).replaceAll(/\{@link [^}]*\}/g, '`link`'), line }));
}

function withoutTag(text: string): string {
  if (!text.startsWith('@')) return text;
  if (TAGS_WITHOUT_PROSE.test(text)) return '';
  if (text.startsWith('@default')) return /^@default\s+-\s/.test(text) ? text.replace(/^@default\s+-\s/, '') : '';
  if (TAG_WITH_NAME.test(text)) return text.replace(TAG_WITH_NAME, '');
  return text.replace(/^@\w+\s*(-\s*)?/, '');
}
