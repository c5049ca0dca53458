import { extname } from 'node:path';

export const LINE_LENGTH = 120;

/** One line that breaks a rule. */
export interface LineFault {
  readonly line: number;
  readonly what: string;
  readonly better: string;
}

/** Files whose lines are not written by hand, or are data: generated files, test vectors, pictures, string tables. */
const WITHOUT_LIMIT: readonly RegExp[] = [
  /^package-lock\.json$/,
  /^dashboard\/api\/schema\.d\.ts$/,
  /^dashboard\/locales\/[^/]+\.json$/,
  /^bench\/cost-budget\.json$/,
  /^build\/prose\/baseline\.json$/,
  /^test\/vectors\/[^/]+\.json$/,
  /^verify\/.*vectors[^/]*\.json$/,
  /\.(svg|png|webp|ico|jpg)$/,
];

/** A description or a command is one string of a package's manifest. */
const MANIFEST_STRING = /^\s*"?[\w:-]+"?\s*[:=]\s*"/;
const MANIFESTS = /(^|\/)(package|composer)\.json$|(^|\/)pyproject\.toml$/;

const URL = /https?:\/\/[^\s)>"'`]+/g;
const TAG = /(?<![\w{`])@(param|returns|throws|default|example|see)\b/g;
const WITH_DOC_COMMENTS = new Set(['.ts', '.tsx', '.mts', '.cts', '.mjs', '.cjs', '.js', '.php', '.java']);

/** The lines of a text file that are too long, or have several tags of a doc comment. */
export function faultsOfLines(path: string, text: string): readonly LineFault[] {
  const lines = text.split('\n');
  return [...tooLong(path, lines), ...crowdedTags(path, lines)].sort((a, b) => a.line - b.line);
}

function tooLong(path: string, lines: readonly string[]): readonly LineFault[] {
  if (WITHOUT_LIMIT.some((pattern) => pattern.test(path))) return [];
  return lines.flatMap((text, index) => {
    const columns = columnsOf(text);
    if (columns <= LINE_LENGTH || isExempt(path, text)) return [];
    return [{ line: index + 1, what: `${columns} columns`, better: `break it at ${LINE_LENGTH}` }];
  });
}

/** As an editor counts: a tab is four columns, and a character outside the basic plane is one. */
function columnsOf(line: string): number {
  return [...line.replaceAll('\t', '    ')].length;
}

function isExempt(path: string, line: string): boolean {
  if (MANIFESTS.test(path) && MANIFEST_STRING.test(line)) return true;
  if (extname(path) === '.md' && isUnbreakableMarkdown(line)) return true;
  return columnsOf(line.replace(URL, '')) <= LINE_LENGTH && hasOneUrl(line);
}

/** A table's row, a link reference, or a line that is one link or picture. */
function isUnbreakableMarkdown(line: string): boolean {
  return (
    /^\s*\|.*\|\s*$/.test(line) ||
    /^\s*\[[^\]]+\]:\s/.test(line) ||
    /^\s*(?:[-*] )?!?\[[^\]]*\]\([^)]*\)[.,]?$/.test(line)
  );
}

const hasOneUrl = (line: string): boolean => [...line.matchAll(URL)].length === 1;

function crowdedTags(path: string, lines: readonly string[]): readonly LineFault[] {
  if (!WITH_DOC_COMMENTS.has(extname(path))) return [];
  return lines.flatMap((text, index) => {
    if (!/^\s*(\/\*\*|\*)/.test(text)) return [];
    const tags = [...text.matchAll(TAG)].map(([tag]) => tag);
    if (tags.length < 2) return [];
    return [{ line: index + 1, what: `${tags.join(' and ')} on one line`, better: 'one tag a line' }];
  });
}
