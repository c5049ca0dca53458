/** The account's secret as the API shows it. */
import { z } from '@hono/zod-openapi';
import type { TenantId } from '../../core/shared/identifiers';
import type { ApiContext } from '../context';
import { time, TIME } from '../http/time';
import { SECRET, SECRET_EXAMPLE } from '../webhooks/webhook-resource';

export const accountSecretSchema = z
  .object({ secret: SECRET, previous_secret_expires_at: TIME.optional() })
  .openapi('AccountSecret');

export const ACCOUNT_SECRET_EXAMPLE = { secret: SECRET_EXAMPLE };

/** Shows a secret, and until when the one before it is still valid. */
export async function accountSecretResource(
  tenantId: TenantId,
  secret: string,
  { ports }: ApiContext,
): Promise<z.infer<typeof accountSecretSchema>> {
  const { previousSecret: previous } = await ports.accounts.account(tenantId);
  const overlaps = previous !== undefined && previous.until > ports.clock.now();
  return { secret, previous_secret_expires_at: overlaps ? time(previous.until) : undefined };
}
