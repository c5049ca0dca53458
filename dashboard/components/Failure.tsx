import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/error';
import { Notice } from './Notice';
import { ServerSays } from './ServerSays';
import { Untrusted } from './Untrusted';

/** Why a call did not work, and what to do: a refusal by the server's reason, the rest in our words. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Notice
      kind="bad"
      live
      actions={
        onRetry !== undefined && (
          <Button variant="default" size="xs" onClick={onRetry}>
            {t('action.tryAgain')}
          </Button>
        )
      }
    >
      <FailureWords error={error} />
    </Notice>
  );
}

export function FailureWords({ error }: { readonly error: Error }) {
  const { t } = useTranslation();
  if (!(error instanceof ApiError)) return t('failure.unreachable');
  const { status, reason, details, requestId, retryAfterSeconds } = error;
  if (status === 401) return t('failure.session');
  if (status === 429)
    return retryAfterSeconds === undefined
      ? t('failure.tooOften')
      : t('failure.tooOftenFor', { count: retryAfterSeconds });
  if (status >= 500) return requestId === undefined ? t('failure.server') : t('failure.serverCase', { id: requestId });
  if (details.length > 0)
    return details.map((detail, index) => (
      <div key={index}>
        <Untrusted text={detail.field} />: <ServerSays {...detail.reason} />
      </div>
    ));
  if (reason.text === '') return t('failure.status', { status });
  return <ServerSays {...reason} />;
}
