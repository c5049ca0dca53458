import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCatalog } from '../api/catalog';
import { useSingleMutation } from '../api/use-single-mutation';
import { useDashboard } from '../context';
import { Card } from './Card';
import { Failure } from './Failure';
import { SendIcon } from './icons';
import { TestAnswer } from './TestAnswer';
import styles from './TestSend.module.css';

/** The event that says that it is a test. */
const TEST_EVENT = 'webhook.test';

/** Sends a test event to a webhook, and shows how its endpoint took it. */
export function TestSend({ webhookId }: { readonly webhookId: string }) {
  const { t } = useTranslation();
  const { api } = useDashboard();
  const { data: catalog } = useCatalog();
  const [type, setType] = useState(TEST_EVENT);
  const { mutate, data, error, isPending } = useSingleMutation({
    mutationFn: () => api.testWebhook(webhookId, type === TEST_EVENT ? undefined : type),
  });
  return (
    <Card title={t('test.title')} lead={t('test.lead')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          mutate();
        }}
      >
        <NativeSelect
          label={t('test.type')}
          value={type}
          onChange={(event) => setType(event.currentTarget.value)}
          data={[
            { value: TEST_EVENT, label: t('test.plain', { type: TEST_EVENT }) },
            ...(catalog ?? []).map(({ name }) => ({ value: name, label: name })),
          ]}
          className={styles.type}
        />
        <Button type="submit" loading={isPending} leftSection={<SendIcon />}>
          {t('test.send')}
        </Button>
      </form>
      <div aria-live="polite">{data !== undefined && !isPending && <TestAnswer result={data} />}</div>
      {error !== null && !isPending && <Failure error={error} />}
    </Card>
  );
}
