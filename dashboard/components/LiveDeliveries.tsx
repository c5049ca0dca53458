import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '../api/catalog';
import { ApiError } from '../api/error';
import type { Delivery, DeliveryList, DeliveryStatus } from '../api/operations';
import { useDashboard } from '../context';
import { countNew, firstList, type LiveList, refreshed, withNewest, withOlder } from '../delivery/live-list';
import { useQueryParameters } from '../router/query';
import { DeliveryTable } from './DeliveryTable';
import { Failure } from './Failure';
import styles from './LiveDeliveries.module.css';
import { More } from './More';
import { Notice } from './Notice';
import { Rows } from './PageSkeleton';

const REFRESH_MS = 4000;
const STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const satisfies readonly DeliveryStatus[];
const LABELS = {
  pending: 'status.pending',
  delivered: 'status.delivered',
  failed: 'status.failed',
  cancelled: 'status.cancelled',
} as const;
/** What the API takes for an event id. */
const EVENT_ID = /^[A-Za-z0-9_:-]{1,128}$/;

interface LiveDeliveriesProps {
  readonly target: string;
  /** Whether it went there, of a delivery of an event: those are of all webhooks. */
  readonly wentHere: (delivery: Delivery) => boolean;
}

/** The log of one webhook or origin, as it grows; or what became of one event there. */
export function LiveDeliveries({ target, wentHere }: LiveDeliveriesProps) {
  const { t } = useTranslation();
  const [query, setQuery] = useQueryParameters();
  const { data: catalog } = useCatalog();
  const [typed, setTyped] = useState(query.get('event') ?? '');
  const status = STATUSES.find((each) => each === query.get('status'));
  const eventType = query.get('type') ?? undefined;
  const event = query.get('event') ?? undefined;
  const wrong = typed !== '' && !EVENT_ID.test(typed);
  return (
    <>
      <div className={styles.filters}>
        <NativeSelect
          label={t('deliveries.status')}
          value={status ?? ''}
          disabled={event !== undefined}
          onChange={(change) => setQuery({ status: change.currentTarget.value })}
          data={[
            { value: '', label: t('deliveries.all') },
            ...STATUSES.map((value) => ({ value, label: t(LABELS[value]) })),
          ]}
        />
        <NativeSelect
          label={t('deliveries.type')}
          value={eventType ?? ''}
          disabled={event !== undefined}
          onChange={(change) => setQuery({ type: change.currentTarget.value })}
          data={[
            { value: '', label: t('deliveries.all') },
            ...(catalog ?? []).map(({ name }) => ({ value: name, label: name })),
          ]}
        />
        <form
          className={styles.search}
          role="search"
          onSubmit={(submit) => {
            submit.preventDefault();
            if (!wrong) setQuery({ event: typed });
          }}
        >
          <TextInput
            type="search"
            label={t('deliveries.search')}
            placeholder={t('deliveries.searchHint')}
            value={typed}
            onChange={(change) => {
              const text = change.currentTarget.value.trim();
              setTyped(text);
              if (text === '') setQuery({ event: undefined });
            }}
            error={wrong && t('deliveries.searchWrong')}
            autoComplete="off"
            spellCheck={false}
            className={styles.field}
          />
          <Button type="submit" variant="default">
            {t('deliveries.find')}
          </Button>
        </form>
      </div>
      {event === undefined ? (
        <Log key={`${status ?? ''} ${eventType ?? ''}`} target={target} status={status} eventType={eventType} />
      ) : (
        <OfEvent key={event} eventId={event} wentHere={wentHere} />
      )}
    </>
  );
}

/**
 * New rows come in by themselves where the reader is at the top and on none of them; else they wait behind a button, so
 * that nothing moves under a hand.
 */
