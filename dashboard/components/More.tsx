import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './More.module.css';

/** The end of a list that goes on. */
export function More({
  onMore,
  busy,
  label,
}: {
  readonly onMore: () => void;
  readonly busy: boolean;
  readonly label?: string;
}) {
  const { t } = useTranslation();
  return (
    <div className={styles.more}>
      <Button variant="default" onClick={onMore} loading={busy}>
        {label ?? t('action.more')}
      </Button>
    </div>
  );
}
