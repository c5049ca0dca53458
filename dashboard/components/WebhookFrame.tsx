import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { ApiError } from '../api/error';
import type { Webhook } from '../api/operations';
import { useWebhook } from '../api/webhook';
import { places } from '../router/places';
import { Failure } from './Failure';
import { Page } from './Page';
import { Rows } from './PageSkeleton';
import { WebhookBadge } from './StatusBadge';
import { Untrusted } from './Untrusted';
import styles from './WebhookFrame.module.css';
import { isolated } from './visible-text';

type Tab = 'overview' | 'deliveries' | 'recover';

interface WebhookFrameProps {
  readonly id: string;
  readonly tab: Tab;
  readonly actions?: (webhook: Webhook) => ReactNode;
  readonly children: (webhook: Webhook) => ReactNode;
}

/** What the pages of one webhook have in common: whose they are, how it stands, and the way between them. */
export function WebhookFrame({ id, tab, actions, children }: WebhookFrameProps) {
  const { t } = useTranslation();
  const { data: webhook, error, refetch } = useWebhook(id);
  const tabs = [
    { name: 'overview', to: places.webhook(id), label: t('webhook.overview') },
    { name: 'deliveries', to: places.deliveries(id), label: t('deliveries.title') },
    { name: 'recover', to: places.recover(id), label: t('recover.title') },
  ] as const;
  const here = tabs.find(({ name }) => name === tab)!.label;
  const back = { to: places.webhooks, label: t('webhooks.title') };
  if (error instanceof ApiError && error.status === 404) {
    return (
      <Page title={t('webhook.gone')} lead={t('webhook.goneWhy')} back={back}>
        {null}
      </Page>
    );
  }
  return (
    <Page
      title={webhook === undefined ? here : `${here} · ${isolated(webhook.url)}`}
      heading={
        webhook === undefined ? (
          here
        ) : (
          <span className={styles.heading}>
            <Untrusted text={webhook.url} className={styles.url} /> <WebhookBadge webhook={webhook} />
          </span>
        )
      }
      lead={webhook?.description !== undefined && <Untrusted text={webhook.description} />}
      back={back}
      actions={webhook !== undefined && actions?.(webhook)}
    >
      <nav aria-label={t('webhook.sections')} className={styles.tabs}>
        {tabs.map(({ name, to, label }) => (
          <Link key={name} href={to} aria-current={name === tab ? 'page' : undefined} className={styles.tab}>
            {label}
          </Link>
        ))}
      </nav>
      {error !== null && webhook === undefined && <Failure error={error} onRetry={() => void refetch()} />}
      {webhook === undefined && error === null && <Rows count={4} height={72} />}
      {webhook !== undefined && children(webhook)}
    </Page>
  );
}
