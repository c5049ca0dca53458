/** One POST from its start to its one result: undici's callbacks and one timer, whichever ends it. */
import type { Dispatcher } from 'undici';
import type { AttemptPhase, AttemptResult } from '../../core/endpoint/endpoint';
import { answerText } from './answer-text';
import type { Connection } from './connection';
import type { ConnectionPool, ConnectionUser } from './connection-pool';
import { ConnectError } from './guarded-connect';
import { describeExchangeFailure, describeTimeout, isOurOwnFault, MalformedAnswerError } from './transport-failure';

/** Of an answer's body; then the connection is closed, and the status counts as the answer. */
const MAX_BODY_BYTES_READ = 16 * 1024;

/** Of a failure's body, for the delivery log. */
const FAILURE_TEXT_BYTES = 1024;

/** Of a success's body, for the delivery log. */
const SUCCESS_TEXT_BYTES = 128;

/** Informational answers (RFC 9110, section 15.2) before the one that counts. */
const MAX_INFORMATIONAL_ANSWERS = 20;

/** A date has 29 characters (RFC 9110, section 5.6.7), a number of seconds fewer. */
const MAX_RETRY_AFTER_LENGTH = 64;

/**
 * All connections to an origin were in use until an attempt's deadline: a batch larger than `connectionsPerOrigin`.
 * Nothing was sent.
 */
export class NoFreeConnectionError extends Error {
  override readonly name = 'NoFreeConnectionError';

  constructor(origin: string) {
    super(
      `no connection to ${origin} became free before the deadline: raise connectionsPerOrigin to the size of a batch`,
    );
  }
}

export interface AttemptSettlement {
  readonly resolve: (result: AttemptResult) => void;
  /** for our own faults */
  readonly reject: (error: Error) => void;
}

export class Attempt implements ConnectionUser, Dispatcher.DispatchHandler {
  settled = false;

  private readonly startedAtMs = performance.now();
  private readonly timer: NodeJS.Timeout;
  private connection: Connection | undefined;
  private sent = false;
  private informationalAnswers = 0;
  private status = 0;
  private retryAfter: string | undefined;
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private readBytes = 0;

  constructor(
    private readonly pool: ConnectionPool,
    private readonly origin: string,
    private readonly request: Dispatcher.DispatchOptions,
    private readonly deadlineMs: number,
    private readonly settlement: AttemptSettlement,
  ) {
    this.timer = setTimeout(() => this.onDeadline(), deadlineMs);
  }

  start(connection: Connection): void {
    this.connection = connection;
    connection.client.dispatch(this.request, this);
  }

  onRequestStart(): void {
    this.sent = true;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (this.settled) return;
    if (status < 200) {
      this.informationalAnswers += 1;
      if (this.informationalAnswers > MAX_INFORMATIONAL_ANSWERS) {
        this.fail(
          new MalformedAnswerError(
            `more than ${MAX_INFORMATIONAL_ANSWERS} informational responses before the final one`,
          ),
        );
      }
      return;
    }
    this.status = status;
    const retryAfter = headers['retry-after'];
    this.retryAfter = (Array.isArray(retryAfter) ? retryAfter[0] : retryAfter)?.slice(0, MAX_RETRY_AFTER_LENGTH);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    if (this.keptBytes <= FAILURE_TEXT_BYTES) {
      this.kept.push(chunk);
      this.keptBytes += chunk.length;
    }
    this.readBytes += chunk.length;
    if (this.readBytes > MAX_BODY_BYTES_READ) {
      this.settle(() => this.settlement.resolve(this.answered()));
      this.pool.discard(this.connectionInUse());
    }
  }

  onResponseEnd(): void {
    if (this.settled) return;
    this.settle(() => this.settlement.resolve(this.answered()));
    this.pool.release(this.connectionInUse());
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.settled) this.fail(error);
  }

  private onDeadline(): void {
    if (this.connection === undefined) {
      this.settle(() => this.settlement.reject(new NoFreeConnectionError(this.origin)));
      return;
    }
    const phase = this.phase(this.connection);
    this.settle(() =>
      this.settlement.resolve({
        kind: 'transport',
        phase,
        latencyMs: this.latencyMs(),
        ...describeTimeout(phase, this.deadlineMs),
      }),
    );
    this.pool.discard(this.connection);
  }

  private phase(connection: Connection): AttemptPhase {
    if (!this.sent) return connection.phase;
    return this.status === 0 ? 'headers' : 'body';
  }

  private fail(error: Error): void {
    this.settle(() => {
      if (isOurOwnFault(error)) this.settlement.reject(error);
      else this.settlement.resolve(this.failed(error));
    });
    this.pool.discard(this.connectionInUse());
  }

  private settle(settle: () => void): void {
    this.settled = true;
    clearTimeout(this.timer);
    settle();
  }

  private answered(): AttemptResult {
    const isSuccess = this.status < 300;
    const [first] = this.kept;
    const body = this.kept.length > 1 ? Buffer.concat(this.kept) : first;
    return {
      kind: 'answered',
      status: this.status,
      latencyMs: this.latencyMs(),
      answer: body ? answerText(body, isSuccess ? SUCCESS_TEXT_BYTES : FAILURE_TEXT_BYTES) : '',
      retryAfter: this.retryAfter,
    };
  }

  private failed(error: Error): AttemptResult {
    if (error instanceof ConnectError) return { ...error.outcome, latencyMs: this.latencyMs() };
    return { kind: 'transport', latencyMs: this.latencyMs(), ...describeExchangeFailure(error, this.status !== 0) };
  }

  private latencyMs(): number {
    return Math.round(performance.now() - this.startedAtMs);
  }

  private connectionInUse(): Connection {
    if (this.connection === undefined) throw new Error('an answer came to an attempt that has not started');
    return this.connection;
  }
}
