import { useTranslation } from 'react-i18next';
import type { TestResult } from '../api/operations';
import { useFormat } from '../i18n/use-format';
import { Notice } from './Notice';
import { ServerSays } from './ServerSays';
import styles from './TestSend.module.css';
import { Untrusted } from './Untrusted';

/** How an endpoint took a test event, in words. */
export function TestAnswer({ result }: { readonly result: TestResult }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { success, event_type: type, event_id: id, http_status: status, latency_ms: latency, response, error } = result;
  const took = format.duration(latency);
  const title = () => {
    if (success) return t('test.taken', { status, took });
    return status === undefined ? t('test.unanswered', { took }) : t('test.refused', { status, took });
  };
  return (
    <div data-testid="test-answer">
      <Notice kind={success ? 'ok' : 'bad'} title={title()}>
        {error !== undefined && (
          <p>
            <ServerSays text={error} code={result.error_code} params={result.error_params} />
          </p>
        )}
        <p>
          {t('test.event', { type })} <code>{id}</code>
        </p>
        {response !== undefined && (
          <pre className={styles.answer} tabIndex={0} aria-label={t('test.answer')}>
            <Untrusted text={response} exact />
          </pre>
        )}
      </Notice>
    </div>
  );
}
