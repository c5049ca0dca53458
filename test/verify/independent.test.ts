/**
 * Implementations that share no code with ours: what they sign the kit verifies in every language, and what the sender
 * signs they accept.
 */
import { join } from 'node:path';
import { nodeExecutable } from '../../local/paths';
import type { SignatureScheme } from '../../lambda/core/shared/profile';
import { formatSecret, signingKeys } from '../../lambda/core/signing/secret';
import { signatureHeaders } from '../../lambda/core/signing/signature';
import { LEAPOCR_PROFILE } from '../builders/profile';
import { PYTHON } from '../builders/python';
import { MAKING_PYTHON_ENVIRONMENT_MS, pythonEnvironment } from '../python/environment';
import type { VerificationVector } from '../vectors/verification';
import { run } from './command';
import { inEveryLanguage } from './languages';

interface Job {
  readonly library: string;
  readonly secret: string;
  readonly id: string;
  readonly timestamp: number;
  readonly body: string;
  /** To be judged; without them, to be made. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The libraries look at the clock. */
const NOW = Math.floor(Date.now() / 1000);
const SECRET = formatSecret(Uint8Array.from({ length: 32 }, (_, index) => index));
const OTHER = formatSecret(new Uint8Array(32).fill(7));
const BODIES = [
  '{"event_type":"job.completed"}',
  '{"name":"рахунок ☃ 🧾"}',
  JSON.stringify({ text: 'x'.repeat(10_000) }),
  '{\n "n": 1e400 }\n',
];

/** @returns an answer for each job */
function ask<T>(program: readonly [string, string], jobs: readonly Job[]): T[] {
  return JSON.parse(run(program[0], [program[1]], { input: JSON.stringify(jobs) })) as T[];
}

const NPM = [nodeExecutable, join(__dirname, 'independent.mjs')] as const;
const PYPI = [PYTHON, join(__dirname, 'independent.py')] as const;

const jobsOf = (library: string): Job[] =>
  BODIES.map((body, index) => ({ library, secret: SECRET, id: `msg_${index}`, timestamp: NOW, body }));

const hex = (header: string, timestampHeader?: string, prefix = ''): SignatureScheme => ({
  kind: 'hmac',
  header,
  encoding: 'hex',
  prefix,
  ...(timestampHeader === undefined ? { content: 'body' } : { content: 'timestamp.body', timestampHeader }),
});

/** Both directions: which scheme of the kit verifies what a library signs, and how the sender signs what it accepts. */
const LIBRARIES: readonly {
  readonly library: string;
  readonly program: readonly [string, string];
  readonly scheme: string;
  readonly signature: SignatureScheme;
  readonly renamed?: (headers: Record<string, string>) => Record<string, string>;
}[] = [
  { library: 'standardwebhooks', program: NPM, scheme: 'standardWebhooks', signature: { kind: 'standard-webhooks' } },
  { library: 'standardwebhooks', program: PYPI, scheme: 'standardWebhooks', signature: { kind: 'standard-webhooks' } },
  {
    library: 'svix',
    program: NPM,
    scheme: 'standardWebhooks',
    signature: { kind: 'standard-webhooks' },
    renamed: (headers) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.replace('webhook', 'svix'), value])),
  },
  { library: 'octokit', program: NPM, scheme: 'github', signature: hex('X-Hub-Signature-256', undefined, 'sha256=') },
  {
    // The sender has no scheme of one header for time and signature: Stripe's is put together of its parts.
    library: 'stripe',
    program: NPM,
    scheme: 'stripe',
    signature: hex('v1', 't'),
    renamed: ({ t, v1 }) => ({ 'Stripe-Signature': `t=${t},v1=${v1}` }),
  },
];

const CASES = LIBRARIES.map((one) => ({ ...one, name: `${one.program === NPM ? 'npm' : 'PyPI'} ${one.library}` }));

describe('what others sign', () => {
  inEveryLanguage(() =>
    CASES.flatMap(({ name, library, program, scheme }) => {
      const jobs = jobsOf(library);
      return ask<Record<string, string>>(program, jobs).flatMap((headers, index): VerificationVector[] => {
        const { id, body } = jobs[index]!;
        const verified = {
          ...(scheme !== 'github' && scheme !== 'stripe' && { id }),
          ...(scheme !== 'github' && { timestamp: NOW }),
        };
        const request = { scheme, headers, body, secrets: [SECRET], now: NOW };
        return [
          { ...request, name: `${name}, body ${index}`, expect: 'ok', verified },
          { ...request, name: `${name}, body ${index}, changed`, body: `${body} `, expect: 'signature_mismatch' },
          {
            ...request,
            name: `${name}, body ${index}, by another secret`,
            secrets: [OTHER],
            expect: 'signature_mismatch',
          },
        ];
      });
    }),
  );
});

const sent = (signature: SignatureScheme, { id, body }: Job, secret = SECRET) =>
  signatureHeaders([signature], { eventId: id, timestamp: NOW, body: Buffer.from(body) }, [signingKeys(secret)]);

test.each(CASES)(
  '$name accepts what the sender signs, and nothing else',
  ({ library, program, signature, renamed = (headers) => headers }) => {
    const jobs = jobsOf(library);
    expect(
      ask(
        program,
        jobs.map((job) => ({ ...job, headers: renamed(sent(signature, job)) })),
      ),
    ).toEqual(jobs.map(() => true));
    expect(
      ask(
        program,
        jobs.map((job) => ({ ...job, headers: renamed(sent(signature, job)), body: `${job.body} ` })),
      ),
    ).toEqual(jobs.map(() => false));
    expect(
      ask(
        program,
        jobs.map((job) => ({ ...job, headers: renamed(sent(signature, job, OTHER)) })),
      ),
    ).toEqual(jobs.map(() => false));
  },
  60_000,
);

test(
  "LeapOCR's published library accepts what the sender signs, and nothing else",
  async () => {
    const program = [join(await pythonEnvironment('leapocr'), 'python'), join(__dirname, 'independent.py')] as const;
    const jobs = jobsOf('leapocr').map((job) => ({
      ...job,
      headers: signatureHeaders(
        LEAPOCR_PROFILE.signatures,
        { eventId: job.id, timestamp: NOW, body: Buffer.from(job.body) },
        [signingKeys(SECRET)],
      ),
    }));
    expect(ask(program, jobs)).toEqual(jobs.map(() => true));
    expect(
      ask(
        program,
        jobs.map((job) => ({ ...job, body: `${job.body} ` })),
      ),
    ).toEqual(jobs.map(() => false));
    expect(
      ask(
        program,
        jobs.map((job) => ({ ...job, secret: OTHER })),
      ),
    ).toEqual(jobs.map(() => false));
  },
  MAKING_PYTHON_ENVIRONMENT_MS,
);
