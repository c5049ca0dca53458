import { useLocation, useSearch } from 'wouter';

export type Query = Readonly<Record<string, string | undefined>>;

/** The place's own parameters, and how to change some of them without a new entry in the history. */
export function useQueryParameters(): [URLSearchParams, (change: Query) => void] {
  const parameters = new URLSearchParams(useSearch());
  const [path, navigate] = useLocation();
  return [
    parameters,
    (change) => {
      const next = new URLSearchParams(parameters);
      for (const [name, value] of Object.entries(change)) {
        if (value === undefined || value === '') next.delete(name);
        else next.set(name, value);
      }
      navigate(next.size === 0 ? path : `${path}?${next.toString()}`, { replace: true });
    },
  ];
}
