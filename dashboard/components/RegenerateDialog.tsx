import { Button, NativeSelect, Radio } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { mayBeDone } from '../api/error';
import { Dialog } from './Dialog';
import styles from './Dialog.module.css';
import { Failure } from './Failure';
import { Notice } from './Notice';

const HOUR = 3600;
const OVERLAPS = [
  { seconds: HOUR, label: 'regenerate.hour' },
  { seconds: 24 * HOUR, label: 'regenerate.day' },
  { seconds: 7 * 24 * HOUR, label: 'regenerate.week' },
] as const;

interface RegenerateDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** @param overlapSeconds 0: at once */
  readonly onRegenerate: (overlapSeconds: number) => void;
  readonly busy: boolean;
  readonly error: Error | null;
  /** Said when no answer came. */
  readonly unsure: string;
}

/** A new secret, at once or with a time in which both sign; what each means is said before it is chosen. */
export function RegenerateDialog({ opened, onClose, onRegenerate, busy, error, unsure }: RegenerateDialogProps) {
  const { t } = useTranslation();
  const [how, setHow] = useState('overlap');
  const [seconds, setSeconds] = useState<number>(24 * HOUR);
  return (
    <Dialog opened={opened} onClose={onClose} title={t('regenerate.title')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          onRegenerate(how === 'overlap' ? seconds : 0);
        }}
      >
        <Radio.Group value={how} onChange={setHow} label={t('regenerate.how')}>
          <div className={styles.words}>
            <Radio value="overlap" label={t('regenerate.overlap')} description={t('regenerate.overlapWords')} />
            <Radio value="now" label={t('regenerate.now')} description={t('regenerate.nowWords')} />
          </div>
        </Radio.Group>
        {how === 'overlap' && (
          <NativeSelect
            label={t('regenerate.howLong')}
            value={String(seconds)}
            onChange={(event) => setSeconds(Number(event.currentTarget.value))}
            data={OVERLAPS.map((each) => ({ value: String(each.seconds), label: t(each.label) }))}
          />
        )}
        {how === 'now' && <Notice kind="warn">{t('regenerate.nowWarning')}</Notice>}
        {error !== null &&
          (mayBeDone(error) ? (
            <Notice kind="warn" live>
              {unsure}
            </Notice>
          ) : (
            <Failure error={error} />
          ))}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button type="submit" loading={busy} color={how === 'now' ? 'red.9' : undefined}>
            {t('regenerate.submit')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
