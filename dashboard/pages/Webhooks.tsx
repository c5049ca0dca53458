import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Webhook } from '../api/operations';
import { DeliveryChart } from '../components/Chart';
import { Failure } from '../components/Failure';
import { AddIcon } from '../components/icons';
import { LinkButton } from '../components/LinkButton';
import { More } from '../components/More';
import { Page } from '../components/Page';
import { Rows } from '../components/PageSkeleton';
import table from '../components/Rows.module.css';
import { Retrying } from '../components/Retrying';
import { Sparkline } from '../components/Sparkline';
import { WebhookBadge, wasDisabledForFailing } from '../components/StatusBadge';
import { DisabledReason } from '../components/DisabledReason';
import { Time } from '../components/Time';
import { Untrusted } from '../components/Untrusted';
import { useDashboard, useScope } from '../context';
import { places } from '../router/places';
import styles from './Webhooks.module.css';

/** Streaks and times of last deliveries change by themselves. */
const REFRESH_MS = 15_000;

export function Webhooks() {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const mayWrite = useScope('webhooks:write');
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery({
    queryKey: ['webhooks'],
    queryFn: ({ pageParam, signal }) => api.webhooks(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : undefined),
    refetchInterval: REFRESH_MS,
  });
  const webhooks = data?.pages.flatMap((page) => page.data);
  const none = webhooks?.length === 0 && !hasNextPage;
  return (
    <Page
      title={t('webhooks.title')}
      lead={t('webhooks.lead')}
      actions={
        mayWrite &&
        !none && (
          <LinkButton to={places.newWebhook} leftSection={<AddIcon />}>
            {t('webhooks.new')}
          </LinkButton>
        )
      }
    >
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {isPending && <Rows count={4} height={64} />}
      {none && <Welcome />}
      {webhooks !== undefined && webhooks.length > 0 && (
        <>
          <WebhookTable webhooks={webhooks} />
          {hasNextPage && <More onMore={() => void fetchNextPage()} busy={isFetchingNextPage} />}
          <DeliveryChart />
        </>
      )}
    </Page>
  );
}

function WebhookTable({ webhooks }: { readonly webhooks: readonly Webhook[] }) {
  const { t } = useTranslation();
  return (
    <div className={table.frame}>
      <table className={table.table}>
        <thead>
          <tr>
            <th scope="col">{t('webhooks.endpoint')}</th>
            <th scope="col">{t('webhooks.status')}</th>
            <th scope="col">{t('webhooks.events')}</th>
            <th scope="col">{t('webhooks.lastDay')}</th>
            <th scope="col">{t('webhooks.lastDelivery')}</th>
          </tr>
        </thead>
        <tbody>
          {webhooks.map((webhook) => (
            <tr key={webhook.id}>
              <td>
                <Link href={places.webhook(webhook.id)} className={table.link}>
                  <Untrusted text={webhook.url} />
                </Link>
                {webhook.description !== undefined && (
                  <span className={table.minor}>
                    <Untrusted text={webhook.description} />
                  </span>
                )}
              </td>
              <td data-label={t('webhooks.status')}>
                <span className={styles.status}>
                  <WebhookBadge webhook={webhook} />
                  <Retrying webhook={webhook} />
                  {webhook.enabled && webhook.failure_count > 0 && (
                    <span className={table.minor}>{t('webhooks.streak', { count: webhook.failure_count })}</span>
                  )}
                  {wasDisabledForFailing(webhook) && (
                    <span className={table.minor}>
                      <DisabledReason webhook={webhook} />
                    </span>
                  )}
                </span>
              </td>
              <td data-label={t('webhooks.events')}>
                <span className={styles.events}>{webhook.events.join(', ')}</span>
              </td>
              <td data-label={t('webhooks.lastDay')}>
                <Sparkline target={webhook.id} />
              </td>
              <td data-label={t('webhooks.lastDelivery')} className={table.tight}>
                {webhook.last_triggered_at === undefined ? (
                  t('webhooks.never')
                ) : (
                  <Time at={webhook.last_triggered_at} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Nothing there yet: what a webhook is, and how to come to one. */
function Welcome() {
  const { t } = useTranslation();
  const { name } = useDashboard().settings;
  const mayWrite = useScope('webhooks:write');
  const steps = [
    { title: t('welcome.step1'), words: t('welcome.step1Words') },
    { title: t('welcome.step2'), words: t('welcome.step2Words') },
    { title: t('welcome.step3'), words: t('welcome.step3Words') },
  ];
  return (
    <section className={styles.welcome}>
      <h2>{t('welcome.title')}</h2>
      <p className={styles.what}>{t('welcome.what', { name })}</p>
      <ol className={styles.steps}>
        {steps.map(({ title, words }, index) => (
          <li key={index}>
            <strong>{title}</strong>
            <span>{words}</span>
          </li>
        ))}
      </ol>
      <div className={styles.begin}>
        {mayWrite && (
          <LinkButton to={places.newWebhook} leftSection={<AddIcon />}>
            {t('welcome.begin')}
          </LinkButton>
        )}
        <LinkButton to={places.events} variant="default">
          {t('welcome.events')}
        </LinkButton>
        <LinkButton to={places.verify} variant="default">
          {t('welcome.verify')}
        </LinkButton>
      </div>
    </section>
  );
}
