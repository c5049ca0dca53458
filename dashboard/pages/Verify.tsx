import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { SignatureScheme } from '../api/operations';
import { Card } from '../components/Card';
import { CodeBlock } from '../components/CodeBlock';
import { Failure } from '../components/Failure';
import { Page } from '../components/Page';
import { Rows } from '../components/PageSkeleton';
import table from '../components/Rows.module.css';
import { useDashboard } from '../context';
import { places } from '../router/places';
import { snippetsFor } from '../verify/snippets';
import styles from './Verify.module.css';

/** The signed content, the same in every language. */
const SIGNED = {
  body: '{body}',
  'timestamp.body': '{timestamp}.{body}',
  'id.timestamp.body': '{id}.{timestamp}.{body}',
} as const;
const KINDS = {
  leapocr: 'LeapOCR',
  rekognita: 'Rekognita',
  'standard-webhooks': 'Standard Webhooks',
  hmac: 'HMAC-SHA256',
} as const;

/** How a receiver knows that a delivery is genuine, with the code for it. */
export function Verify() {
  const { t } = useTranslation();
  const { api, settings } = useDashboard();
  const { data, error, refetch } = useQuery({
    queryKey: ['signature-schemes'],
    queryFn: ({ signal }) => api.signatureSchemes(signal),
    staleTime: Infinity,
  });
  return (
    <Page title={t('verify.title')} lead={t('verify.lead', { name: settings.name })}>
      {error !== null && <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <Rows count={3} height={120} />}
      {data !== undefined && <Schemes schemes={data.schemes} userAgent={data.user_agent} />}
    </Page>
  );
}

function Schemes({ schemes, userAgent }: { readonly schemes: readonly SignatureScheme[]; readonly userAgent: string }) {
  const { t } = useTranslation();
  const { accountSecret, subscriptions } = useDashboard().settings;
  const kinds = schemes.filter(
    (scheme, index) => scheme.kind === 'hmac' || schemes.findIndex(({ kind }) => kind === scheme.kind) === index,
  );
  const [chosen, setChosen] = useState(0);
  const scheme = kinds[chosen] ?? kinds[0];
  return (
    <>
      <Card title={t('verify.secret')}>
        <p>
          {subscriptions && t('verify.secretOfWebhook')} {accountSecret && t('verify.secretOfAccount')}{' '}
          {accountSecret && <Link href={places.settings}>{t('verify.secretWhere')}</Link>}
        </p>
      </Card>
      <Card title={t('verify.headers')} lead={t('verify.headersWords', { agent: userAgent })}>
        <div className={table.frame}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{t('verify.signature')}</th>
                <th scope="col">{t('verify.encoding')}</th>
                <th scope="col">{t('verify.signed')}</th>
                <th scope="col">{t('verify.besides')}</th>
              </tr>
            </thead>
            <tbody>
              {schemes.map(
                ({
                  signature_header: header,
                  encoding,
                  prefix,
                  signed_content: signed,
                  timestamp_header: timestamp,
                  id_header: id,
                }) => (
                  <tr key={header}>
                    <td>
                      <code className={styles.header}>{header}</code>
                    </td>
                    <td data-label={t('verify.encoding')}>
                      {prefix !== undefined && prefix !== '' && <code className={styles.header}>{prefix}</code>}{' '}
                      {encoding}
                    </td>
                    <td data-label={t('verify.signed')}>
                      <code className={styles.header}>{SIGNED[signed]}</code>
                    </td>
                    <td data-label={t('verify.besides')}>
                      <code className={styles.header}>
                        {[id, timestamp].filter((each) => each !== undefined).join(', ') || '–'}
                      </code>
                    </td>
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </div>
      </Card>
      {scheme !== undefined && (
        <Card
          title={t('verify.code')}
          lead={t('verify.codeWords')}
          actions={
            kinds.length > 1 && (
              <NativeSelect
                size="xs"
                aria-label={t('verify.scheme')}
                value={String(chosen)}
                onChange={(event) => setChosen(Number(event.currentTarget.value))}
                data={kinds.map(({ kind, signature_header: header }, index) => ({
                  value: String(index),
                  label: kind === 'hmac' ? header : KINDS[kind],
                }))}
              />
            )
          }
        >
          <Snippets scheme={scheme} />
        </Card>
      )}
      <Card title={t('verify.rules')}>
        <ul className={styles.rules}>
          <li>{t('verify.rule1')}</li>
          <li>{t('verify.rule2')}</li>
          <li>{t('verify.rule3')}</li>
          <li>{t('verify.rule4')}</li>
        </ul>
      </Card>
    </>
  );
}

function Snippets({ scheme }: { readonly scheme: SignatureScheme }) {
  const { t } = useTranslation();
  const languages = snippetsFor(scheme);
  const [languageId, setLanguageId] = useState(languages[0]!.id);
  const [framework, setFramework] = useState('');
  const language = languages.find(({ id }) => id === languageId) ?? languages[0]!;
  const snippet = language.snippets.find(({ id }) => id === framework) ?? language.snippets[0]!;
  return (
    <>
      <div className={styles.choices}>
        <SegmentedControl
          aria-label={t('verify.language')}
          value={language.id}
          onChange={setLanguageId}
          data={languages.map(({ id, name }) => ({ value: id, label: name }))}
          size="xs"
        />
        {language.snippets.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label={t('verify.framework')}
            value={snippet.id}
            onChange={(event) => setFramework(event.currentTarget.value)}
            data={language.snippets.map(({ id, framework: label }) => ({ value: id, label }))}
          />
        )}
      </div>
      <CodeBlock code={language.install} label={t('verify.install')} title={t('verify.install')} />
      <CodeBlock
        code={snippet.code}
        label={t('verify.codeOf', { framework: snippet.framework })}
        title={snippet.file}
      />
    </>
  );
}
