import { Skeleton, VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './Page.module.css';

/** In the page's shape while it comes. */
export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <div className={styles.page} aria-busy="true">
      <VisuallyHidden role="status">{t('loading')}</VisuallyHidden>
      <Skeleton height={28} width="min(18rem, 60%)" />
      <Rows count={5} />
    </div>
  );
}

/** @param height of a row, in pixels */
export function Rows({ count, height = 52 }: { readonly count: number; readonly height?: number }) {
  return Array.from({ length: count }, (_unused, index) => <Skeleton key={index} height={height} radius="md" />);
}
