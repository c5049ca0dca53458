import { memo } from 'react';
import styles from './Untrusted.module.css';
import { piecesOf } from './visible-text';

/**
 * Text from a customer, a payload or a receiver: always text, in isolation from its surroundings, its hidden characters
 * named.
 *
 * @param exact see {@link piecesOf}
 */
export const Untrusted = memo(function Untrusted({
  text,
  exact = false,
  className,
}: {
  readonly text: string;
  readonly exact?: boolean;
  readonly className?: string;
}) {
  return (
    <bdi className={className}>
      <Pieces text={text} exact={exact} />
    </bdi>
  );
});

/** The same, for whoever isolates it already. */
export function Pieces({ text, exact }: { readonly text: string; readonly exact: boolean }) {
  return piecesOf(text, exact).map(({ text: shown, hidden }, index) =>
    hidden === undefined ? (
      shown
    ) : (
      <span key={index} className={styles.hidden}>
        {hidden}
      </span>
    ),
  );
}
