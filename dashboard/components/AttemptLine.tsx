import { useTranslation } from 'react-i18next';
import type { Attempt, DeliveryDetail } from '../api/operations';
import { useFormat } from '../i18n/use-format';
import styles from './AttemptLine.module.css';
import { DeliveredIcon, FailedIcon, PendingIcon } from './icons';
import { ServerSays } from './ServerSays';
import { Time } from './Time';
import { Untrusted } from './Untrusted';

/** What was tried, in the order of time, and what comes next. */
export function AttemptLine({
  delivery: { attempts, next_attempt_at: next, processing_status: status },
}: {
  readonly delivery: DeliveryDetail;
}) {
  const { t } = useTranslation();
  return (
    <ol className={styles.line} data-testid="attempts">
      {attempts.map((attempt, index) => (
        <AttemptItem key={attempt.at} attempt={attempt} number={index + 1} />
      ))}
      {status === 'pending' && (
        <li data-tone="wait">
          <span className={styles.mark}>
            <PendingIcon />
          </span>
          <div className={styles.words}>
            <p className={styles.title}>{t('attempt.next')}</p>
            <p className={styles.minor}>
              {next === undefined ? (
                t('attempt.soon')
              ) : (
                <>
                  <Time at={next} /> · <Time at={next} absolute />
                </>
              )}
            </p>
          </div>
        </li>
      )}
      {status !== 'pending' && attempts.length === 0 && (
        <li>
          <div className={styles.words}>
            <p className={styles.minor}>{t('attempt.none')}</p>
          </div>
        </li>
      )}
    </ol>
  );
}

function AttemptItem({
  attempt: { at, latency_ms: latency, http_status: status, error, error_code: code, error_params: params, answer },
  number,
}: {
  readonly attempt: Attempt;
  readonly number: number;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const good = status !== undefined && status >= 200 && status < 300;
  return (
    <li data-tone={good ? 'ok' : 'bad'}>
      <span className={styles.mark}>{good ? <DeliveredIcon /> : <FailedIcon />}</span>
      <div className={styles.words}>
        <p className={styles.title}>
          {t('attempt.number', { number })} ·{' '}
          {status === undefined ? t('attempt.unanswered') : t('attempt.answered', { status })}
        </p>
        <p className={styles.minor}>
          <Time at={at} absolute /> · {t('attempt.took', { took: format.duration(latency) })}
        </p>
        {error !== undefined && (
          <p>
            <ServerSays text={error} code={code} params={params} />
          </p>
        )}
        {answer !== undefined && (
          <pre className={styles.answer} tabIndex={0} role="region" aria-label={t('attempt.answer', { number })}>
            <Untrusted text={answer} exact />
          </pre>
        )}
      </div>
    </li>
  );
}
