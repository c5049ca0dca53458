import { Button, Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Health as HealthResult, Webhook } from '../api/operations';
import { mayBeDone } from '../api/error';
import { useSingleMutation } from '../api/use-single-mutation';
import { useUpdateWebhook } from '../api/webhook';
import { Card, Facts } from '../components/Card';
import { DeliveryChart } from '../components/Chart';
import { ConfirmDialog } from '../components/ConfirmDialog';
import { DisabledReason } from '../components/DisabledReason';
import { Dialog } from '../components/Dialog';
import { Failure, FailureWords } from '../components/Failure';
import { LinkButton } from '../components/LinkButton';
import { Notice } from '../components/Notice';
import { RegenerateDialog } from '../components/RegenerateDialog';
import { Retrying } from '../components/Retrying';
import { SecretOnce } from '../components/SecretOnce';
import { SecretPending } from '../components/SecretPending';
import { ServerSays } from '../components/ServerSays';
import { wasDisabledForFailing } from '../components/StatusBadge';
import { TestSend } from '../components/TestSend';
import { Time } from '../components/Time';
import { useToast } from '../components/Toasts';
import { Untrusted } from '../components/Untrusted';
import { useEnabling } from '../components/use-enabling';
import { WebhookForm } from '../components/WebhookForm';
import { WebhookFrame } from '../components/WebhookFrame';
import { useDashboard, useKeepSession, useScope } from '../context';
import { useFormat } from '../i18n/use-format';
import { places } from '../router/places';
import styles from './WebhookPage.module.css';

export function WebhookPage({ id }: { readonly id: string }) {
  const mayWrite = useScope('webhooks:write');
  return (
    <WebhookFrame id={id} tab="overview" actions={(webhook) => mayWrite && <EnabledSwitch webhook={webhook} />}>
      {(webhook) => (
        <>
          {!webhook.enabled && <WhyDisabled webhook={webhook} />}
          <Health webhook={webhook} />
          <DeliveryChart target={webhook.id} />
          {mayWrite && <TestSend webhookId={webhook.id} />}
          <Details webhook={webhook} />
          <Secret webhook={webhook} />
          {mayWrite && <Delete webhook={webhook} />}
        </>
      )}
    </WebhookFrame>
  );
}

