/**
 * Text from others, without what it hides: controls, marks that turn the direction of writing, characters without a
 * glyph. Each is named instead, as `U+202E`.
 */

export interface Piece {
  readonly text: string;
  /** The name of a hidden character. */
  readonly hidden?: string;
}

/** Unicode's general categories Cc, Cf and Cs, and what is ignorable by default; line and paragraph separators. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;
/** In running text these join letters and emoji as they should (UTS 51, Unicode chapter 23), and deceive nobody. */
const JOINERS = /\u200C|\u200D|[\uFE00-\uFE0F]/u;

/** @param exact in a raw view, where every character counts but those that are seen as lines, indents and emoji */
export function piecesOf(text: string, exact = false): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const [character] = match;
    if (
      character === '\n' ||
      character === '\t' ||
      (exact ? /[\uFE0E\uFE0F]/u.test(character) : JOINERS.test(character))
    )
      continue;
    if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
    pieces.push({ text: '', hidden: codePointName(character) });
    from = match.index + character.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

/**
 * For places that take plain text alone, such as a title: in isolation from what stands around it (Unicode
 * Bidirectional Algorithm, FSI and PDI).
 */
export function isolated(text: string): string {
  return `\u2068${piecesOf(text)
    .map(({ text: shown, hidden }) => hidden ?? shown)
    .join('')}\u2069`;
}

function codePointName(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
