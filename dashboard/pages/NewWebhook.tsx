import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import type { Webhook, WebhookInput } from '../api/operations';
import { mayBeDone } from '../api/error';
import { useSingleMutation } from '../api/use-single-mutation';
import { Card } from '../components/Card';
import { LinkButton } from '../components/LinkButton';
import { Notice } from '../components/Notice';
import { Page } from '../components/Page';
import { SecretOnce } from '../components/SecretOnce';
import { SecretPending } from '../components/SecretPending';
import { Untrusted } from '../components/Untrusted';
import { WebhookForm } from '../components/WebhookForm';
import { useDashboard, useKeepSession, useScope } from '../context';
import { places } from '../router/places';
import styles from './NewWebhook.module.css';

export function NewWebhook() {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const queries = useQueryClient();
  const mayWrite = useScope('webhooks:write');
  const { mutate, data, error, isPending } = useSingleMutation({
    mutationFn: (input: WebhookInput) => api.createWebhook(input),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['webhooks'] }),
    onError: (cause) => mayBeDone(cause) && void queries.invalidateQueries({ queryKey: ['webhooks'] }),
    gcTime: 0, // its secret is in the answer
  });
  useKeepSession(isPending || data?.secret !== undefined);
  if (data !== undefined) return <Created webhook={data} />;
  return (
    <Page title={t('create.title')} lead={t('create.lead')} back={{ to: places.webhooks, label: t('webhooks.title') }}>
      {mayWrite ? (
        <div className={styles.surface}>
          <WebhookForm
            error={error}
            busy={isPending}
            submit={t('create.submit')}
            instead={mayBeDone(error) ? <MayBeThere /> : undefined}
            onSubmit={(input) => mutate(input)}
            cancel={
              <LinkButton to={places.webhooks} variant="default">
                {t('action.cancel')}
              </LinkButton>
            }
          />
          {isPending && <SecretPending />}
        </div>
      ) : (
        <Notice kind="warn">{t('scope.cannotCreate')}</Notice>
      )}
    </Page>
  );
}

function MayBeThere() {
  const { t } = useTranslation();
  return (
    <Notice
      kind="warn"
      live
      actions={
        <LinkButton to={places.webhooks} size="xs" variant="default">
          {t('create.seeList')}
        </LinkButton>
      }
    >
      {t('create.unsure')}
    </Notice>
  );
}

function Created({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation();
  const [, navigate] = useLocation();
  const { id, url, secret } = webhook;
  const onSaved = useCallback(() => navigate(places.webhook(id)), [navigate, id]);
  return (
    <Page key="created" title={t('create.done')} lead={<Untrusted text={url} />}>
      <Card title={t('secret.title')} lead={t('secret.what')}>
        {secret === undefined ? (
          <Notice
            kind="info"
            title={t('secret.unseenTitle')}
            actions={
              <LinkButton to={places.webhook(id)} size="xs">
                {t('create.goOn')}
              </LinkButton>
            }
          >
            {t('secret.unseenWords')}
          </Notice>
        ) : (
          <SecretOnce secret={secret} onSaved={onSaved} />
        )}
      </Card>
    </Page>
  );
}
