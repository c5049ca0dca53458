/**
 * Which coding of a file is sent: the browser's `Accept-Encoding` against what the build has made (RFC 9110, section
 * 12.5.3).
 */

/** The smallest first: it is taken where the browser likes several as much. */
export const CODINGS = ['br', 'gzip', 'identity'] as const;
export type Coding = (typeof CODINGS)[number];

/** What is not spoken of may be sent as it is; whatever is asked for goes before it. Weights have three decimals. */
const UNSAID_IDENTITY = 0.0005;

/**
 * @returns the one that the browser likes best of what there is; `identity` where it takes none of it: a file that it
 *   may not be able to read is of more use than none
 */
export function chosenCoding(acceptEncoding: string | undefined, available: ReadonlySet<Coding>): Coding {
  const weights = weightsOf(acceptEncoding ?? '');
  const weightOf = (coding: Coding): number =>
    weights.get(coding) ?? weights.get('*') ?? (coding === 'identity' ? UNSAID_IDENTITY : 0);
  let best: { coding: Coding; weight: number } = { coding: 'identity', weight: 0 };
  for (const coding of CODINGS)
    if (available.has(coding) && weightOf(coding) > best.weight) best = { coding, weight: weightOf(coding) };
  return best.coding;
}

/** A weight that is none counts as 0. */
function weightsOf(acceptEncoding: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const item of acceptEncoding.toLowerCase().split(',')) {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    if (name !== '')
      weights.set(
        name === 'x-gzip' ? 'gzip' : name,
        /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0,
      );
  }
  return weights;
}
