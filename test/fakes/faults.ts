import { PortUnavailable } from '../../lambda/core/shared/errors';

/** Makes the next calls of a fake fail, as often as it is told to. */
export class Faults {
  private left = 0;
  private error: (() => Error) | undefined;

  /** The next `times` calls are refused. */
  refuse(times: number, error: () => Error = () => new PortUnavailable('fake', new Error('throttled'))): void {
    this.left = times;
    this.error = error;
  }

  check(): void {
    if (this.left <= 0) return;
    this.left -= 1;
    throw this.error!();
  }
}
