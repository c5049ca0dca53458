import { verificationVectors } from '../vectors/verification';
import { verdictOn } from './kit';

test.each(verificationVectors())('$name', async (vector) => {
  const { expect: expected, verified } = vector;
  expect(await verdictOn(vector)).toEqual({ expect: expected, verified });
});
