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

const WEBHOOK = {
  enabled: { icon: DeliveredIcon, tone: 'ok', label: 'status.enabled' },
  failing: { icon: WarningIcon, tone: 'warn', label: 'status.failing' },
  disabled: { icon: FailedIcon, tone: 'bad', label: 'status.disabled' },
  off: { icon: PausedIcon, tone: 'idle', label: 'status.off' },
} as const;

type Standing = Pick<Webhook, 'enabled' | 'failure_count' | 'disabled_reason_code'>;

/** By icon, word and color. */
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
  disabled_reason_code: code,
}: Pick<Standing, 'enabled' | 'disabled_reason_code'>): boolean {
  return !enabled && code !== undefined && code !== 'disabled-by-owner';
}

export function WebhookBadge({ webhook }: { readonly webhook: Standing }) {
  const { t } = useTranslation();
  const { icon: Icon, tone, label } = WEBHOOK[standingOf(webhook)];
  return (
    <span className={styles.badge} data-tone={tone}>
      <Icon size={14} />
      {t(label)}
    </span>
  );
}

function standingOf(webhook: Standing): keyof typeof WEBHOOK {
  if (webhook.enabled) return webhook.failure_count > 0 ? 'failing' : 'enabled';
  return wasDisabledForFailing(webhook) ? 'disabled' : 'off';
}
