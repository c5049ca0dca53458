import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { UrlVerdict } from '../api/operations';
import { useDashboard } from '../context';
import { DeliveredIcon } from './icons';
import { ServerSays } from './ServerSays';
import styles from './UrlField.module.css';

/** After the last key, so that a word is judged and not each of its letters. */
const PAUSE_MS = 350;

interface UrlFieldProps {
  readonly value: string;
  readonly onChange: (url: string) => void;
  /** The fault of the URL as it was sent. */
  readonly error?: ReactNode;
  readonly autoFocus?: boolean;
}

/** The endpoint, checked as it is typed by the rules that will judge it when it is sent. */
export function UrlField({ value, onChange, error, autoFocus = false }: UrlFieldProps) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const [settled] = useDebouncedValue(value, PAUSE_MS);
  const { data: verdict } = useQuery({
    queryKey: ['check-url', settled],
    queryFn: ({ signal }) => api.checkUrl(settled, signal),
    enabled: settled !== '',
    retry: false,
    staleTime: Infinity,
  });
  const current = value === settled && value !== '' ? verdict : undefined;
  return (
    <div className={styles.field}>
      <TextInput
        label={t('form.url')}
        description={t('form.urlHint')}
        placeholder="https://hooks.your-company.com/events"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value.trim())}
        error={current?.acceptable === false ? <Refusal verdict={current} /> : error}
        errorProps={{ role: 'alert' }}
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        required
        maxLength={4096}
        data-autofocus={autoFocus || undefined}
        classNames={{ input: styles.input }}
      />
      <p className={styles.good} role="status">
        {current?.acceptable === true && (
          <>
            <DeliveredIcon size={14} />
            {t('form.urlGood')}
          </>
        )}
      </p>
    </div>
  );
}

function Refusal({ verdict: { reason, reason_code: code, reason_params: params } }: { readonly verdict: UrlVerdict }) {
  const { t } = useTranslation();
  return reason === undefined ? t('form.urlRefused') : <ServerSays text={reason} code={code} params={params} />;
}
