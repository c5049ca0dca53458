import { parseChoice, parseOptions, parsePort, usageError } from './options';
import type { EndpointPolicyName } from './stack';

const USAGE = `Usage: npm start -- [options]
  --exit                     end after the first verified delivery, with status 0
  --detach                   leave the local stack running in the background; npm run stop ends it
  --port N                   the embedded AWS's port on 127.0.0.1 (default 4566; 0 takes a free one)
  --receiver-port N          the demo receiver's port (default 0: a free one)
  --endpoint-policy P        development (http and loopback allowed; default) or production`;

export interface StartOptions {
  readonly exit: boolean;
  readonly detach: boolean;
  readonly port: number;
  readonly receiverPort: number;
  readonly endpointPolicy: EndpointPolicyName;
}

/** @throws {UserError} with the usage */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const options = parseOptions(
    args,
    {
      exit: { type: 'boolean', default: false },
      detach: { type: 'boolean', default: false },
      port: { type: 'string', default: '4566' },
      'receiver-port': { type: 'string', default: '0' },
      'endpoint-policy': { type: 'string', default: 'development' },
    },
    USAGE,
  );
  if (options.exit && options.detach) throw usageError('--exit and --detach exclude each other', USAGE);
  return {
    exit: options.exit,
    detach: options.detach,
    port: parsePort('--port', options.port, USAGE),
    receiverPort: parsePort('--receiver-port', options['receiver-port'], USAGE),
    endpointPolicy: parseChoice('--endpoint-policy', options['endpoint-policy'], ['development', 'production'], USAGE),
  };
}
