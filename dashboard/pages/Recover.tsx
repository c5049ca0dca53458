import { Button, Progress, Radio, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/error';
import type { Recovery, Webhook } from '../api/operations';
import { useSingleMutation } from '../api/use-single-mutation';
import { Card, Facts } from '../components/Card';
import { Failure } from '../components/Failure';
import { LinkButton } from '../components/LinkButton';
import { Notice } from '../components/Notice';
import { Rows } from '../components/PageSkeleton';
import { ServerSays } from '../components/ServerSays';
import { Time } from '../components/Time';
import { useEnabling } from '../components/use-enabling';
import { WebhookFrame } from '../components/WebhookFrame';
import { useDashboard, useScope } from '../context';
import { useFormat } from '../i18n/use-format';
import { places } from '../router/places';
import { serverNow } from '../session/server-clock';
import styles from './Recover.module.css';

/** A page of a recovery takes about a second. */
const RUNNING_MS = 1200;
const HOUR_MS = 3_600_000;
const PRESETS = [
  { value: '1', label: 'recover.hour' },
  { value: '24', label: 'recover.day' },
  { value: '168', label: 'recover.week' },
  { value: 'at', label: 'recover.at' },
] as const;

export function Recover({ id }: { readonly id: string }) {
  return (
    <WebhookFrame id={id} tab="recover">
      {(webhook) => <RecoverWebhook webhook={webhook} />}
    </WebhookFrame>
  );
}

function RecoverWebhook({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const queries = useQueryClient();
  const mayWrite = useScope('webhooks:write');
  const key = ['recovery', webhook.id];
  const { data, error, isPending, refetch } = useQuery({
    queryKey: key,
    // None yet is an answer, too.
    queryFn: async ({ signal }) => api.recovery(webhook.id, signal).catch((cause: unknown) => noneYet(cause)),
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? RUNNING_MS : false),
  });
  const begin = useSingleMutation({
    mutationFn: (since: string) => api.startRecovery(webhook.id, since),
    onSuccess: (recovery) => queries.setQueryData(key, recovery),
  });
  const status = data?.status;
  useEffect(() => {
    if (status !== undefined && status !== 'running') void queries.invalidateQueries({ queryKey: ['deliveries'] });
  }, [status, queries]);
  if (isPending) return <Rows count={2} height={120} />;
  if (error !== null && data === undefined) return <Failure error={error} onRetry={() => void refetch()} />;
  const running = data?.status === 'running';
  return (
    <>
      {data !== null && data !== undefined && <Job recovery={data} />}
      {!webhook.enabled && <EnableFirst webhook={webhook} />}
      {mayWrite && webhook.enabled && !running && (
        <Start
          target={webhook.id}
          again={data !== null}
          busy={begin.isPending}
          error={begin.error}
          onStart={begin.mutate}
        />
      )}
      {!mayWrite && <Notice kind="info">{t('scope.cannotRecover')}</Notice>}
    </>
  );
}

function noneYet(cause: unknown): null {
  if (cause instanceof ApiError && cause.status === 404) return null;
  throw cause;
}

function EnableFirst({ webhook }: { readonly webhook: Webhook }) {
  const { t } = useTranslation();
  const mayWrite = useScope('webhooks:write');
  const { change, busy } = useEnabling(webhook);
  return (
    <Notice
      kind="warn"
      title={t('recover.disabled')}
      actions={
        mayWrite && (
          <Button size="xs" variant="default" loading={busy} onClick={() => change(true)}>
            {t('webhook.enable')}
          </Button>
        )
      }
    >
      {t('recover.disabledWords')}
    </Notice>
  );
}

interface StartProps {
  readonly target: string;
  readonly again: boolean;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onStart: (since: string) => void;
}

function Start({ target, again, busy, error, onStart }: StartProps) {
  const { t } = useTranslation();
  const [preset, setPreset] = useState('24');
  const [at, setAt] = useState('');
  const chosen = Date.parse(at);
  const since = preset === 'at' ? chosen : serverNow() - Number(preset) * HOUR_MS;
  const wrong = preset === 'at' && at !== '' && !(chosen < serverNow());
  return (
    <Card title={again ? t('recover.again') : t('recover.start')} lead={t('recover.what')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!Number.isNaN(since) && !wrong) onStart(new Date(since).toISOString());
        }}
      >
        <Radio.Group value={preset} onChange={setPreset} label={t('recover.since')}>
          <div className={styles.presets}>
            {PRESETS.map(({ value, label }) => (
              <Radio key={value} value={value} label={t(label)} />
            ))}
          </div>
        </Radio.Group>
        {preset === 'at' && (
          <TextInput
            type="datetime-local"
            label={t('recover.when')}
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
            error={wrong && t('recover.future')}
            required
            className={styles.when}
          />
        )}
        <HowMany target={target} since={since} />
        <ul className={styles.points}>
          <li>{t('recover.point1')}</li>
          <li>{t('recover.point2')}</li>
          <li>{t('recover.point3')}</li>
        </ul>
        {error !== null && <Failure error={error} />}
        <div>
          <Button type="submit" loading={busy} disabled={Number.isNaN(since) || wrong}>
            {t('recover.submit')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

/** About how many there are to go through, by the figures of the last week. */
function HowMany({ target, since }: { readonly target: string; readonly since: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { api } = useDashboard();
  const { data } = useQuery({
    queryKey: ['statistics', 'week', target],
    queryFn: ({ signal }) => api.statistics('week', target, signal),
    staleTime: 30_000,
  });
  const first = data?.hours[0];
  // An hour's figures are whole: the one in which it begins counts.
  const hours = data?.hours.filter(({ start }) => Date.parse(start) + HOUR_MS > since) ?? [];
  const count = hours.reduce((total, { failed, cancelled }) => total + failed + cancelled, 0);
  const known = first !== undefined && since >= Date.parse(first.start) - HOUR_MS;
  const words = () => {
    if (data === undefined || Number.isNaN(since)) return '';
    if (!known) return t('recover.unknown');
    return count === 0 ? t('recover.aboutNone') : t('recover.about', { count, value: format.number(count) });
  };
  return (
    <p className={styles.count} aria-live="polite">
      {words()}
    </p>
  );
}

const TITLES = { running: 'recover.running', completed: 'recover.completed', stopped: 'recover.stopped' } as const;

function Job({
  recovery: {
    status,
    reason,
    reason_code: code,
    reason_params: params,
    since,
    progress,
    examined,
    resent,
    skipped,
    estimated_total: estimate,
    subscription_id: id,
    created_at: created,
    updated_at: updated,
  },
}: {
  readonly recovery: Recovery;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const announced = useRef('');
  // Not each step is announced, or nothing else could be heard.
  if (status !== 'running' || announced.current === '') announced.current = t(TITLES[status]);
  return (
    <Card
      title={t(TITLES[status])}
      actions={
        status !== 'running' && (
          <LinkButton to={places.deliveries(id)} size="xs" variant="default">
            {t('recover.seeDeliveries')}
          </LinkButton>
        )
      }
    >
      <p role="status" className={styles.status}>
        {announced.current}
      </p>
      <div>
        <div className={styles.progress}>
          <span id="recovery-progress">{t('recover.progress')}</span>
          <span>{format.percent(progress)}</span>
        </div>
        <Progress.Root size="md" data-testid="recovery-progress">
          <Progress.Section
            value={progress * 100}
            aria-labelledby="recovery-progress"
            color={status === 'stopped' ? 'red.8' : undefined}
          />
        </Progress.Root>
      </div>
      {reason !== undefined && (
        <Notice kind="bad" title={t('recover.stoppedBecause')}>
          <ServerSays text={reason} code={code} params={params} />
        </Notice>
      )}
      <Facts
        facts={[
          {
            label: t('recover.examined'),
            value: (
              <span data-testid="examined">
                {estimate === undefined || estimate === 0
                  ? format.number(examined)
                  : t('recover.of', {
                      value: format.number(examined),
                      total: format.number(Math.max(estimate, examined)),
                    })}
              </span>
            ),
          },
          { label: t('recover.resent'), value: <span data-testid="resent">{format.number(resent)}</span> },
          { label: t('recover.skipped'), value: <span data-testid="skipped">{format.number(skipped)}</span> },
          { label: t('recover.when'), value: <Time at={since} absolute /> },
          { label: t('recover.started'), value: <Time at={created} absolute /> },
          status !== 'running' && { label: t('recover.ended'), value: <Time at={updated} absolute /> },
        ]}
      />
      {skipped > 0 && <p className={styles.hint}>{t('recover.skippedWords')}</p>}
    </Card>
  );
}
