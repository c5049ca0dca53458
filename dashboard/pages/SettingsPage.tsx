import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Origin } from '../api/operations';
import { mayBeDone } from '../api/error';
import { useSingleMutation } from '../api/use-single-mutation';
import { Card } from '../components/Card';
import { DeliveryChart } from '../components/Chart';
import { Failure } from '../components/Failure';
import { More } from '../components/More';
import { Notice } from '../components/Notice';
import { Page } from '../components/Page';
import { Rows } from '../components/PageSkeleton';
import { RegenerateDialog } from '../components/RegenerateDialog';
import table from '../components/Rows.module.css';
import { SecretBox } from '../components/SecretBox';
import { Time } from '../components/Time';
import { useToast } from '../components/Toasts';
import { Untrusted } from '../components/Untrusted';
import { useDashboard, useScope } from '../context';
import { places } from '../router/places';
import styles from './SettingsPage.module.css';

/** Settings → Webhooks, of a platform whose customers name a URL with each of their requests. */
export function SettingsPage() {
  const { t } = useTranslation();
  const { name } = useDashboard().settings;
  return (
    <Page title={t('settings.title')} lead={t('settings.lead', { name })}>
      <AccountSecret />
      <Origins />
      <DeliveryChart />
    </Page>
  );
}

function AccountSecret() {
  const { t } = useTranslation();
  const { api, settings } = useDashboard();
  const toast = useToast();
  const mayWrite = useScope('webhooks:write');
  const seesSecrets = useScope('webhooks:secrets');
  const [asking, setAsking] = useState(false);
  // Read when it is asked for: each reading stands in the audit trail.
  const read = useSingleMutation({ mutationFn: () => api.accountSecret(), gcTime: 0 });
  const regenerate = useSingleMutation({
    mutationFn: (overlap: number) => api.regenerateAccountSecret(overlap),
    gcTime: 0,
    onError: (error) => mayBeDone(error) && read.reset(), // what was read may be in force no more
    onSuccess: () => {
      setAsking(false);
      toast('done', t('settings.regenerated'));
    },
  });
  const secret = regenerate.data ?? read.data;
  return (
    <Card
      title={t('settings.secret')}
      lead={t('settings.secretWords', { name: settings.name })}
      actions={
        seesSecrets &&
        mayWrite && (
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            {t('regenerate.open')}
          </Button>
        )
      }
    >
      {!seesSecrets && <Notice kind="info">{t('scope.cannotSeeAccountSecret')}</Notice>}
      {seesSecrets && secret === undefined && (
        <div>
          <Button loading={read.isPending} onClick={() => read.mutate()}>
            {t('settings.show')}
          </Button>
        </div>
      )}
      {secret !== undefined && <SecretBox key={secret.secret} secret={secret.secret} />}
      {secret?.previous_secret_expires_at !== undefined && (
        <Notice kind="info">
          {t('secret.overlapUntil')} <Time at={secret.previous_secret_expires_at} absolute />
        </Notice>
      )}
      {read.error !== null && <Failure error={read.error} />}
      <p className={styles.hint}>
        {t('settings.verifyWith')} <Link href={places.verify}>{t('settings.verifyLink')}</Link>
      </p>
      <RegenerateDialog
        opened={asking}
        onClose={() => setAsking(false)}
        onRegenerate={regenerate.mutate}
        busy={regenerate.isPending}
        error={regenerate.error}
        unsure={t('settings.unsure')}
      />
    </Card>
  );
}

function Origins() {
  const { t } = useTranslation();
  const { api, settings } = useDashboard();
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage, refetch } = useInfiniteQuery({
    queryKey: ['origins'],
    queryFn: ({ pageParam, signal }) => api.origins(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : undefined),
    refetchInterval: 15_000,
  });
  const origins = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <Card title={t('settings.origins')} lead={t('settings.originsWords')}>
      {isPending && <Rows count={2} />}
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {!isPending && error === null && origins.length === 0 && (
        <Notice kind="info">{t('settings.noOrigins', { name: settings.name })}</Notice>
      )}
      {origins.length > 0 && <OriginTable origins={origins} />}
      {hasNextPage && <More onMore={() => void fetchNextPage()} busy={isFetchingNextPage} />}
    </Card>
  );
}

function OriginTable({ origins }: { readonly origins: readonly Origin[] }) {
  const { t } = useTranslation();
  return (
    <div className={table.frame}>
      <table className={table.table} data-testid="origins">
        <thead>
          <tr>
            <th scope="col">{t('settings.origin')}</th>
            <th scope="col" className={table.end}>
              {t('webhooks.lastDelivery')}
            </th>
          </tr>
        </thead>
        <tbody>
          {origins.map(({ id, origin, last_triggered_at: at }) => (
            <tr key={id}>
              <td>
                <Link
                  href={`${places.originDeliveries(id)}?${new URLSearchParams({ origin }).toString()}`}
                  className={table.link}
                >
                  <Untrusted text={origin} />
                </Link>
              </td>
              <td data-label={t('webhooks.lastDelivery')} className={table.end}>
                <Time at={at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
