import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyButton } from './CopyButton';
import { HideIcon, ShowIcon } from './icons';
import styles from './SecretBox.module.css';

/** A secret, covered until it is asked for: somebody may be looking over a shoulder, or at a shared screen. */
export function SecretBox({ secret }: { readonly secret: string }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <div className={styles.box}>
      <code className={styles.secret} data-testid="secret" data-shown={shown}>
        {shown ? (
          secret
        ) : (
          <span aria-label={t('secret.covered')} role="img">
            {covered(secret)}
          </span>
        )}
      </code>
      <div className={styles.buttons}>
        <Button
          variant="default"
          size="xs"
          leftSection={shown ? <HideIcon /> : <ShowIcon />}
          onClick={() => setShown(!shown)}
        >
          {shown ? t('secret.hide') : t('secret.reveal')}
        </Button>
        <CopyButton text={secret} label={t('secret.copy')} />
      </div>
    </div>
  );
}

const covered = (secret: string): string => `${secret.slice(0, 'whsec_'.length)}${'•'.repeat(24)}`;