function Log({
  target,
  status,
  eventType,
}: {
  readonly target: string;
  readonly status: DeliveryStatus | undefined;
  readonly eventType: string | undefined;
}) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const filter = { ...(status !== undefined && { status }), ...(eventType !== undefined && { eventType }) };
  const frame = useRef<HTMLDivElement>(null);
  const [list, setList] = useState<LiveList<Delivery>>();
  const [waiting, setWaiting] = useState<DeliveryList>();
  const {
    data: newest,
    error,
    refetch,
  } = useQuery({
    queryKey: ['deliveries', target, filter],
    queryFn: ({ signal }) => api.deliveries(target, filter, undefined, signal),
    refetchInterval: REFRESH_MS,
    gcTime: 0,
  });
  const {
    loadOlder,
    busy,
    error: olderError,
  } = useOlder(list, setList, (cursor) => api.deliveries(target, filter, cursor));

  useEffect(() => {
    if (newest === undefined) return;
    setList((before) => {
      if (before === undefined) return firstList(newest);
      return countNew(before, newest) > 0 && !isFree(frame.current)
        ? refreshed(before, newest)
        : withNewest(before, newest);
    });
    setWaiting(newest);
  }, [newest]);

  if (list === undefined)
    return error === null ? <Rows count={6} /> : <Failure error={error} onRetry={() => void refetch()} />;
  const more = waiting === undefined ? 0 : countNew(list, waiting);
  return (
    <>
      {error !== null && <Failure error={error} />}
      <div className={styles.news} role="status">
        {more > 0 && waiting !== undefined && (
          <Button size="xs" variant="light" onClick={() => setList(withNewest(list, waiting))}>
            {t('deliveries.showNew', { count: more })}
          </Button>
        )}
      </div>
      <div ref={frame}>{list.rows.length > 0 && <DeliveryTable deliveries={list.rows} fresh={list.fresh} />}</div>
      {list.rows.length === 0 && (
        <Notice kind="info">
          <None complete={list.cursor === undefined} filtered={(status ?? eventType) !== undefined} />
        </Notice>
      )}
      {olderError !== null && <Failure error={olderError} />}
      {list.cursor !== undefined && (
        <More onMore={loadOlder} busy={busy} label={list.rows.length === 0 ? t('deliveries.lookBack') : undefined} />
      )}
    </>
  );
}

/** @param complete the log was looked through to its end */
function None({ complete, filtered }: { readonly complete: boolean; readonly filtered: boolean }) {
  const { t } = useTranslation();
  if (!complete) return t('deliveries.noneYet');
  return filtered ? t('deliveries.noneSuch') : t('deliveries.none');
}

/** Neither scrolled away, nor with a pointer or the focus on a row. */
function isFree(frame: HTMLElement | null): boolean {
  return (
    frame === null ||
    (window.scrollY < frame.offsetTop && !frame.matches(':hover') && !frame.contains(document.activeElement))
  );
}

function OfEvent({ eventId, wentHere }: Pick<LiveDeliveriesProps, 'wentHere'> & { readonly eventId: string }) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const [list, setList] = useState<LiveList<Delivery>>();
  const {
    data: newest,
    error,
    refetch,
  } = useQuery({
    queryKey: ['deliveries', 'of', eventId],
    queryFn: ({ signal }) => api.eventDeliveries(eventId, undefined, signal),
    refetchInterval: REFRESH_MS,
  });
  const {
    loadOlder,
    busy,
    error: olderError,
  } = useOlder(list, setList, (cursor) => api.eventDeliveries(eventId, cursor));
  useEffect(() => {
    if (newest !== undefined)
      setList((before) => (before === undefined ? firstList(newest) : withNewest(before, newest)));
  }, [newest]);
  if (error instanceof ApiError && error.status === 404) return <Notice kind="info">{t('deliveries.noEvent')}</Notice>;
  if (list === undefined)
    return error === null ? <Rows count={3} /> : <Failure error={error} onRetry={() => void refetch()} />;
  const here = list.rows.filter(wentHere);
  return (
    <>
      {here.length > 0 && <DeliveryTable deliveries={here} withEndpoint />}
      {here.length === 0 && (
        <Notice kind="info">{list.cursor === undefined ? t('deliveries.noEvent') : t('deliveries.noneYet')}</Notice>
      )}
      {olderError !== null && <Failure error={olderError} />}
      {list.cursor !== undefined && <More onMore={loadOlder} busy={busy} />}
    </>
  );
}

function useOlder(
  list: LiveList<Delivery> | undefined,
  setList: (list: LiveList<Delivery>) => void,
  load: (cursor: string) => Promise<DeliveryList>,
) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const loadOlder = useCallback(() => {
    const cursor = latest.current?.cursor;
    if (cursor === undefined) return;
    setBusy(true);
    setError(null);
    load(cursor)
      .then((page) => latest.current !== undefined && setList(withOlder(latest.current, page)))
      .catch((cause: unknown) => setError(cause as Error))
      .finally(() => setBusy(false));
  }, [load, setList]);
  return { loadOlder, busy, error };
}
