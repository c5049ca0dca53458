/**
 * Whether a webhook may go to a URL: asked of the sender's own guard, so that a customer hears it at submission and in
 * the words of the sender.
 */
import { ApiError } from './api-error';

/** A customer waits for it, and API Gateway for the customer 30 s at most. */
const TIMEOUT_MS = 5_000;

export interface WebhookUrlCheckOptions {
  /** The management API's, which ends in `/api/v1`. */
  readonly apiUrl: string;
  /** Its operator's key. */
  readonly operatorKey: (fresh: boolean) => Promise<string>;
}

interface Verdict {
  readonly acceptable: boolean;
  readonly reason: string | undefined;
}

export class WebhookUrlCheck {
  constructor(private readonly options: WebhookUrlCheckOptions) {}

  /**
   * @throws {ApiError} `invalid_request` with the guard's reason; `service_unavailable` when it cannot be asked: what
   *   was not judged is not taken
   */
  async assertAcceptable(accountId: string, url: string): Promise<void> {
    let verdict: Verdict;
    try {
      verdict = await this.ask(accountId, url);
    } catch (error) {
      throw new ApiError(
        'service_unavailable',
        'The webhook URL could not be checked just now. Send the document again.',
        'webhook_url',
        { cause: error },
      );
    }
    if (!verdict.acceptable)
      throw new ApiError('invalid_request', verdict.reason ?? 'Webhooks cannot go to this URL.', 'webhook_url');
  }

  private async ask(accountId: string, url: string): Promise<Verdict> {
    let answer = await this.post(accountId, url, false);
    if (answer.status === 401) {
      // the key was rotated
      await answer.body?.cancel();
      answer = await this.post(accountId, url, true);
    }
    const body = (await answer.json()) as Partial<Verdict>;
    if (answer.status !== 200 || typeof body.acceptable !== 'boolean')
      throw new Error(`check-url answered ${answer.status}`);
    return { acceptable: body.acceptable, reason: body.reason };
  }

  private async post(accountId: string, url: string, fresh: boolean): Promise<Response> {
    return fetch(`${this.options.apiUrl}/tenants/${encodeURIComponent(accountId)}/webhooks/check-url`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': await this.options.operatorKey(fresh) },
      body: JSON.stringify({ url }),
      redirect: 'error', // the key is for this host
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  }
}
