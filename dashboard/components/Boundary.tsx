import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Notice } from './Notice';

interface BoundaryState {
  readonly failed: boolean;
}

/** What a page that fails is replaced by: mostly a part of it that is no longer there, as a newer version is. */
export class Boundary extends Component<{ readonly children: ReactNode }, BoundaryState> {
  override state: BoundaryState = { failed: false };

  static getDerivedStateFromError(): BoundaryState {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { t } = useTranslation();
  return (
    <Notice
      kind="bad"
      live
      title={t('broken.title')}
      actions={
        <Button size="xs" variant="default" onClick={() => window.location.reload()}>
          {t('broken.reload')}
        </Button>
      }
    >
      {t('broken.words')}
    </Notice>
  );
}
