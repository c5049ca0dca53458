/** The document API: `POST /v1/documents` and `GET /v1/documents/{document_id}`. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { ApiError } from './api-error';
import { demand, type Principal } from './api-keys';
import { type Document, documentResource, newDocumentId } from './document';
import { readSubmission } from './submission';

export interface DocumentApiServices {
  readonly apiKeys: { principal(authorization: string | undefined): Promise<Principal> };
  readonly webhookUrls: { assertAcceptable(accountId: string, url: string): Promise<void> };
  readonly documents: {
    create(document: Document, content: Buffer, retentionSeconds: number): Promise<void>;
    find(accountId: string, id: string): Promise<Document | undefined>;
  };
  /** Has a document recognized, some time soon. */
  enqueue(document: Document): Promise<void>;
  now(): Date;
  /** One line, of what may be known of a request: no key, no file, no name of one. */
  log(line: object): void;
}

export interface DocumentApiSettings {
  readonly retentionSeconds: number;
  readonly errorDocsUrl?: string;
}

type Answer = APIGatewayProxyStructuredResultV2 & { readonly statusCode: number };

export class DocumentApi {
  constructor(
    private readonly services: DocumentApiServices,
    private readonly settings: DocumentApiSettings,
  ) {}

  async handle(event: APIGatewayProxyEventV2): Promise<Answer> {
    const line: Record<string, unknown> = {
      message: 'request',
      request_id: event.requestContext.requestId,
      route: event.routeKey,
    };
    const answer = await this.answer(event, line).catch((error: unknown) => this.refusal(error, line));
    this.services.log({ ...line, status: answer.statusCode });
    return answer;
  }

  private async answer(event: APIGatewayProxyEventV2, line: Record<string, unknown>): Promise<Answer> {
    const principal = await this.services.apiKeys.principal(event.headers.authorization);
    line.account_id = principal.accountId;
    if (event.routeKey === 'POST /v1/documents') return this.submit(principal, event, line);
    if (event.routeKey === 'GET /v1/documents/{document_id}')
      return this.show(principal, event.pathParameters?.document_id ?? '');
    throw new ApiError('not_found', 'There is nothing at this path.');
  }

  private async submit(
    principal: Principal,
    event: APIGatewayProxyEventV2,
    line: Record<string, unknown>,
  ): Promise<Answer> {
    demand('documents:write', principal);
    const { accountId } = principal;
    const body = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
    const { file, language, webhookUrl } = await readSubmission(event.headers['content-type'], body);
    if (webhookUrl !== undefined) await this.services.webhookUrls.assertAcceptable(accountId, webhookUrl);
    const document: Document = {
      id: newDocumentId(),
      accountId,
      status: 'processing',
      fileName: file.name,
      fileType: file.type,
      fileSize: file.content.length,
      ...(language !== undefined && { language }),
      ...(webhookUrl !== undefined && { webhookUrl }),
      createdAt: this.services.now().toISOString(),
    };
    line.document_id = document.id;
    await this.services.documents.create(document, file.content, this.settings.retentionSeconds);
    // Last, and answered only then: whoever is told the id has a document that will come to its end. Where this is
    // refused, nobody knows of the document, and it goes by its time.
    await this.services.enqueue(document);
    return answerOf(202, documentResource(document));
  }

  private async show(principal: Principal, id: string): Promise<Answer> {
    demand('documents:read', principal);
    const document = await this.services.documents.find(principal.accountId, id);
    if (document === undefined) throw new ApiError('not_found', 'There is no such document.');
    return answerOf(200, documentResource(document));
  }

  private refusal(error: unknown, line: Record<string, unknown>): Answer {
    const known =
      error instanceof ApiError
        ? error
        : new ApiError('internal_error', 'The request could not be done. Try again.', undefined, { cause: error });
    line.code = known.code;
    if (known.cause instanceof Error) line.cause = `${known.cause.name}: ${known.cause.message}`;
    return answerOf(known.status, known.body(this.settings.errorDocsUrl), {
      ...(known.status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(known.status === 503 && { 'retry-after': '5' }),
    });
  }
}

function answerOf(statusCode: number, body: object, headers: Record<string, string> = {}): Answer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}
