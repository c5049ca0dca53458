import { useQuery } from '@tanstack/react-query';
import { useDashboard } from '../context';

/** The platform's event types; they change with its deploys alone. */
export function useCatalog() {
  const { api } = useDashboard();
  return useQuery({ queryKey: ['catalog'], queryFn: ({ signal }) => api.catalog(signal), staleTime: Infinity });
}
