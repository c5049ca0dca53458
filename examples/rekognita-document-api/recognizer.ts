/**
 * Works a document off: recognizes its file, puts its end on record and tells the customer. All of it can be done again
 * at any point.
 */
import type { Document } from './document';
import { type EventMessage, partialEvent, settledEvent } from './document-events';
import { partsOf, recognize } from './recognition';

export interface RecognizerServices {
  readonly documents: {
    find(accountId: string, id: string): Promise<Document | undefined>;
    file(document: Document): Promise<Buffer>;
    settle(settled: Document): Promise<Document | undefined>;
  };
  /** Puts an event on the sender's queue. */
  publish(event: EventMessage): Promise<void>;
  now(): Date;
}

/** A document with more pages is told of in parts as they are read, before it is told of as a whole. */
const PAGES_PER_PART = 10;

export class Recognizer {
  constructor(private readonly services: RecognizerServices) {}

  /**
   * @returns how the document ended; undefined when it is no more
   * @throws what the services throw: the message comes again then
   */
  async process(accountId: string, id: string): Promise<Document | undefined> {
    const document = await this.services.documents.find(accountId, id);
    if (document === undefined) return undefined;
    // On record before it is told: whatever happens now, nobody is told of another end.
    const settled =
      document.status === 'processing' ? await this.services.documents.settle(await this.read(document)) : document;
    if (settled !== undefined) await this.publish(settledEvent(settled));
    return settled;
  }

  private async read(document: Document): Promise<Document> {
    const recognition = recognize(document.fileType, await this.services.documents.file(document), document.language);
    const end = { completedAt: this.services.now().toISOString() };
    if (!recognition.ok) return { ...document, ...end, status: 'failed', error: recognition.error };
    const { pages, confidence, language } = recognition;
    const parts = partsOf(recognition, PAGES_PER_PART);
    if (parts.length > 1)
      for (const [index, part] of parts.entries()) await this.publish(partialEvent(document, index + 1, part));
    return {
      ...document,
      ...end,
      status: 'completed',
      result: { text: pages.join('\n'), confidence, pages: pages.length, language },
    };
  }

  private async publish(events: readonly EventMessage[]): Promise<void> {
    for (const event of events) await this.services.publish(event);
  }
}