function EnabledSwitch({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation();
  const { change } = useEnabling(webhook);
  return (
    <Switch
      label={t('webhook.send')}
      checked={webhook.enabled}
      onChange={(event) => change(event.currentTarget.checked)}
      className={styles.switch}
    />
  );
}

function WhyDisabled({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation();
  const mayWrite = useScope('webhooks:write');
  const { change, busy } = useEnabling(webhook);
  const failing = wasDisabledForFailing(webhook);
  return (
    <Notice
      kind={failing ? 'bad' : 'warn'}
      title={failing ? t('webhook.disabledFor') : t('webhook.disabledByOwner')}
      actions={
        mayWrite && (
          <>
            <Button size="xs" variant="default" loading={busy} onClick={() => change(true)}>
              {t('webhook.enable')}
            </Button>
            <LinkButton to={places.recover(webhook.id)} size="xs" variant="default">
              {t('webhook.thenRecover')}
            </LinkButton>
          </>
        )
      }
    >
      {failing && (
        <p data-testid="disabled-reason">
          <DisabledReason webhook={webhook} />
        </p>
      )}
      {webhook.disabled_at !== undefined && (
        <p>
          {t('webhook.since')} <Time at={webhook.disabled_at} absolute />
        </p>
      )}
      <p>{failing ? t('webhook.whatToDoFailing') : t('webhook.whatToDoOff')}</p>
    </Notice>
  );
}

function Health({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { api } = useDashboard();
  const { mutate, data, error, isPending } = useSingleMutation({ mutationFn: () => api.health(webhook.id) });
  const circuit = () => {
    if (data === undefined) return t('health.unchecked');
    return data.circuit === 'open' ? t('health.paused') : t('health.goingOut');
  };
  const title = ({ healthy, reachable, http_status: status, latency_ms: latency }: HealthResult) => {
    const took = format.duration(latency);
    if (healthy) return t('health.good', { status, took });
    return reachable ? t('health.answersBadly', { status, took }) : t('health.unreachable', { took });
  };
  return (
    <Card
      title={t('health.title')}
      actions={
        <Button size="xs" variant="default" loading={isPending} onClick={() => mutate()}>
          {t('health.check')}
        </Button>
      }
    >
      <Retrying webhook={webhook} />
      <Facts
        facts={[
          {
            label: t('health.streak'),
            value: <span data-testid="failure-count">{format.number(webhook.failure_count)}</span>,
          },
          {
            label: t('webhooks.lastDelivery'),
            value:
              webhook.last_triggered_at === undefined ? t('webhooks.never') : <Time at={webhook.last_triggered_at} />,
          },
          {
            label: t('health.deliveries'),
            value: circuit(),
          },
        ]}
      />
      <div aria-live="polite">
        {data !== undefined && !isPending && (
          <Notice kind={data.healthy ? 'ok' : 'bad'} title={title(data)}>
            {data.error !== undefined && (
              <p>
                <ServerSays text={data.error} code={data.error_code} params={data.error_params} />
              </p>
            )}
            {data.circuit === 'open' && <p>{t('health.circuitWords')}</p>}
          </Notice>
        )}
      </div>
      {error !== null && !isPending && <Failure error={error} />}
      {data === undefined && error === null && <p className={styles.hint}>{t('health.hint')}</p>}
    </Card>
  );
}

function Details({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation();
  const toast = useToast();
  const mayWrite = useScope('webhooks:write');
  const [editing, setEditing] = useState(false);
  const { mutate, error, isPending, reset } = useUpdateWebhook(webhook.id);
  const close = () => {
    setEditing(false);
    reset();
  };
  return (
    <Card
      title={t('details.title')}
      actions={
        mayWrite &&
        !editing && (
          <Button size="xs" variant="default" onClick={() => setEditing(true)}>
            {t('details.edit')}
          </Button>
        )
      }
    >
      {editing ? (
        <WebhookForm
          webhook={webhook}
          error={error}
          busy={isPending}
          submit={t('action.save')}
          onSubmit={(_input, change) =>
            mutate(change, {
              onSuccess: () => {
                close();
                toast('done', t('details.saved'));
              },
            })
          }
          cancel={
            <Button variant="default" onClick={close}>
              {t('action.cancel')}
            </Button>
          }
        />
      ) : (
        <Facts
          facts={[
            { label: t('form.url'), value: <Untrusted text={webhook.url} className={styles.code} /> },
            { label: t('form.events'), value: <span className={styles.code}>{webhook.events.join(', ')}</span> },
            {
              label: t('details.description'),
              value: webhook.description === undefined ? t('details.none') : <Untrusted text={webhook.description} />,
            },
            webhook.header_names !== undefined &&
              webhook.header_names.length > 0 && {
                label: t('form.headers'),
                value: <span className={styles.code}>{webhook.header_names.join(', ')}</span>,
              },
            webhook.rate_limit !== undefined && {
              label: t('form.rateLimit'),
              value: t('details.rateLimit', { count: webhook.rate_limit }),
            },
            { label: t('details.created'), value: <Time at={webhook.created_at} absolute /> },
            webhook.user_id !== undefined && { label: t('details.by'), value: <Untrusted text={webhook.user_id} /> },
            { label: t('details.id'), value: <span className={styles.code}>{webhook.id}</span> },
          ]}
        />
      )}
    </Card>
  );
}

function Secret({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const queries = useQueryClient();
  const mayWrite = useScope('webhooks:write');
  const seesSecrets = useScope('webhooks:secrets');
  const [asking, setAsking] = useState(false);
  const { mutate, data, error, isPending, reset } = useSingleMutation({
    mutationFn: (overlap: number) => api.regenerateSecret(webhook.id, overlap),
    gcTime: 0,
    onSuccess: ({ secret: _secret, ...changed }) => {
      setAsking(false);
      queries.setQueryData(['webhook', webhook.id], changed);
    },
    onError: (cause) => mayBeDone(cause) && void queries.invalidateQueries({ queryKey: ['webhook', webhook.id] }),
  });
  const secret = data?.secret;
  useKeepSession(isPending || secret !== undefined);
  return (
    <Card
      title={t('secret.title')}
      lead={t('secret.what')}
      actions={
        mayWrite &&
        seesSecrets && (
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            {t('regenerate.open')}
          </Button>
        )
      }
    >
      {!(mayWrite && seesSecrets) && <Notice kind="info">{t('scope.cannotSeeSecrets')}</Notice>}
      {mayWrite && seesSecrets && <p className={styles.hint}>{t('secret.notAgain')}</p>}
      {webhook.previous_secret_expires_at !== undefined && (
        <Notice kind="info">
          {t('secret.overlapUntil')} <Time at={webhook.previous_secret_expires_at} absolute />
        </Notice>
      )}
      <RegenerateDialog
        opened={asking}
        onClose={() => setAsking(false)}
        onRegenerate={mutate}
        busy={isPending}
        error={error}
        unsure={t('regenerate.unsure')}
      />
      {isPending && <SecretPending />}
      <Dialog opened={secret !== undefined} title={t('secret.new')} size="lg">
        {secret !== undefined && <SecretOnce secret={secret} onSaved={reset} />}
      </Dialog>
    </Card>
  );
}

function Delete({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const queries = useQueryClient();
  const toast = useToast();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
  const { mutate, isPending } = useSingleMutation({
    mutationFn: () => api.deleteWebhook(webhook.id),
    onSuccess: () => {
      navigate(places.webhooks);
      queries.removeQueries({ queryKey: ['webhook', webhook.id] });
      void queries.invalidateQueries({ queryKey: ['webhooks'] });
      toast('done', t('delete.done'));
    },
    onError: (error) => toast('failed', <FailureWords error={error} />),
  });
  return (
    <Card
      title={t('delete.title')}
      lead={t('delete.lead')}
      tone="danger"
      actions={
        <Button size="xs" variant="outline" color="red.9" className={styles.delete} onClick={() => setAsking(true)}>
          {t('delete.open')}
        </Button>
      }
    >
      <ConfirmDialog
        opened={asking}
        onClose={close}
        onConfirm={mutate}
        title={t('delete.ask')}
        confirm={t('delete.confirm')}
        word={t('delete.word')}
        busy={isPending}
        danger
      >
        <p>
          <Untrusted text={webhook.url} />
        </p>
        <ul>
          <li>{t('delete.consequence1')}</li>
          <li>{t('delete.consequence2')}</li>
          <li>{t('delete.consequence3')}</li>
        </ul>
        <p>{t('delete.instead')}</p>
      </ConfirmDialog>
    </Card>
  );
}
