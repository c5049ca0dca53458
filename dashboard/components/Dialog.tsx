import { Modal, type MantineSize } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './Dialog.module.css';

interface DialogProps {
  readonly opened: boolean;
  /** Without it, it cannot be closed but by what is in it. */
  readonly onClose?: () => void;
  readonly title: string;
  readonly size?: MantineSize;
  readonly children: ReactNode;
}

/** In front of the page, with the focus kept within; where it is closed the focus goes back. */
export function Dialog({ opened, onClose, title, size = 'md', children }: DialogProps) {
  const { t } = useTranslation();
  const closes = onClose !== undefined;
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose ?? (() => undefined)}
      size={size}
      centered
      closeOnEscape={closes}
      closeOnClickOutside={closes}
    >
      <Modal.Overlay backgroundOpacity={0.45} />
      <Modal.Content>
        {/* The library's own header would be a second banner of the page. */}
        <div className={styles.head}>
          <Modal.Title className={styles.title}>{title}</Modal.Title>
          {closes && <Modal.CloseButton aria-label={t('action.close')} />}
        </div>
        <Modal.Body className={styles.body}>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
