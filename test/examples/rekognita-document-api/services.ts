/** What the document API stands on, in memory. */
import type { Document } from '../../../examples/rekognita-document-api/document';

export class InMemoryDocuments {
  readonly documents = new Map<string, Document>();
  readonly files = new Map<string, Buffer>();
  /** Called before an end is put on record: what somebody else does meanwhile. */
  beforeSettle: () => void = () => undefined;

  create(document: Document, content: Buffer): Promise<void> {
    this.documents.set(document.id, document);
    this.files.set(document.id, content);
    return Promise.resolve();
  }

  find(accountId: string, id: string): Promise<Document | undefined> {
    const document = this.documents.get(id);
    return Promise.resolve(document?.accountId === accountId ? document : undefined);
  }

  file({ id }: Document): Promise<Buffer> {
    return Promise.resolve(this.files.get(id)!);
  }

  settle(settled: Document): Promise<Document | undefined> {
    this.beforeSettle();
    const stored = this.documents.get(settled.id);
    if (stored?.status === 'processing') this.documents.set(settled.id, settled);
    return Promise.resolve(this.documents.get(settled.id));
  }
}

export function documentOf(changes: Partial<Document> = {}): Document {
  return {
    id: 'doc_1',
    accountId: 'acct_1',
    status: 'processing',
    fileName: 'invoice.pdf',
    fileType: 'pdf',
    fileSize: 1,
    webhookUrl: 'https://hooks.acme.com/rekognita',
    createdAt: '2025-01-15T12:00:00.000Z',
    ...changes,
  };
}
