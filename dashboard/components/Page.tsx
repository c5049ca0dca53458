import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { useDashboard } from '../context';
import { movesSoFar } from '../router/hash-location';
import { BackIcon } from './icons';
import styles from './Page.module.css';

interface PageProps {
  /** Names the browser's tab, and the heading where `heading` is not given; text from others in it is isolated. */
  readonly title: string;
  readonly heading?: ReactNode;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly back?: { readonly to: string; readonly label: string };
  readonly children: ReactNode;
}

/**
 * A page: its heading takes the focus when the reader comes from another page, so that a screen reader says where they
 * are.
 */
export function Page({ title, heading = title, lead, actions, back, children }: PageProps) {
  const { name } = useDashboard().settings;
  const h1 = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (movesSoFar() > 0) h1.current?.focus({ preventScroll: true });
    window.scrollTo({ top: 0 });
  }, []);
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
  return (
    <div className={styles.page}>
      {back !== undefined && (
        <Link href={back.to} className={styles.back}>
          <BackIcon aria-hidden />
          {back.label}
        </Link>
      )}
      <div className={styles.head}>
        <div className={styles.heading}>
          <h1 ref={h1} tabIndex={-1}>
            {heading}
          </h1>
          {lead !== undefined && <div className={styles.lead}>{lead}</div>}
        </div>
        {actions !== undefined && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  );
}
