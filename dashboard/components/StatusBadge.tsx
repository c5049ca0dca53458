import { useTranslation } from 'react-i18next';
import type { DeliveryStatus, Webhook } from '../api/operations';
import { CancelledIcon, DeliveredIcon, FailedIcon, PausedIcon, PendingIcon, WarningIcon } from './icons';
import styles from './StatusBadge.module.css';

const DELIVERY = {
  delivered: { icon: DeliveredIcon, tone: 'ok', label: 'status.delivered' },
  failed: { icon: FailedIcon, tone: 'bad', label: 'status.failed' },
  pending: { icon: PendingIcon, tone: 'wait', label: 'status.pending' },
  cancelled: { icon: CancelledIcon, tone: 'idle', label: 'status.cancelled' },
} as const;

/** By icon, word and colour. */
export function DeliveryBadge({ status }: { readonly status: DeliveryStatus }) {
  const { t } = useTranslation();
  const { icon: Icon, tone, label } = DELIVERY[status];
  return (
    <span className={styles.badge} data-tone={tone}>
      <Icon size={14} />
      {t(label)}
    </span>
  );
}

/** The platform disabled it: by its failures, or because the endpoint is gone. */
export function wasDisabledForFailing({
  enabled,
  disabled_reason: reason,
}: Pick<Webhook, 'enabled' | 'disabled_reason'>): boolean {
  return !enabled && reason !== undefined && reason !== 'disabled by its owner';
}

export function WebhookBadge({
  webhook,
}: {
  readonly webhook: Pick<Webhook, 'enabled' | 'failure_count' | 'disabled_reason'>;
}) {
  const { t } = useTranslation();
  const [Icon, tone, label] = webhook.enabled
    ? webhook.failure_count > 0
      ? ([WarningIcon, 'warn', 'status.failing'] as const)
      : ([DeliveredIcon, 'ok', 'status.enabled'] as const)
    : wasDisabledForFailing(webhook)
      ? ([FailedIcon, 'bad', 'status.disabled'] as const)
      : ([PausedIcon, 'idle', 'status.off'] as const);
  return (
    <span className={styles.badge} data-tone={tone}>
      <Icon size={14} />
      {t(label)}
    </span>
  );
}
