/** Which states a subscription has been in, with the keys that its receiver would verify by. */
import type { KeyObject } from 'node:crypto';
import type { TenantId } from '../../lambda/core/shared/identifiers';
import { ACCOUNT, KeyRing } from '../../lambda/core/signing/key-ring';
import { signingKeys } from '../../lambda/core/signing/secret';
import { ROOT_SECRET } from '../builders/subscription';
import type { SubscriptionStory } from './ledger';
import type { Timeline } from './timeline';
import { secretOwner, type Subscription } from '../../lambda/core/subscriptions/subscription';

export const RING = KeyRing.parse(ROOT_SECRET);

export class EndpointKeys {
  readonly accounts = new Map<TenantId, KeyObject>();

  constructor(private readonly timeline: Timeline) {}

  /** From now on the subscription is in this state. */
  noteState(story: SubscriptionStory, { enabled, epoch, destination, sealedSecret, tenantId, id }: Subscription): void {
    const key = signingKeys(RING.unseal(sealedSecret, secretOwner({ tenantId, id }))).decoded;
    story.states.push({ from: this.timeline.now, enabled, epoch, url: destination.url, key });
  }

  noteAccount(tenantId: TenantId, sealed: string): void {
    if (this.accounts.has(tenantId)) return;
    this.accounts.set(
      tenantId,
      signingKeys(RING.unseal(sealed, { purpose: 'signing-secret', tenantId, owner: ACCOUNT })).decoded,
    );
  }
}
