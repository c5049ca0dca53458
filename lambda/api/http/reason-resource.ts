/** Reasons as the API shows them: the English sentence, beside the code and parameters that it follows from. */
import { z } from '@hono/zod-openapi';
import { type Reason, reasonCodes, type ReasonCode, reasonText } from '../../core/shared/reason';

export const REASON_CODE = z
  .enum(reasonCodes() as [ReasonCode, ...ReasonCode[]])
  .openapi('ReasonCode', { description: 'Stable. For programs, and for translations.' });

export const REASON_PARAMS = z
  .record(z.string(), z.unknown())
  .openapi('ReasonParams', { description: 'Parameters of the code, by name. `cause` is a code with parameters.' });

/** The parameters, where there are any. */
export function reasonParams({ params }: Reason): Record<string, unknown> | undefined {
  return Object.keys(params).length === 0 ? undefined : { ...params };
}

/** What an answer calls a reason of an error. */
export function errorFieldsOf(reason: Reason | undefined) {
  if (reason === undefined) return {};
  return { error: reasonText(reason), error_code: reason.code, error_params: reasonParams(reason) };
}
