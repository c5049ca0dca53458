import type { Passage } from './passage';

/** One sentence of a file. */
export interface Sentence {
  readonly text: string;
  readonly words: number;
  /** The line on which it begins. */
  readonly line: number;
}

/** After these a period does not end a sentence. */
const ABBREVIATIONS = ['e.g.', 'i.e.', 'etc.', 'vs.', 'cf.', 'no.', 'approx.', 'incl.', 'Inc.', 'Sec.', 'Fig.'];

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** The sentences of a passage; an abbreviation's period ends none. */
export function sentencesOf({ text, lines }: Passage): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let start = 0;
  for (const { index, segment } of segmenter.segment(text)) {
    const end = index + segment.length;
    if (end < text.length && endsInAbbreviation(segment)) continue;
    const sentence = text.slice(start, end);
    const begin = start + (sentence.length - sentence.trimStart().length);
    const words = countWords(sentence);
    if (words > 0) sentences.push({ text: sentence.trim(), words, line: lines[begin]! });
    start = end;
  }
  return sentences;
}

function endsInAbbreviation(segment: string): boolean {
  const lastWord = segment.trim().split(/[\s(]/).at(-1)!;
  return ABBREVIATIONS.some((abbreviation) => abbreviation.toLowerCase() === lastWord.toLowerCase());
}

/** What stands between blanks and has a letter or a digit. */
function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}
