/** Works off one event of a job. Done again, at whatever point it was left, it comes to the same. */
import type { JobEvent } from './job-event';
import type { JobEnd, Recorded } from './job-store';
import type { PageResult, ResultAnswer } from './ocr-api';

export interface JobConsumerServices {
  readonly ocrApi: { result(jobId: string, page: number, limit: number): Promise<ResultAnswer> };
  readonly jobs: {
    isDone(eventId: string): Promise<boolean>;
    putPage(jobId: string, page: PageResult): Promise<void>;
    record(event: JobEvent, end: JobEnd, now: number): Promise<Recorded>;
  };
  /** Epoch milliseconds. */
  now(): number;
}

export type Outcome =
  | { readonly kind: 'done'; readonly what: Recorded; readonly status?: JobEnd['status'] }
  /** The message is to come again. */
  | { readonly kind: 'again'; readonly reason: string; readonly retryAfterSeconds?: number };

/** Pages of a document in one answer of the API. */
const PAGES_AT_ONCE = 50;
/** No document has as many pages as these would be: an API that says otherwise would keep us for ever. */
const MAX_ANSWERS = 1_000;

export class JobConsumer {
  constructor(private readonly services: JobConsumerServices) {}

  /** @throws what the services throw: the message comes again then */
  async process(event: JobEvent): Promise<Outcome> {
    const { jobs } = this.services;
    if (await jobs.isDone(event.eventId)) return { kind: 'done', what: 'repeated' };
    const end = event.type === 'job.failed' ? failureOf(event) : await this.fetchResult(event.jobId);
    if ('kind' in end) return end;
    return { kind: 'done', what: await jobs.record(event, end, this.services.now()), status: end.status };
  }

  /** Fetches page after page, and keeps each: what is on record as completed is there as a whole. */
  private async fetchResult(jobId: string): Promise<JobEnd | Extract<Outcome, { kind: 'again' }>> {
    const { ocrApi, jobs } = this.services;
    const numbers = new Set<number>();
    for (let listPage = 1; listPage <= MAX_ANSWERS; listPage++) {
      const answer = await ocrApi.result(jobId, listPage, PAGES_AT_ONCE);
      switch (answer.kind) {
        case 'refused':
          return { status: 'unavailable', reason: `${answer.status}: ${answer.message}` };
        case 'not-ready':
          return { ...answer, kind: 'again', reason: 'the result is not ready' };
        case 'unavailable':
          return { ...answer, kind: 'again' };
        case 'pages':
          await Promise.all(answer.pages.map((page) => jobs.putPage(jobId, page)));
          for (const { page_number: number } of answer.pages) numbers.add(number);
          if (listPage >= answer.listPages)
            return {
              status: 'completed',
              pages: numbers.size,
              ...(answer.creditsUsed !== undefined && { creditsUsed: answer.creditsUsed }),
            };
      }
    }
    return { status: 'unavailable', reason: `the result has more than ${MAX_ANSWERS * PAGES_AT_ONCE} pages` };
  }
}

function failureOf({ errorMessage = 'LeapOCR gave no reason' }: JobEvent): JobEnd {
  return { status: 'failed', reason: errorMessage };
}
