import { Checkbox, Skeleton } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '../api/catalog';
import styles from './EventPicker.module.css';
import { Failure } from './Failure';

/** Of one webhook; the API's own limit. */
export const EVENTS_MAX = 10;

interface EventPickerProps {
  readonly value: readonly string[];
  readonly onChange: (events: readonly string[]) => void;
  readonly error?: ReactNode;
}

/** The catalog, to choose from. */
export function EventPicker({ value, onChange, error }: EventPickerProps) {
  const { t } = useTranslation();
  const id = useId();
  const { data: catalog, error: failure, refetch } = useCatalog();
  const full = value.length >= EVENTS_MAX;
  // What the platform has taken out of its catalog can be taken out here, too.
  const gone =
    catalog === undefined
      ? []
      : value.filter((name) => !catalog.some((each) => each.name === name)).map((name) => ({ name, description: '' }));
  return (
    <fieldset className={styles.picker} aria-describedby={`${id}-hint`}>
      <legend className={styles.legend}>{t('form.events')}</legend>
      <p id={`${id}-hint`} className={styles.hint}>
        {t('form.eventsHint', { max: EVENTS_MAX })}{' '}
        <span aria-live="polite">{t('form.eventsChosen', { count: value.length })}</span>
      </p>
      {failure !== null && <Failure error={failure} onRetry={() => void refetch()} />}
      <div className={styles.list}>
        {catalog === undefined && failure === null && <Skeleton height={180} />}
        {catalog !== undefined &&
          [...catalog, ...gone].map(({ name, description }) => {
            const checked = value.includes(name);
            return (
              <Checkbox
                key={name}
                className={styles.event}
                label={<span className={styles.name}>{name}</span>}
                description={description}
                checked={checked}
                disabled={!checked && full}
                onChange={(event) =>
                  onChange(event.currentTarget.checked ? [...value, name] : value.filter((each) => each !== name))
                }
              />
            );
          })}
      </div>
      {error !== undefined && (
        <p className={styles.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
