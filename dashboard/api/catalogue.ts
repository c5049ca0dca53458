import { useQuery } from '@tanstack/react-query';
import { useDashboard } from '../context';

/** The platform's event types; they change with its deploys alone. */
export function useCatalogue() {
  const { api } = useDashboard();
  return useQuery({ queryKey: ['catalogue'], queryFn: ({ signal }) => api.catalogue(signal), staleTime: Infinity });
}
