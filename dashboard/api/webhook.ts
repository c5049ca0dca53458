/** One webhook: read, and changed where the reader sees the change at once. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useDashboard } from '../context';
import type { WebhookChange } from './operations';
import { useSingleMutation } from './use-single-mutation';

/** Counts and times change by themselves. */
const REFRESH_MS = 10_000;

export function useWebhook(id: string | undefined) {
  const { api } = useDashboard();
  return useQuery({
    queryKey: ['webhook', id],
    queryFn: ({ signal }) => api.webhook(id!, signal),
    enabled: id !== undefined,
    refetchInterval: REFRESH_MS,
  });
}

export function useUpdateWebhook(id: string) {
  const { api } = useDashboard();
  const queries = useQueryClient();
  return useSingleMutation({
    mutationFn: (change: WebhookChange) => api.updateWebhook(id, change),
    onSuccess: (webhook) => {
      queries.setQueryData(['webhook', id], webhook);
      void queries.invalidateQueries({ queryKey: ['webhooks'] });
    },
  });
}
