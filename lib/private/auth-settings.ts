import type { ApiAuth } from '../api-auth';

/** As the API function reads them: its environment variable API_AUTH. */
export interface AuthSettings {
  readonly version: 1;
  readonly iam: boolean;
  readonly jwt: object[];
  readonly lambda?: { readonly functionName: string; readonly cacheSeconds: number };
}

export function authSettings(auth: ApiAuth[], iam: boolean): AuthSettings {
  const bound = auth.map((each) => each._bind());
  const [lambda] = bound.flatMap((each) => (each.kind === 'lambda' ? [each.settings] : []));
  return {
    version: 1,
    iam,
    jwt: bound.flatMap((each) => (each.kind === 'jwt' ? [each.settings] : [])),
    lambda,
  };
}

/** What is wrong with them together, in words, or nothing. */
export function authFaults(auth: ApiAuth[] | undefined): string[] {
  const bound = (auth ?? []).map((each) => each._bind());
  const issuers = bound.flatMap((each) =>
    each.kind === 'jwt' ? [JSON.stringify([each.settings.issuer, each.settings.audience])] : [],
  );
  const checks = [
    { condition: auth?.length === 0, message: 'auth is empty; leave it out for the operator key alone' },
    {
      condition: bound.filter(({ kind }) => kind === 'lambda').length > 1,
      message: 'auth has more than one ApiAuth.lambda; one function can ask others',
    },
    { condition: new Set(issuers).size < issuers.length, message: 'auth names an issuer and audience twice' },
  ];
  return checks.filter(({ condition }) => condition).map(({ message }) => message);
}
