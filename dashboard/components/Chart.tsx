import { SegmentedControl, Skeleton, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Period, Statistics } from '../api/operations';
import { useDashboard } from '../context';
import { useFormat } from '../i18n/use-format';
import { Card } from './Card';
import styles from './Chart.module.css';
import { axisTop, type Bar, barsOf, heightOf } from './chart-scale';
import { Failure } from './Failure';
import { useWidth } from './use-width';

const HEIGHT = 168;
const TOP = 8;
const BOTTOM = 22;
const LEFT = 40;
/** Figures follow within a minute or so. */
const REFRESH_MS = 30_000;

const SERIES = ['delivered', 'failed', 'cancelled'] as const;
const LABELS = { delivered: 'status.delivered', failed: 'status.failed', cancelled: 'status.cancelled' } as const;

/** What became of deliveries in the last day or week, of one webhook or origin, or of all. */
export function DeliveryChart({ target }: { readonly target?: string }) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const [period, setPeriod] = useState<Period>('day');
  const { data, error, refetch } = useQuery({
    queryKey: ['statistics', period, target],
    queryFn: ({ signal }) => api.statistics(period, target, signal),
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  });
  return (
    <Card
      title={t('chart.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('chart.period')}
          value={period}
          onChange={(value) => setPeriod(value)}
          data={[
            { value: 'day', label: t('chart.day') },
            { value: 'week', label: t('chart.week') },
          ]}
        />
      }
    >
      {data !== undefined && <Drawing statistics={data} />}
      {data === undefined && error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Skeleton height={HEIGHT + 32} />}
    </Card>
  );
}

function Drawing({ statistics }: { readonly statistics: Statistics }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { ref, width } = useWidth();
  const hatch = useId();
  const { period, hours, totals } = statistics;
  const bars = barsOf(hours, period);
  const top = axisTop(Math.max(...bars.map(heightOf)));
  const plot = HEIGHT - TOP - BOTTOM;
  const step = Math.max(0, width - LEFT) / bars.length;
  const y = (value: number) => TOP + plot * (1 - value / top);
  const when = ({ start, end }: Bar) =>
    t('chart.between', { day: format.day(start), from: format.hour(start), to: format.hour(end) });
  return (
    <>
      <ul className={styles.legend}>
        {SERIES.map((name) => (
          <li key={name} data-series={name}>
            <span aria-hidden className={styles.swatch} />
            {t(LABELS[name])} <strong>{format.number(totals[name])}</strong>
          </li>
        ))}
      </ul>
      <div ref={ref} className={styles.plot}>
        {width > 0 && (
          <svg width={width} height={HEIGHT} aria-hidden>
            <defs>
              <pattern id={hatch} width={4} height={4} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect width={4} height={4} className={styles.failed} />
                <rect width={1.4} height={4} className={styles.stripe} />
              </pattern>
            </defs>
            {[0, top / 2, top].map((value) => (
              <g key={value}>
                <line x1={LEFT} x2={width} y1={y(value)} y2={y(value)} className={styles.line} />
                <text x={LEFT - 8} y={y(value) + 4} textAnchor="end" className={styles.label}>
                  {format.number(value)}
                </text>
              </g>
            ))}
            {bars.map((bar, index) => {
              const x = LEFT + index * step + step * 0.14;
              const wide = step * 0.72;
              const levels = [bar.delivered, bar.delivered + bar.failed, heightOf(bar)] as const;
              return (
                <g key={bar.start.getTime()}>
                  <title>
                    {`${when(bar)}: ` +
                      `${SERIES.map((name) => `${t(LABELS[name])} ${format.number(bar[name])}`).join(', ')}`}
                  </title>
                  <rect x={LEFT + index * step} y={TOP} width={step} height={plot} className={styles.column} />
                  <rect x={x} width={wide} y={y(levels[0])} height={y(0) - y(levels[0])} className={styles.delivered} />
                  <rect
                    x={x}
                    width={wide}
                    y={y(levels[1])}
                    height={y(levels[0]) - y(levels[1])}
                    fill={`url(#${hatch})`}
                  />
                  <rect
                    x={x}
                    width={wide}
                    y={y(levels[2])}
                    height={y(levels[1]) - y(levels[2])}
                    className={styles.cancelled}
                  />
                </g>
              );
            })}
            {bars.map((bar, index) => {
              const label = tick(bar, index, bars, period, step);
              return (
                label && (
                  <text key={bar.start.getTime()} x={LEFT + index * step} y={HEIGHT - 6} className={styles.label}>
                    {period === 'day' ? format.hour(bar.start) : format.weekday(bar.end)}
                  </text>
                )
              );
            })}
          </svg>
        )}
      </div>
      <VisuallyHidden>
        <table>
          <caption>{t(period === 'day' ? 'chart.captionDay' : 'chart.captionWeek')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('chart.time')}</th>
              {SERIES.map((name) => (
                <th key={name} scope="col">
                  {t(LABELS[name])}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bars
              .filter((bar) => heightOf(bar) > 0)
              .map((bar) => (
                <tr key={bar.start.getTime()}>
                  <th scope="row">{when(bar)}</th>
                  {SERIES.map((name) => (
                    <td key={name}>{format.number(bar[name])}</td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </>
  );
}

/** Every fourth hour of a day, or every midnight of a week; fewer where they would meet. */
function tick({ start, end }: Bar, index: number, bars: readonly Bar[], period: Period, step: number): boolean {
  if (index > bars.length - 48 / Math.max(step, 1)) return false;
  if (period === 'week') return index > 0 && start.getDay() !== end.getDay();
  return start.getHours() % (step < 14 ? 6 : 3) === 0;
}
