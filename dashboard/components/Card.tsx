import { type ReactNode, useId } from 'react';
import styles from './Card.module.css';

/** A part of a page with a heading of its own. */
export function Card({
  title,
  lead,
  actions,
  children,
  tone,
}: {
  readonly title: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
  readonly tone?: 'danger';
}) {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id} data-tone={tone}>
      <div className={styles.head}>
        <div className={styles.heading}>
          <h2 id={id}>{title}</h2>
          {lead !== undefined && <div className={styles.lead}>{lead}</div>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </section>
  );
}

export interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

/** Names and values. */
export function Facts({ facts }: { readonly facts: readonly (Fact | false)[] }) {
  return (
    <dl className={styles.facts}>
      {facts
        .filter((fact) => fact !== false)
        .map(({ label, value }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
