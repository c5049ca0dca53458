/** A paragraph, a list item or the text of a JSDoc tag, without its markup. */
export interface Passage {
  /** Inline code is one word, `CODE_WORD`. */
  readonly text: string;
  /** The line of the file, from 1, that each character of the text stands on. */
  readonly lines: readonly number[];
}

/** Stands for inline code and addresses. It has a capital, so that a sentence may begin with it. */
export const CODE_WORD = 'Code';

/** Text that grows from pieces of a file. */
export class PassageBuilder {
  private text = '';
  private readonly lines: number[] = [];

  /** @param line of the piece's first character; each newline in the piece moves on by one */
  public add(piece: string, line: number): void {
    for (const character of piece.split('')) {
      this.text += character === '\n' ? ' ' : character;
      this.lines.push(line);
      if (character === '\n') line++;
    }
  }

  public build(): Passage {
    return { text: this.text, lines: this.lines };
  }
}
