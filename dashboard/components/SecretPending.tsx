import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { holdLeaving } from '../router/hash-location';
import { ConfirmDialog } from './ConfirmDialog';

/** While a secret is being made that is shown once: whoever leaves before the answer is asked first. */
export function SecretPending() {
  const { t } = useTranslation();
  const [leave, setLeave] = useState<(() => void) | undefined>();
  useEffect(() => holdLeaving((go) => setLeave(() => go)), []);
  return (
    <ConfirmDialog
      opened={leave !== undefined}
      onClose={() => setLeave(undefined)}
      onConfirm={() => leave?.()}
      title={t('secret.pendingTitle')}
      confirm={t('secret.leave')}
      danger
    >
      <p>{t('secret.pendingWords')}</p>
    </ConfirmDialog>
  );
}
