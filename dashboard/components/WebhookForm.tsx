import { Button, Checkbox, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Webhook, WebhookChange, WebhookInput } from '../api/operations';
import { useFormat } from '../i18n/use-format';
import { EventPicker } from './EventPicker';
import { Failure } from './Failure';
import { fieldSays, isFieldError } from './form-errors';
import { emptyRow, type HeaderRow, headersOf, HeadersEditor } from './HeadersEditor';
import { Notice } from './Notice';
import { UrlField } from './UrlField';
import { Untrusted } from './Untrusted';
import styles from './WebhookForm.module.css';

/** In characters; the API's own limit. */
const DESCRIPTION_MAX = 500;
/** Deliveries a second; the API's own limit. */
const RATE_LIMIT_MAX = 1000;

interface WebhookFormProps {
  /** That is changed; without it, a new one. */
  readonly webhook?: Webhook;
  readonly error: Error | null;
  /** Said instead of an error that is no field's. */
  readonly instead?: ReactNode;
  readonly busy: boolean;
  readonly submit: string;
  /**
   * @param change only what differs from the webhook that the form began with, beside the events: what another tab
   *   changed meanwhile stays
   */
  readonly onSubmit: (input: WebhookInput, change: WebhookChange) => void;
  readonly cancel: ReactNode;
}

export function WebhookForm({ webhook: given, error, instead, busy, submit, onSubmit, cancel }: WebhookFormProps) {
  const { t } = useTranslation();
  const format = useFormat();
  // The page reads it again by itself.
  const [webhook] = useState(given);
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [events, setEvents] = useState<readonly string[]>(webhook?.events ?? []);
  const [description, setDescription] = useState(webhook?.description ?? '');
  const [rate, setRate] = useState(webhook?.rate_limit?.toString() ?? '');
  const [rows, setRows] = useState<readonly HeaderRow[]>([]);
  const [replace, setReplace] = useState(false);
  const [sent, setSent] = useState(false);
  const kept = webhook?.header_names ?? [];
  // Headers are credentials, which the API does not take to another host.
  const moved = kept.length > 0 && originOf(url) !== originOf(webhook?.url ?? '');
  const replacing = replace || moved || kept.length === 0;
  const headers = headersOf(rows);
  const rateLimit = rateLimitOf(rate);
  const wrongRate =
    sent && Number.isNaN(rateLimit) ? t('form.rateLimitWrong', { max: format.number(RATE_LIMIT_MAX) }) : undefined;
  const noUrl = sent && url === '' ? t('form.noUrl') : undefined;
  const noEvents = sent && events.length === 0 ? t('form.noEvents') : undefined;
  const saidOf = (field: string) => fieldSays(error, field);
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        setSent(true);
        if (url === '' || events.length === 0 || Number.isNaN(rateLimit)) return;
        const change = {
          events,
          ...(description !== (webhook?.description ?? '') && { description }),
          ...(replacing && (Object.keys(headers).length > 0 || kept.length > 0) && { headers }),
          ...(rateLimit !== (webhook?.rate_limit ?? null) && { rate_limit: rateLimit }),
        };
        onSubmit({ ...change, url }, { ...change, ...(url !== webhook?.url && { url }) });
      }}
    >
      <UrlField value={url} onChange={setUrl} error={noUrl ?? saidOf('url')} />
      <EventPicker value={events} onChange={setEvents} error={noEvents ?? saidOf('events')} />
      <Textarea
        label={t('form.description')}
        description={t('form.descriptionHint', { count: DESCRIPTION_MAX - description.length })}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
        maxLength={DESCRIPTION_MAX}
        error={saidOf('description')}
        rows={2}
      />
      <details className={styles.advanced} open={kept.length > 0 || webhook?.rate_limit !== undefined || undefined}>
        <summary>{t('form.advanced')}</summary>
        <TextInput
          className={styles.rate}
          label={t('form.rateLimit')}
          description={t('form.rateLimitHint')}
          value={rate}
          onChange={(event) => setRate(event.currentTarget.value)}
          inputMode="numeric"
          autoComplete="off"
          maxLength={10}
          error={wrongRate ?? saidOf('rate_limit')}
        />
        <div className={styles.headers}>
          <h3 className={styles.heading}>{t('form.headers')}</h3>
          <p className={styles.hint}>{t('form.headersHint')}</p>
          {kept.length > 0 && (
            <>
              <p className={styles.hint}>
                {t('form.headersKept')}{' '}
                {kept.map((name) => (
                  <code key={name} className={styles.kept}>
                    <Untrusted text={name} />
                  </code>
                ))}
              </p>
              {moved ? (
                <Notice kind="warn">{t('form.headersMoved')}</Notice>
              ) : (
                <Checkbox
                  label={t('form.headersReplace')}
                  checked={replace}
                  onChange={(event) => setReplace(event.currentTarget.checked)}
                />
              )}
            </>
          )}
          {replacing && (
            <HeadersEditor rows={rows.length === 0 ? [firstRow] : rows} onChange={setRows} error={saidOf('headers')} />
          )}
        </div>
      </details>
      {error !== null &&
        !isFieldError(error, ['url', 'events', 'description', 'headers', 'rate_limit']) &&
        (instead ?? <Failure error={error} />)}
      <div className={styles.buttons}>
        <Button type="submit" loading={busy}>
          {submit}
        </Button>
        {cancel}
      </div>
    </form>
  );
}

/** What stands there before anything is written. */
const firstRow = emptyRow();

/** Null: none. NaN: not a number that may be. */
function rateLimitOf(text: string): number | null {
  if (text.trim() === '') return null;
  const number = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
  return number >= 1 && number <= RATE_LIMIT_MAX ? number : NaN;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
