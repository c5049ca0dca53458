/** Results of jobs, from LeapOCR's API: `GET /api/v1/ocr/result/{job_id}?page&limit`. */

/** For one page of a result, all of the answer included. */
const TIMEOUT_MS = 10_000;
/** Of what an error says, no more is kept. */
const MAX_MESSAGE_LENGTH = 300;

export interface PageResult {
  readonly page_number: number;
  readonly result: unknown;
}

export type ResultAnswer =
  /** `listPages` is how many answers there are in all, with so many pages of the document each. */
  | {
      readonly kind: 'pages';
      readonly pages: readonly PageResult[];
      readonly listPages: number;
      readonly creditsUsed?: number;
    }
  /** The job is still processing, or its result still being written. */
  | { readonly kind: 'not-ready'; readonly retryAfterSeconds?: number }
  /**
   * It did not answer, or with a fault that passes: its own, or one of ours, such as a key that is not its any more.
   */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterSeconds?: number }
  /** It will never say anything else. */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string };

export interface OcrApiOptions {
  /** Without `/api/v1`. */
  readonly url: string;
  /** @param fresh the one that it gave before was not taken */
  readonly apiKey: (fresh: boolean) => Promise<string>;
}

/** Of the 4xx, those that are worth asking again: the key, the plan or the rate may be others by then. */
const PASSING = new Set([401, 402, 403, 408, 425, 429]);

export class OcrApi {
  constructor(private readonly options: OcrApiOptions) {}

  /**
   * @param page counts from 1
   * @param limit pages of the document in one answer, at most 1000
   * @throws only for what is wrong here: the key cannot be read
   */
  async result(jobId: string, page: number, limit: number): Promise<ResultAnswer> {
    const answer = await this.get(jobId, page, limit, await this.options.apiKey(false));
    if (typeof answer === 'string' || answer.status !== 401) return this.read(answer);
    await answer.body?.cancel();
    return this.read(await this.get(jobId, page, limit, await this.options.apiKey(true)));
  }

  /** @returns why there is no answer, where there is none */
  private async get(jobId: string, page: number, limit: number, apiKey: string): Promise<Response | string> {
    try {
      return await fetch(
        `${this.options.url}/api/v1/ocr/result/${encodeURIComponent(jobId)}?page=${page}&limit=${limit}`,
        {
          headers: { 'x-api-key': apiKey, accept: 'application/json' },
          redirect: 'error', // the key is for this host
          signal: AbortSignal.timeout(TIMEOUT_MS),
        },
      );
    } catch (error) {
      return `no answer: ${(error as Error).message}`;
    }
  }

  private async read(response: Response | string): Promise<ResultAnswer> {
    if (typeof response === 'string') return { kind: 'unavailable', reason: response };
    const { status } = response;
    const retryAfterSeconds = retryAfterOf(response);
    let text: string;
    try {
      text = await response.text();
    } catch (error) {
      return { kind: 'unavailable', reason: `half an answer: ${(error as Error).message}` };
    }
    if (status === 202) return { kind: 'not-ready', ...retryAfterSeconds };
    if (status === 200) return pagesOf(text) ?? { kind: 'unavailable', reason: 'an answer of another form' };
    if (status >= 400 && status < 500 && !PASSING.has(status))
      return { kind: 'refused', status, message: messageOf(text) };
    return { kind: 'unavailable', reason: `status ${status}`, ...retryAfterSeconds };
  }
}

/** In seconds alone: a date would need both clocks to agree. */
function retryAfterOf({ headers }: Response): { readonly retryAfterSeconds?: number } {
  const value = headers.get('retry-after');
  return value !== null && /^\d{1,6}$/.test(value) ? { retryAfterSeconds: Number(value) } : {};
}

function pagesOf(text: string): ResultAnswer | undefined {
  const {
    pages,
    pagination,
    credits_used: creditsUsed,
  } = objectOf(text) as { pages?: unknown; pagination?: { total_pages?: unknown }; credits_used?: unknown };
  if (!Array.isArray(pages) || !pages.every((page: Partial<PageResult> | null) => Number.isInteger(page?.page_number)))
    return undefined;
  const listPages = pagination?.total_pages ?? 1;
  if (!Number.isInteger(listPages)) return undefined;
  return {
    kind: 'pages',
    pages: pages as PageResult[],
    listPages: listPages as number,
    ...(typeof creditsUsed === 'number' && { creditsUsed }),
  };
}

/** LeapOCR's errors are `{"code", "error": {"message"}}`. */
function messageOf(text: string): string {
  const { error } = objectOf(text) as { error?: { message?: unknown } };
  return (typeof error?.message === 'string' ? error.message : text).slice(0, MAX_MESSAGE_LENGTH);
}

function objectOf(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
