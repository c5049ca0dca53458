/**
 * Stands for the recognizer: it reads no text, but counts a file's pages and fails where a real one would. Put your own
 * in its place.
 */
import type { RecognitionError, RecognitionResult } from './document';
import type { FileType } from './file-type';

export type Recognition =
  | {
      readonly ok: true;
      /** The text of each. */ readonly pages: readonly string[];
      readonly confidence: number;
      readonly language: string;
    }
  | { readonly ok: false; readonly error: RecognitionError };

/** More than these make no sense of a file of the size that the API takes, and each part of a document is an event. */
const MAX_PAGES = 500;
/** A page's object in a PDF, not that of the list of pages. */
const PDF_PAGE = /\/Type\s*\/Page(?![A-Za-z])/g;

const failed = (message: string): Recognition => ({ ok: false, error: { code: 'processing_failed', message } });

/** The same for the same file, however often it is asked. */
export function recognize(type: FileType, content: Buffer, language = 'en'): Recognition {
  if (type === 'pdf' && content.includes('/Encrypt')) return failed('The document is protected by a password.');
  const count = type === 'pdf' ? [...content.toString('latin1').matchAll(PDF_PAGE)].length : 1;
  if (count === 0) return failed('The document has no pages.');
  if (count > MAX_PAGES) return failed(`The document has more than ${MAX_PAGES} pages.`);
  return {
    ok: true,
    pages: Array.from({ length: count }, (_, index) => `Recognized text of page ${index + 1}.`),
    confidence: 0.991,
    language,
  };
}

/** The pages of a recognition in parts of at most so many, each as a result of its own. */
export function partsOf(
  { pages, confidence, language }: Extract<Recognition, { ok: true }>,
  pagesPerPart: number,
): RecognitionResult[] {
  return Array.from({ length: Math.ceil(pages.length / pagesPerPart) }, (_, part) => {
    const own = pages.slice(part * pagesPerPart, (part + 1) * pagesPerPart);
    return { text: own.join('\n'), confidence, pages: own.length, language };
  });
}
