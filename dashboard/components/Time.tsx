import { useFormat } from '../i18n/use-format';
import { useNow } from './now';

/**
 * How long ago or until, with the moment itself at hand.
 *
 * @param at RFC 3339
 */
export function Time({
  at,
  absolute = false,
}: {
  readonly at: string;
  /** The moment first. */ readonly absolute?: boolean;
}) {
  const format = useFormat();
  const now = useNow();
  const date = new Date(at);
  return (
    <time dateTime={at} title={format.dateTime(date, true)}>
      {absolute ? format.dateTime(date) : format.relative(date.getTime() - now)}
    </time>
  );
}
