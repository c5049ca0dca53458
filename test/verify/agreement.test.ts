/** Of the same hostile requests all languages say the same, the codes of errors included. */
import fc from 'fast-check';
import { verificationVectors, type VerificationVector } from '../vectors/verification';
import { hostileRequest } from './hostile-requests';
import { verdictOn } from './kit';
import { inEveryLanguage } from './languages';

const SEED = 6;
const REQUESTS = 5000;

async function judged(): Promise<VerificationVector[]> {
  const requests = fc.sample(hostileRequest, { seed: SEED, numRuns: REQUESTS });
  return Promise.all(
    requests.map(async (request, index) => ({
      name: `request ${index} of seed ${SEED}`,
      ...request,
      ...(await verdictOn(request)),
    })),
  );
}

inEveryLanguage(judged);

test('the requests come to every end that a request can come to', async () => {
  const ends = Object.groupBy(await judged(), ({ expect: end }) => end);
  const all = new Set(verificationVectors().map(({ expect: end }) => end));
  expect(new Set(Object.keys(ends))).toEqual(all);
  for (const end of all) expect(ends[end]!.length).toBeGreaterThan(20);
});
