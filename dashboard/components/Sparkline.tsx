import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useDashboard } from '../context';
import { useFormat } from '../i18n/use-format';
import { axisTop, barsOf, heightOf } from './chart-scale';
import styles from './Sparkline.module.css';

const WIDTH = 96;
const HEIGHT = 24;
const REFRESH_MS = 60_000;

/** A webhook's last 24 hours in a line of a table. */
export function Sparkline({ target }: { readonly target: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { api } = useDashboard();
  const { data, isError } = useQuery({
    queryKey: ['statistics', 'day', target],
    queryFn: ({ signal }) => api.statistics('day', target, signal),
    refetchInterval: REFRESH_MS,
    staleTime: REFRESH_MS / 2,
  });
  if (isError) return <span className={styles.words}>{t('webhooks.noFigures')}</span>;
  if (data === undefined) return <Skeleton width={WIDTH} height={HEIGHT} />;
  const bars = barsOf(data.hours, 'day');
  const top = axisTop(Math.max(...bars.map(heightOf)));
  const step = WIDTH / bars.length;
  const { delivered, failed, cancelled } = data.totals;
  return (
    <span className={styles.spark}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className={styles.bars} aria-hidden>
        <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={styles.ground} />
        {bars.map((bar, index) => {
          const good = ((HEIGHT - 1) * bar.delivered) / top;
          const bad = ((HEIGHT - 1) * (bar.failed + bar.cancelled)) / top;
          return (
            <g key={bar.start.getTime()}>
              <rect
                x={index * step + 0.5}
                width={step - 1}
                y={HEIGHT - 1 - good}
                height={good}
                className={styles.good}
              />
              <rect
                x={index * step + 0.5}
                width={step - 1}
                y={HEIGHT - 1 - good - bad}
                height={bad}
                className={styles.bad}
              />
            </g>
          );
        })}
      </svg>
      <span className={styles.words}>
        {t('webhooks.delivered', { count: delivered, value: format.number(delivered) })}
        {failed + cancelled > 0 && (
          <>
            <br />
            <span className={styles.failed}>
              {t('webhooks.undelivered', { count: failed + cancelled, value: format.number(failed + cancelled) })}
            </span>
          </>
        )}
      </span>
    </span>
  );
}
