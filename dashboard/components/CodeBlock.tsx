import type { ReactNode } from 'react';
import styles from './CodeBlock.module.css';
import { CopyButton } from './CopyButton';

/** Code to be copied; ours, not a customer's. */
export function CodeBlock({
  code,
  label,
  title,
}: {
  readonly code: string;
  readonly label: string;
  readonly title?: ReactNode;
}) {
  return (
    <div className={styles.block}>
      <div className={styles.bar}>
        <span className={styles.title}>{title}</span>
        <CopyButton text={code} what={label} />
      </div>
      <pre className={styles.code} tabIndex={0} role="region" aria-label={label} dir="ltr">
        {code}
      </pre>
    </div>
  );
}
