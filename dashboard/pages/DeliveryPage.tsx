import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { ApiError } from '../api/error';
import type { DeliveryDetail } from '../api/operations';
import { useSingleMutation } from '../api/use-single-mutation';
import { AttemptLine } from '../components/AttemptLine';
import { Card, Facts } from '../components/Card';
import { CopyButton } from '../components/CopyButton';
import { Failure, FailureWords } from '../components/Failure';
import { RefreshIcon } from '../components/icons';
import { Notice } from '../components/Notice';
import { Page } from '../components/Page';
import { Rows } from '../components/PageSkeleton';
import { PayloadView } from '../components/PayloadView';
import { ServerSays } from '../components/ServerSays';
import { DeliveryBadge } from '../components/StatusBadge';
import { Time } from '../components/Time';
import { useToast } from '../components/Toasts';
import { Untrusted } from '../components/Untrusted';
import { useDashboard, useScope } from '../context';
import { curlCommand, PLACEHOLDER } from '../delivery/curl-command';
import { places } from '../router/places';
import styles from './DeliveryPage.module.css';

/** While something may still happen to it. */
const REFRESH_MS = 3000;

export function DeliveryPage({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const { api, settings } = useDashboard();
  const mayWrite = useScope('webhooks:write');
  const {
    data: delivery,
    error,
    refetch,
  } = useQuery({
    queryKey: ['delivery', id],
    queryFn: ({ signal }) => api.delivery(id, signal),
    refetchInterval: ({ state }) => (state.data?.processing_status === 'pending' ? REFRESH_MS : false),
  });
  const back =
    delivery?.subscription_id !== undefined && settings.subscriptions
      ? { to: places.deliveries(delivery.subscription_id), label: t('deliveries.title') }
      : {
          to: settings.subscriptions ? places.webhooks : places.settings,
          label: settings.subscriptions ? t('webhooks.title') : t('settings.title'),
        };
  if (delivery === undefined) {
    const gone = error instanceof ApiError && error.status === 404;
    return (
      <Page title={t('delivery.title')} back={back}>
        {error === null && <Rows count={4} height={88} />}
        {gone && <Notice kind="warn">{t('delivery.gone')}</Notice>}
        {error !== null && !gone && <Failure error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={`${t('delivery.title')} · ${delivery.event_type}`}
      heading={
        <span className={styles.heading}>
          {delivery.event_type} <DeliveryBadge status={delivery.processing_status} />
        </span>
      }
      lead={delivery.webhook_url !== undefined && <Untrusted text={delivery.webhook_url} className={styles.code} />}
      back={back}
      actions={mayWrite && <Retry delivery={delivery} />}
    >
      <Summary delivery={delivery} />
      <Card title={t('delivery.attempts')}>
        <AttemptLine delivery={delivery} />
      </Card>
      <Request delivery={delivery} />
    </Page>
  );
}

function Retry({ delivery }: { readonly delivery: DeliveryDetail }) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const queries = useQueryClient();
  const toast = useToast();
  const pending = delivery.processing_status === 'pending';
  const { mutate, isPending } = useSingleMutation({
    mutationFn: () => api.retryDelivery(delivery.id),
    onSuccess: ({ id }) => {
      toast(
        'done',
        <>
          {t('delivery.sentAgain')} <Link href={places.delivery(id)}>{t('delivery.openNew')}</Link>
        </>,
      );
      void queries.invalidateQueries({ queryKey: ['delivery', delivery.id] });
      void queries.invalidateQueries({ queryKey: ['deliveries'] });
    },
    onError: (error) => toast('failed', <FailureWords error={error} />),
  });
  return (
    <Button
      variant="default"
      leftSection={<RefreshIcon />}
      loading={isPending}
      disabled={pending}
      title={pending ? t('delivery.stillTrying') : undefined}
      onClick={() => mutate()}
    >
      {t('delivery.retry')}
    </Button>
  );
}

const BECAUSE = {
  failed: 'delivery.failedBecause',
  cancelled: 'delivery.cancelledBecause',
  pending: 'delivery.lastFailed',
  delivered: 'delivery.lastFailed',
} as const;

function Summary({ delivery }: { readonly delivery: DeliveryDetail }) {
  const { t } = useTranslation();
  const {
    event_id: eventId,
    created_at: created,
    updated_at: updated,
    next_attempt_at: next,
    processing_status: status,
    processing_error: error,
    replay_of: original,
    replays = [],
  } = delivery;
  return (
    <Card title={t('delivery.summary')}>
      {error !== undefined && (
        <Notice kind={status === 'failed' ? 'bad' : 'warn'} title={t(BECAUSE[status])}>
          <ServerSays text={error} code={delivery.error_code} params={delivery.error_params} />
        </Notice>
      )}
      <Facts
        facts={[
          { label: t('delivery.event'), value: <span className={styles.code}>{eventId}</span> },
          { label: t('delivery.created'), value: <Time at={created} absolute /> },
          status === 'pending'
            ? next !== undefined && { label: t('delivery.nextAttempt'), value: <NextAttempt at={next} /> }
            : { label: t('delivery.settled'), value: <Time at={updated} absolute /> },
          { label: t('delivery.id'), value: <span className={styles.code}>{delivery.id}</span> },
          original !== undefined && {
            label: t('delivery.original'),
            value: <Link href={places.delivery(original)}>{t('delivery.openOriginal')}</Link>,
          },
          replays.length > 0 && {
            label: t('delivery.replays'),
            value: (
              <ol className={styles.replays}>
                {replays.map((id, index) => (
                  <li key={id}>
                    <Link href={places.delivery(id)}>{t('delivery.replay', { number: index + 1 })}</Link>
                  </li>
                ))}
              </ol>
            ),
          },
        ]}
      />
    </Card>
  );
}

function NextAttempt({ at }: { readonly at: string }) {
  return (
    <>
      <Time at={at} />{' '}
      <span className={styles.minor}>
        (<Time at={at} absolute />)
      </span>
    </>
  );
}

function Request({ delivery }: { readonly delivery: DeliveryDetail }) {
  const { t } = useTranslation();
  const { request_headers: headers, body, webhook_url: url } = delivery;
  const curl = url === undefined || body === undefined ? undefined : curlCommand({ url, headers, body });
  const lead = () => {
    if (curl === undefined) return undefined;
    if (curl.ok) return t('delivery.curlHint', { placeholder: PLACEHOLDER });
    return curl.why === 'large' ? t('delivery.curlTooLarge', { id: delivery.id }) : t('delivery.curlRefused');
  };
  return (
    <Card
      title={t('delivery.request')}
      lead={lead()}
      actions={curl?.ok === true && <CopyButton text={curl.command} label={t('delivery.curl')} />}
    >
      <h3>{t('delivery.headers')}</h3>
      <dl className={styles.headers}>
        {headers.map(({ name, value }, index) => (
          <div key={index}>
            <dt>
              <Untrusted text={name} exact />
            </dt>
            <dd>
              {value === undefined ? (
                <span className={styles.minor}>{t('delivery.hidden')}</span>
              ) : (
                <Untrusted text={value} exact />
              )}
            </dd>
          </div>
        ))}
      </dl>
      <h3>{t('delivery.body')}</h3>
      {body === undefined ? (
        <Notice kind="info">{t('delivery.bodyGone')}</Notice>
      ) : (
        <PayloadView text={body} label={t('delivery.body')} />
      )}
    </Card>
  );
}
