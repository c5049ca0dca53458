import type { Webhook } from '../api/operations';
import { ServerSays } from './ServerSays';

/** Why the platform disabled a webhook. */
export function DisabledReason({
  webhook: { disabled_reason: text = '', disabled_reason_code: code, disabled_reason_params: params },
}: {
  readonly webhook: Pick<Webhook, 'disabled_reason' | 'disabled_reason_code' | 'disabled_reason_params'>;
}) {
  return <ServerSays text={text} code={code} params={params} />;
}
