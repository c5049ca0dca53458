/**
 * One line of the dashboard function's log for every request, message `request`. A query and headers are not in it:
 * somebody may have put a token there.
 */
import { Logger } from '@aws-lambda-powertools/logger';

export interface PageLine {
  readonly requestId: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
}

/** What anybody may write into a log of ours. */
const METHOD_MAX_CHARACTERS = 20;
const PATH_MAX_CHARACTERS = 200;

export class PageLog {
  private readonly logger: Logger;

  constructor(service: string) {
    this.logger = new Logger({ serviceName: service });
  }

  record({ requestId, method, path, status }: PageLine): void {
    this.logger.info('request', {
      request_id: requestId,
      method: method.slice(0, METHOD_MAX_CHARACTERS),
      path: path.slice(0, PATH_MAX_CHARACTERS),
      status,
    });
  }
}
