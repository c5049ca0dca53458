/** Short news of what was done. Successes go by themselves, errors stay until they are closed; both are announced. */
import { CloseButton } from '@mantine/core';
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DeliveredIcon, FailedIcon } from './icons';
import styles from './Toasts.module.css';

export type ToastKind = 'done' | 'failed';
export type Toast = (kind: ToastKind, content: ReactNode) => void;

const SHOWN_MS = 6000;

interface Shown {
  readonly id: number;
  readonly kind: ToastKind;
  readonly content: ReactNode;
}

const ToastContext = createContext<Toast>(() => undefined);

export function useToast(): Toast {
  return useContext(ToastContext);
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<readonly Shown[]>([]);
  const next = useRef(0);
  const close = useCallback((id: number) => setShown((all) => all.filter((each) => each.id !== id)), []);
  const toast = useCallback<Toast>(
    (kind, content) => {
      const id = (next.current += 1);
      setShown((all) => [...all.slice(-2), { id, kind, content }]);
      if (kind === 'done') setTimeout(() => close(id), SHOWN_MS);
    },
    [close],
  );
  const of = (kind: ToastKind) =>
    shown
      .filter((each) => each.kind === kind)
      .map(({ id, content }) => (
        <div key={id} className={styles.toast} data-kind={kind}>
          {kind === 'done' ? <DeliveredIcon /> : <FailedIcon />}
          <div className={styles.content}>{content}</div>
          <CloseButton size="sm" aria-label={t('action.dismiss')} onClick={() => close(id)} />
        </div>
      ));
  return (
    <ToastContext value={toast}>
      {children}
      <div className={styles.corner}>
        <div role="status" aria-live="polite">
          {of('done')}
        </div>
        <div role="alert" aria-live="assertive">
          {of('failed')}
        </div>
      </div>
    </ToastContext>
  );
}
