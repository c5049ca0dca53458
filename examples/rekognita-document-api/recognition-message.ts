/** What the API puts on the recognition queue for each document. A deploy meets messages of the version before it. */
export interface RecognitionMessage {
  readonly version: 1;
  readonly account_id: string;
  readonly document_id: string;
}

export function recognitionMessage(accountId: string, documentId: string): string {
  return JSON.stringify({ version: 1, account_id: accountId, document_id: documentId } satisfies RecognitionMessage);
}

/** @throws Error for what is no such message */
export function parseRecognitionMessage(body: string): RecognitionMessage {
  const message = JSON.parse(body) as Partial<RecognitionMessage> | null;
  if (message?.version !== 1 || typeof message.account_id !== 'string' || typeof message.document_id !== 'string')
    throw new Error('not a recognition message of version 1');
  return message as RecognitionMessage;
}
