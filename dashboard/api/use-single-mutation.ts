import {
  useMutation,
  type UseMutateFunction,
  type UseMutationOptions,
  type UseMutationResult,
} from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { oneAtATime } from './one-at-a-time';

type Single<T, V, C> = Omit<UseMutationResult<T, Error, V, C>, 'mutate' | 'mutateAsync'> & {
  readonly mutate: UseMutateFunction<T, Error, V, C>;
};

/**
 * `useMutation`, of which a double click makes one call. Without a network it fails at once: what was asked for is not
 * done some time later, unseen.
 */
export function useSingleMutation<T, V = void, C = unknown>(
  options: UseMutationOptions<T, Error, V, C>,
): Single<T, V, C> {
  const { mutateAsync, ...mutation } = useMutation({ networkMode: 'always', ...options });
  const [single] = useState(() => oneAtATime());
  const mutate = useCallback<UseMutateFunction<T, Error, V, C>>(
    // Who asks hears of a failure by `error` and `onError`.
    (...call) => void single(() => mutateAsync(...call))?.catch(() => undefined),
    [single, mutateAsync],
  );
  return { ...mutation, mutate };
}
