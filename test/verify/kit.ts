/** The TypeScript kit as the vectors call it. */
import { bodyOf, headersOf, type VerificationVector } from '../vectors/verification';
import * as kit from '../../verify/typescript/verify';

const SCHEMES: Readonly<Record<string, kit.Scheme>> = {
  leapOcr: kit.leapOcr,
  rekognita: kit.rekognita,
  standardWebhooks: kit.standardWebhooks,
  github: kit.github,
  stripe: kit.stripe,
  slack: kit.slack,
  shopify: kit.shopify,
};

export function schemeOf({ scheme }: Pick<VerificationVector, 'scheme'>): kit.Scheme {
  return typeof scheme === 'string' ? SCHEMES[scheme]! : kit.hmac(scheme.hmac);
}

export type Verdict = Pick<VerificationVector, 'expect' | 'verified'>;

/** In the form in which vectors expect it. Any error but the kit's own is passed on. */
export async function verdictOn(vector: Omit<VerificationVector, 'name' | 'expect'>): Promise<Verdict> {
  const { secrets, now, toleranceSeconds } = vector;
  try {
    const { scheme: _name, ...verified } = await kit.verify(schemeOf(vector), {
      body: bodyOf(vector),
      headers: headersOf(vector),
      secrets,
      now,
      toleranceSeconds,
    });
    return { expect: 'ok', verified };
  } catch (error) {
    if (!(error instanceof kit.VerificationError)) throw error;
    return { expect: error.code };
  }
}
