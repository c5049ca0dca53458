import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Delivery } from '../api/operations';
import { useFormat } from '../i18n/use-format';
import { places } from '../router/places';
import table from './Rows.module.css';
import { DeliveryBadge } from './StatusBadge';
import { Time } from './Time';
import { Untrusted } from './Untrusted';
import styles from './DeliveryTable.module.css';
import { ServerSays } from './ServerSays';

interface DeliveryTableProps {
  readonly deliveries: readonly Delivery[];
  readonly fresh?: ReadonlySet<string>;
  /** Where they do not all go to one endpoint. */
  readonly withEndpoint?: boolean;
}

export function DeliveryTable({ deliveries, fresh, withEndpoint = false }: DeliveryTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={table.frame}>
      <table className={`${table.table} ${styles.table}`} data-testid="deliveries">
        <thead>
          <tr>
            <th scope="col">{t('deliveries.event')}</th>
            <th scope="col">{t('deliveries.status')}</th>
            <th scope="col">{t('deliveries.answer')}</th>
            <th scope="col" className={table.end}>
              {t('deliveries.attempts')}
            </th>
            <th scope="col" className={table.end}>
              {t('deliveries.when')}
            </th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <tr
              key={delivery.id}
              className={fresh?.has(delivery.id) ? table.fresh : undefined}
              data-status={delivery.processing_status}
            >
              <td>
                <Link href={places.delivery(delivery.id)} className={table.link}>
                  {delivery.event_type}
                </Link>
                <span className={`${table.minor} ${styles.id}`}>{delivery.event_id}</span>
                {withEndpoint && delivery.webhook_url !== undefined && (
                  <span className={table.minor}>
                    <Untrusted text={delivery.webhook_url} />
                  </span>
                )}
                {delivery.replay_of !== undefined && <span className={table.minor}>{t('deliveries.again')}</span>}
              </td>
              <td>
                <DeliveryBadge status={delivery.processing_status} />
              </td>
              <td>
                <Answer delivery={delivery} />
              </td>
              <td
                data-label={t('deliveries.attempts')}
                data-one={delivery.processing_attempts <= 1}
                className={table.end}
              >
                {format.number(delivery.processing_attempts)}
              </td>
              <td className={`${table.end} ${table.tight}`}>
                <Time at={delivery.created_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The last attempt's status, or why there is none. */
function Answer({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation();
  const { http_status: status, processing_error: error, next_attempt_at: next, processing_status: state } = delivery;
  return (
    <span className={styles.answer}>
      {status !== undefined && <span className={styles.code}>{status}</span>}
      {status === undefined && error !== undefined && (
        <span className={styles.error}>
          <ServerSays text={error} code={delivery.error_code} params={delivery.error_params} />
        </span>
      )}
      {status === undefined && error === undefined && <span className={styles.error}>{t('deliveries.noAnswer')}</span>}
      {state === 'pending' && next !== undefined && (
        <span className={table.minor}>
          {t('deliveries.next')} <Time at={next} />
        </span>
      )}
    </span>
  );
}
