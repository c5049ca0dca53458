/**
 * What the clients of DynamoDB and SQS are made cheaper by. A call of the SDK as it comes takes 0.5 ms of CPU, ten
 * times what a signed POST does, and a batch of deliveries makes three: `npm run bench -- sdk-options` measures each of
 * these, and those that were not taken.
 */
import type { AWS_TIMEOUTS } from './aws-timeouts';

/** Settings of a client that is to be {@link lean}. */
export function leanSettings(timeouts: typeof AWS_TIMEOUTS) {
  return {
    /**
     * One chain of middleware a command instead of one a call: nothing is added to a chain once it is in use (AWS SDK,
     * "cacheMiddleware"). Calls share its context, which is the same for all of a client's region and account.
     */
    cacheMiddleware: true,
    requestHandler: timeouts,
  };
}

/** Of a client's middleware what is changed. */
interface MiddlewareStack {
  remove(name: string): boolean;
  add(
    middleware: (next: (args: never) => Promise<never>) => (args: never) => Promise<never>,
    options: { readonly step: 'build'; readonly name: string },
  ): void;
}

/** What CloudTrail shows as the caller; the SDK's own is put together anew for every call. */
const USER_AGENT = `cdk-webhooks aws-sdk-js/3 md/nodejs#${process.versions.node}`;

/**
 * Takes from a client's middleware what does nothing here: the copy of each input and output for a log that nobody
 * keeps; and says who we are in one word.
 *
 * @returns the client
 */
export function lean<C extends { readonly middlewareStack: unknown }>(client: C): C {
  const stack = client.middlewareStack as MiddlewareStack;
  stack.remove('loggerMiddleware');
  stack.remove('getUserAgentMiddleware');
  stack.add(
    (next) => (args: { readonly request: { readonly headers: Record<string, string> } }) => {
      args.request.headers['user-agent'] = USER_AGENT;
      return next(args as never);
    },
    { step: 'build', name: 'cdkWebhooksUserAgent' },
  );
  return client;
}
