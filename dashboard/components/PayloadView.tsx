import { Button, SegmentedControl } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { prettyJson } from '../api/json-source';
import { jsonTokens } from '../delivery/json-tokens';
import { rowsInSight, rowsOf } from '../delivery/text-rows';
import { useFormat } from '../i18n/use-format';
import { CopyButton } from './CopyButton';
import styles from './PayloadView.module.css';
import { Pieces } from './Untrusted';
import { useWidth } from './use-width';

/** In characters: up to here all of it is drawn, and in colors. */
const SMALL = 16_000;
/** Rows of a larger one before it is asked for. */
const FIRST_ROWS = 30;
const ROW_HEIGHT = 19;
const WINDOW_HEIGHT = 480;
/** Of the fonts that the page may have, the widest, at 12.5 pixels. */
const CHARACTER_WIDTH = 7.6;
const PADDING = 24;

/**
 * A body, as text always: formatted where it is JSON, or exactly as it is. However large it is, only what is in sight
 * is drawn.
 */
export function PayloadView({
  text,
  label,
  actions,
}: {
  readonly text: string;
  readonly label: string;
  readonly actions?: ReactNode;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [mode, setMode] = useState('pretty');
  const [all, setAll] = useState(false);
  const pretty = useMemo(() => prettyJson(text), [text]);
  const shown = mode === 'pretty' && pretty !== undefined ? pretty : text;
  const size = useMemo(() => new TextEncoder().encode(text).length, [text]);
  return (
    <div className={styles.view} data-testid="payload">
      <div className={styles.bar}>
        {pretty !== undefined && (
          <SegmentedControl
            size="xs"
            aria-label={t('payload.how')}
            value={mode}
            onChange={setMode}
            data={[
              { value: 'pretty', label: t('payload.pretty') },
              { value: 'raw', label: t('payload.raw') },
            ]}
          />
        )}
        <span className={styles.size}>{format.bytes(size)}</span>
        <span className={styles.actions}>
          <CopyButton text={text} what={label} />
          {actions}
        </span>
      </div>
      {shown.length <= SMALL ? (
        <Small text={shown} label={label} json={shown === pretty} />
      ) : (
        <Large text={shown} label={label} all={all} />
      )}
      {shown.length > SMALL && (
        <Button variant="default" size="xs" aria-expanded={all} onClick={() => setAll(!all)} className={styles.more}>
          {all ? t('payload.less') : t('payload.all', { size: format.bytes(size) })}
        </Button>
      )}
    </div>
  );
}

function Small({ text, label, json }: { readonly text: string; readonly label: string; readonly json: boolean }) {
  return (
    <pre className={styles.small} tabIndex={0} role="region" aria-label={label} dir="ltr">
      {text.split('\n').map((line, index) => (
        <bdi key={index} className={styles.line}>
          {json ? (
            jsonTokens(line).map(({ kind, text: part }, at) => (
              <span key={at} className={styles[kind]}>
                <Pieces text={part} exact />
              </span>
            ))
          ) : (
            <Pieces text={line} exact />
          )}
          {'\n'}
        </bdi>
      ))}
    </pre>
  );
}

function Large({ text, label, all }: { readonly text: string; readonly label: string; readonly all: boolean }) {
  const { ref, width } = useWidth();
  const [scrolled, setScrolled] = useState(0);
  const columns = Math.max(20, Math.floor((width - PADDING) / CHARACTER_WIDTH));
  const rows = useMemo(
    () => (width === 0 ? [] : rowsOf(all ? text : text.slice(0, FIRST_ROWS * columns), columns)),
    [text, columns, width, all],
  );
  const count = all ? rows.length : Math.min(FIRST_ROWS, rows.length);
  const { from, to } = all ? rowsInSight(count, ROW_HEIGHT, scrolled, WINDOW_HEIGHT) : { from: 0, to: count };
  return (
    <div
      className={styles.window}
      style={{ height: all ? WINDOW_HEIGHT : FIRST_ROWS * ROW_HEIGHT + 16 }}
      data-all={all}
      tabIndex={0}
      role="region"
      aria-label={label}
      dir="ltr"
      onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
    >
      <div ref={ref} className={styles.rows} style={{ height: count * ROW_HEIGHT }}>
        {rows.slice(from, to).map((row, index) => (
          <bdi key={from + index} className={styles.row} style={{ top: (from + index) * ROW_HEIGHT }}>
            <Pieces text={row} exact />
          </bdi>
        ))}
      </div>
    </div>
  );
}
