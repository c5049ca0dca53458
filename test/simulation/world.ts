import type { Context } from './context';
import type { Endpoints } from './endpoints';
import type { Invocation, Weather } from './invocation';
import type { Random } from './random';
import type { Sends } from './sends';
import type { Tables } from './tables';
import type { Log } from '../../lambda/core/shared/log';

/** What the functions run on. */
export interface World {
  readonly context: Context;
  readonly tables: Tables;
  readonly endpoints: Endpoints;
  readonly sends: Sends;
  /** The core's own. */
  readonly random: Random;
  readonly weather: Weather;
  readonly nextId: (prefix: string) => string;
  /** What a function's log lines are, in the trace. */
  readonly logOf: (invocation: Invocation) => Log;
}

export function logIn({ trace }: Context): World['logOf'] {
  return ({ name }) => {
    const say = (message: string, fields: object): void =>
      trace.say(name, () => `${message} ${JSON.stringify(fields)}`);
    return { warn: say, error: say };
  };
}
