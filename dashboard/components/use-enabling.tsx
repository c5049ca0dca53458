import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { Webhook } from '../api/operations';
import { useSingleMutation } from '../api/use-single-mutation';
import { useDashboard } from '../context';
import { FailureWords } from './Failure';
import { useToast } from './Toasts';

/** Enables a webhook or turns it off: shown as done at once, and taken back if the server does not take it. */
export function useEnabling(webhook: Webhook): { readonly change: (enabled: boolean) => void; readonly busy: boolean } {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const queries = useQueryClient();
  const toast = useToast();
  const key = ['webhook', webhook.id];
  // What asks for it may be gone before the answer comes, as what it asked about is: so nothing here hangs on the call.
  const { mutate, isPending } = useSingleMutation({
    mutationFn: (enabled: boolean) => api.updateWebhook(webhook.id, { events: webhook.events, enabled }),
    onMutate: async (enabled) => {
      await queries.cancelQueries({ queryKey: key });
      const before = queries.getQueryData<Webhook>(key);
      const {
        disabled_at: _at,
        disabled_reason: _reason,
        disabled_reason_code: _code,
        disabled_reason_params: _params,
        ...rest
      } = webhook;
      queries.setQueryData<Webhook>(key, { ...rest, enabled, ...(enabled && { failure_count: 0 }) });
      return { before };
    },
    onError: (error, _enabled, context) => {
      queries.setQueryData(key, context?.before);
      toast('failed', <FailureWords error={error} />);
    },
    onSuccess: (changed) => {
      queries.setQueryData(key, changed);
      void queries.invalidateQueries({ queryKey: ['webhooks'] });
      toast('done', changed.enabled ? t('webhook.enabledNow') : t('webhook.disabledNow'));
    },
  });
  return { change: mutate, busy: isPending };
}
