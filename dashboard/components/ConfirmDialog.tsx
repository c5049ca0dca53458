import { Button, TextInput } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from './Dialog';
import styles from './Dialog.module.css';

interface ConfirmProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  readonly title: string;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly busy?: boolean;
  /** Has to be typed first. */
  readonly word?: string;
  readonly children: ReactNode;
}

/** Asks once more, and says what follows. */
export function ConfirmDialog({
  opened,
  onClose,
  onConfirm,
  title,
  confirm,
  danger = false,
  busy = false,
  word,
  children,
}: ConfirmProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  useEffect(() => setTyped(''), [opened]);
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
        }}
      >
        <div className={styles.words}>{children}</div>
        {word !== undefined && (
          <TextInput
            data-autofocus
            label={t('confirm.type', { word })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        <div className={styles.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            type="submit"
            color={danger ? 'red.9' : undefined}
            loading={busy}
            disabled={word !== undefined && typed.trim().toLocaleLowerCase() !== word.toLocaleLowerCase()}
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
