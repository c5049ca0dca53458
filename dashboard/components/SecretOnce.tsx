import { Button } from '@mantine/core';
import { useContext, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SessionOver } from '../context';
import { holdLeaving } from '../router/hash-location';
import { ConfirmDialog } from './ConfirmDialog';
import { Notice } from './Notice';
import { SecretBox } from './SecretBox';
import styles from './SecretOnce.module.css';

/** A secret that is not shown again: whoever leaves without having said that it is saved is asked first. */
export function SecretOnce({ secret, onSaved }: { readonly secret: string; readonly onSaved: () => void }) {
  const { t } = useTranslation();
  const [leave, setLeave] = useState<(() => void) | undefined>();
  const [saved, setSaved] = useState(false);
  const over = useContext(SessionOver);
  useEffect(() => (saved ? undefined : holdLeaving((go) => setLeave(() => go))), [saved]);
  // In an effect: by then nothing holds the page any more.
  useEffect(() => {
    if (saved) onSaved();
  }, [saved, onSaved]);
  return (
    <div className={styles.once}>
      <Notice kind="warn" title={t('secret.onceTitle')}>
        {t('secret.onceWords')}
      </Notice>
      {over && (
        <Notice kind="info" live title={t('secret.sessionOver')}>
          {t('secret.sessionOverWords')}
        </Notice>
      )}
      <SecretBox secret={secret} />
      <p className={styles.where}>{t('secret.where')}</p>
      <div>
        <Button onClick={() => setSaved(true)}>{t('secret.saved')}</Button>
      </div>
      <ConfirmDialog
        opened={leave !== undefined}
        onClose={() => setLeave(undefined)}
        onConfirm={() => leave?.()}
        title={t('secret.leaveTitle')}
        confirm={t('secret.leave')}
        danger
      >
        <p>{t('secret.leaveWords')}</p>
      </ConfirmDialog>
    </div>
  );
}
