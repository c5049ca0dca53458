import type { ReactNode } from 'react';
import { CancelledIcon, DeliveredIcon, FailedIcon, WarningIcon } from './icons';
import styles from './Notice.module.css';

export type NoticeKind = 'info' | 'ok' | 'warn' | 'bad';

const ICONS = { info: CancelledIcon, ok: DeliveredIcon, warn: WarningIcon, bad: FailedIcon };

/**
 * Something to know about the page, where it matters.
 *
 * @param live announced when it appears
 */
export function Notice({
  kind,
  title,
  children,
  actions,
  live = false,
}: {
  readonly kind: NoticeKind;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly live?: boolean;
}) {
  const Icon = ICONS[kind];
  const liveRole = kind === 'bad' ? 'alert' : 'status';
  return (
    <div className={styles.notice} data-kind={kind} role={live ? liveRole : undefined}>
      {kind !== 'info' && <Icon className={styles.icon} />}
      <div className={styles.words}>
        {title !== undefined && <p className={styles.title}>{title}</p>}
        {children !== undefined && <div>{children}</div>}
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
    </div>
  );
}
