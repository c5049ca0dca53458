import { Button, NativeSelect, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useCatalog } from '../api/catalog';
import type { EventType } from '../api/operations';
import { useSingleMutation } from '../api/use-single-mutation';
import { Card } from '../components/Card';
import { Dialog } from '../components/Dialog';
import { Failure } from '../components/Failure';
import { SendIcon } from '../components/icons';
import { fieldsOf } from '../components/json-schema';
import { More } from '../components/More';
import { Notice } from '../components/Notice';
import { Page } from '../components/Page';
import { Rows } from '../components/PageSkeleton';
import { PayloadView } from '../components/PayloadView';
import table from '../components/Rows.module.css';
import { TestAnswer } from '../components/TestAnswer';
import { useDashboard, useScope } from '../context';
import { places } from '../router/places';
import styles from './Events.module.css';

/** The catalog, an event type at a time. */
export function Events({ name }: { readonly name?: string }) {
  const { t } = useTranslation();
  const { name: platform } = useDashboard().settings;
  const { data: catalog, error, refetch } = useCatalog();
  const shown = name === undefined ? catalog?.[0] : catalog?.find((each) => each.name === name);
  return (
    <Page title={t('events.title')} lead={t('events.lead', { name: platform })}>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {catalog === undefined && error === null && <Rows count={4} />}
      {catalog !== undefined && (
        <div className={styles.layout}>
          <nav aria-label={t('events.types')} className={styles.types}>
            {catalog.map((each) => (
              <Link
                key={each.name}
                href={places.event(each.name)}
                aria-current={each === shown ? 'page' : undefined}
                className={styles.type}
              >
                {each.name}
              </Link>
            ))}
          </nav>
          <div className={styles.shown}>
            {shown === undefined ? (
              <Notice kind="warn">{t('events.unknown')}</Notice>
            ) : (
              <EventTypeView key={shown.name} eventType={shown} />
            )}
          </div>
        </div>
      )}
    </Page>
  );
}

function EventTypeView({ eventType: { name, description, schema, example } }: { readonly eventType: EventType }) {
  const { t } = useTranslation();
  const { subscriptions } = useDashboard().settings;
  const mayWrite = useScope('webhooks:write');
  const [sending, setSending] = useState(false);
  const [view, setView] = useState('fields');
  const fields = fieldsOf(schema);
  return (
    <>
      <Card
        title={<span className={styles.name}>{name}</span>}
        lead={description}
        actions={
          mayWrite &&
          subscriptions && (
            <Button size="xs" variant="default" leftSection={<SendIcon />} onClick={() => setSending(true)}>
              {t('events.send')}
            </Button>
          )
        }
      >
        <h3>{t('events.example')}</h3>
        <PayloadView text={JSON.stringify(example)} label={t('events.example')} />
      </Card>
      <Card
        title={t('events.schema')}
        lead={t('events.schemaWords')}
        actions={
          <SegmentedControl
            size="xs"
            aria-label={t('events.schemaView')}
            value={view}
            onChange={setView}
            data={[
              { value: 'fields', label: t('events.fields') },
              { value: 'json', label: t('events.json') },
            ]}
          />
        }
      >
        {view === 'json' ? (
          <PayloadView text={JSON.stringify(schema)} label={t('events.schema')} />
        ) : (
          <div className={table.frame}>
            <table className={table.table}>
              <thead>
                <tr>
                  <th scope="col">{t('events.field')}</th>
                  <th scope="col">{t('events.type')}</th>
                  <th scope="col">{t('events.meaning')}</th>
                </tr>
              </thead>
              <tbody>
                {fields.map(({ path, type, required, description: meaning, values, format }) => (
                  <tr key={path}>
                    <td>
                      <code className={styles.path}>{path}</code>
                    </td>
                    <td data-label={t('events.type')} className={table.tight}>
                      <span>
                        {type}
                        {format !== undefined && <span className={table.minor}>{format}</span>}
                      </span>
                    </td>
                    <td data-label={t('events.meaning')}>
                      <span>
                        {required ? t('events.always') : t('events.sometimes')}
                        {meaning !== undefined && <span className={table.minor}>{meaning}</span>}
                        {values !== undefined && (
                          <span className={`${table.minor} ${styles.path}`}>{values.join(', ')}</span>
                        )}
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Card>
      <Dialog
        opened={sending}
        onClose={() => setSending(false)}
        title={t('events.sendTitle', { type: name })}
        size="lg"
      >
        <SendExample type={name} />
      </Dialog>
    </>
  );
}

function SendExample({ type }: { readonly type: string }) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const [chosen, setChosen] = useState('');
  const { data, error, isPending, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['webhooks'],
    queryFn: ({ pageParam, signal }) => api.webhooks(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => (page.has_more ? page.next_cursor : undefined),
  });
  const webhooks = data?.pages.flatMap((page) => page.data) ?? [];
  const id = chosen === '' ? webhooks[0]?.id : chosen;
  const send = useSingleMutation({ mutationFn: (to: string) => api.testWebhook(to, type) });
  if (error !== null) return <Failure error={error} />;
  if (isPending) return <Rows count={2} />;
  if (webhooks.length === 0)
    return (
      <Notice kind="info">
        {t('events.noWebhook')} <Link href={places.newWebhook}>{t('welcome.begin')}</Link>
      </Notice>
    );
  return (
    <form
      className={styles.send}
      onSubmit={(event) => {
        event.preventDefault();
        if (id !== undefined) send.mutate(id);
      }}
    >
      <p>{t('events.sendWords')}</p>
      <NativeSelect
        label={t('events.sendTo')}
        value={id}
        onChange={(event) => setChosen(event.currentTarget.value)}
        data={webhooks.map((webhook) => ({
          value: webhook.id,
          label: webhook.description === undefined ? webhook.url : `${webhook.url} · ${webhook.description}`,
        }))}
      />
      {hasNextPage && <More onMore={() => void fetchNextPage()} busy={isFetchingNextPage} />}
      <div>
        <Button type="submit" loading={send.isPending} leftSection={<SendIcon />}>
          {t('test.send')}
        </Button>
      </div>
      <div aria-live="polite">{send.data !== undefined && !send.isPending && <TestAnswer result={send.data} />}</div>
      {send.error !== null && !send.isPending && <Failure error={send.error} />}
    </form>
  );
}
