import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Webhook } from '../api/operations';
import { useDashboard } from '../context';
import { places } from '../router/places';
import { WarningIcon } from './icons';
import { ServerSays } from './ServerSays';
import styles from './StatusBadge.module.css';

const REFRESH_MS = 15_000;
const FILTER = { status: 'pending' } as const;

/** Says that attempts fail while none has failed for good: no figure counts what is still being tried. */
export function Retrying({ webhook: { id, enabled } }: { readonly webhook: Pick<Webhook, 'id' | 'enabled'> }) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  // As the log asks for them, so that the two share an answer.
  const { data } = useQuery({
    queryKey: ['deliveries', id, FILTER],
    queryFn: ({ signal }) => api.deliveries(id, FILTER, undefined, signal),
    enabled,
    refetchInterval: REFRESH_MS,
  });
  // The newest of all may not have been tried yet.
  const tried = data?.data.find(
    ({ processing_attempts: attempts, processing_error: error, http_status: status }) =>
      attempts > 0 && (error ?? status) !== undefined,
  );
  if (!enabled || tried === undefined) return null;
  const { http_status: status, processing_error: error = '', error_code: code, error_params: params } = tried;
  return (
    <div>
      <Link
        href={`${places.deliveries(id)}?status=${FILTER.status}`}
        className={styles.badge}
        data-tone="warn"
        data-testid="retrying"
      >
        <WarningIcon size={14} />
        <span>
          {status === undefined ? (
            <>
              {t('webhooks.retryingBecause')} <ServerSays text={error} code={code} params={params} />
            </>
          ) : (
            t('webhooks.retrying', { status })
          )}
        </span>
      </Link>
    </div>
  );
}
