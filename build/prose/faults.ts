import { extname } from 'node:path';
import { hasReadableComments, passagesOfComments } from './comments';
import { passagesOfMarkdown } from './markdown';
import type { Passage } from './passage';
import { RULES } from './rules';
import { sentencesOf, type Sentence } from './sentences';

export const MOST_WORDS = 40;
export const HIGHEST_MEAN = 20;

/** The kinds of faults that are counted. */
export type CountedFault = 'long' | 'semicolons' | 'banned';

/** One place that should be written differently. */
export interface Fault {
  readonly kind: CountedFault;
  readonly line: number;
  readonly what: string;
  readonly better: string;
}

/** What the check knows of a file. */
export interface Measure {
  readonly faults: readonly Fault[];
  readonly words: number;
  readonly sentences: number;
}

/** Whether the check reads this file. */
export function hasProse(path: string): boolean {
  return extname(path) === '.md' || hasReadableComments(path);
}

/** Measures the prose of a Markdown page, or of a source file's comments. */
export function measure(path: string, source: string): Measure {
  const passages = extname(path) === '.md' ? passagesOfMarkdown(source) : passagesOfComments(path, source);
  const sentences = passages.flatMap(sentencesOf);
  return {
    faults: passages.flatMap(faultsOf),
    words: sentences.reduce((sum, { words }) => sum + words, 0),
    sentences: sentences.length,
  };
}

/** The mean number of words in a sentence, rounded to a tenth. */
export function meanWords({ words, sentences }: Pick<Measure, 'words' | 'sentences'>): number {
  return sentences === 0 ? 0 : Math.round((10 * words) / sentences) / 10;
}

function faultsOf(passage: Passage): readonly Fault[] {
  return sentencesOf(passage).flatMap((sentence) => [
    ...longSentence(sentence),
    ...joiningSemicolons(sentence),
    ...bannedConstructions(sentence),
  ]);
}

function longSentence({ text, words, line }: Sentence): readonly Fault[] {
  if (words <= MOST_WORDS) return [];
  return [
    {
      kind: 'long',
      line,
      what: `a sentence of ${words} words: "${shortened(text)}"`,
      better: `one thought a sentence, 25 words as a rule and ${MOST_WORDS} at most; cases go into a list or a table`,
    },
  ];
}

/** In a list whose items have commas, the last semicolon is followed by "and" or "or". */
const LIST = /;[^;]*; (?:and|or) [^;]*$/;

function joiningSemicolons({ text, line }: Sentence): readonly Fault[] {
  if (LIST.test(text)) return [];
  return [...text.matchAll(/(\S+);\s+(\S+)/g)].map(({ 0: place }) => ({
    kind: 'semicolons',
    line,
    what: `a semicolon joins two clauses: "${place}"`,
    better: 'two sentences, or a conjunction that says how they belong together',
  }));
}

function bannedConstructions({ text, line }: Sentence): readonly Fault[] {
  return RULES.flatMap(({ name, pattern, reason, better }) =>
    [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].map(({ 0: found }) => ({
      kind: 'banned' as const,
      line,
      what: `"${found.trim()}" (${name}: ${reason})`,
      better,
    })),
  );
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}...` : text);
