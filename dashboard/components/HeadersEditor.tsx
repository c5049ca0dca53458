import { ActionIcon, Button, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './HeadersEditor.module.css';
import { AddIcon, RemoveIcon } from './icons';

/** The API's own limit. */
export const HEADERS_MAX = 10;

export interface HeaderRow {
  readonly id: number;
  readonly name: string;
  readonly value: string;
}

let lastId = 0;
export const emptyRow = (): HeaderRow => ({ id: (lastId += 1), name: '', value: '' });

/** Rows without a name are none. */
export function headersOf(rows: readonly HeaderRow[]): Record<string, string> {
  return Object.fromEntries(
    rows.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value.trim()]),
  );
}

/** Headers of the owner's own on every delivery. */
export function HeadersEditor({
  rows,
  onChange,
  error,
}: {
  readonly rows: readonly HeaderRow[];
  readonly onChange: (rows: readonly HeaderRow[]) => void;
  readonly error?: ReactNode;
}) {
  const { t } = useTranslation();
  const change = (id: number, part: Partial<HeaderRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  return (
    <div className={styles.editor} role="group" aria-label={t('form.headers')}>
      {rows.map(({ id, name, value }, index) => (
        <div key={id} className={styles.row}>
          <TextInput
            className={styles.name}
            aria-label={t('form.headerName', { number: index + 1 })}
            placeholder={t('form.headerNameHint')}
            value={name}
            onChange={(event) => change(id, { name: event.currentTarget.value })}
            autoComplete="off"
            spellCheck={false}
          />
          <TextInput
            className={styles.value}
            aria-label={t('form.headerValue', { number: index + 1 })}
            placeholder={t('form.headerValueHint')}
            value={value}
            onChange={(event) => change(id, { value: event.currentTarget.value })}
            autoComplete="off"
            spellCheck={false}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={34}
            aria-label={t('form.removeHeader', { number: index + 1 })}
            onClick={() => onChange(rows.filter((row) => row.id !== id))}
          >
            <RemoveIcon />
          </ActionIcon>
        </div>
      ))}
      {error !== undefined && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
      {rows.length < HEADERS_MAX && (
        <Button
          variant="default"
          size="xs"
          leftSection={<AddIcon />}
          onClick={() => onChange([...rows, emptyRow()])}
          className={styles.add}
        >
          {t('form.addHeader')}
        </Button>
      )}
    </div>
  );
}
