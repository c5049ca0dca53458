/** A document, from its submission to its end. */
import { randomUUID } from 'node:crypto';
import type { FileType } from './file-type';

export interface Document {
  readonly id: string;
  readonly accountId: string;
  readonly status: 'processing' | 'completed' | 'failed';
  readonly fileName: string;
  readonly fileType: FileType;
  /** Bytes. */
  readonly fileSize: number;
  readonly language?: string;
  readonly webhookUrl?: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; of a failed one, too. */
  readonly completedAt?: string;
  readonly result?: RecognitionResult;
  readonly error?: RecognitionError;
}

export interface RecognitionResult {
  readonly text: string;
  /** 0 to 1. */
  readonly confidence: number;
  readonly pages: number;
  readonly language: string;
}

export interface RecognitionError {
  readonly code: string;
  readonly message: string;
}

export function newDocumentId(): string {
  return `doc_${randomUUID().replaceAll('-', '')}`;
}

/** Where a document's file is: a key of ids alone, each account's under a prefix of its own. */
export function fileKey({ accountId, id }: Pick<Document, 'accountId' | 'id'>): string {
  return `${accountId}/${id}`;
}

/** A document as the API shows it. */
export function documentResource({
  id,
  status,
  fileName,
  fileSize,
  language,
  webhookUrl,
  createdAt,
  completedAt,
  result,
  error,
}: Document): object {
  // What is undefined, JSON leaves out.
  return {
    document_id: id,
    status,
    file_name: fileName,
    file_size: fileSize,
    language,
    webhook_url: webhookUrl,
    created_at: createdAt,
    completed_at: completedAt,
    result,
    error,
  };
}
