import { Button, type ButtonProps, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CopyIcon, DoneIcon } from './icons';
import { useToast } from './Toasts';

const SHOWN_MS = 2000;

/** @param what names what is copied for who cannot see where the button stands */
export function CopyButton({
  text,
  label,
  what,
  ...props
}: { readonly text: string; readonly label?: string; readonly what?: string } & Omit<
  ButtonProps,
  'children' | 'leftSection'
>) {
  const { t } = useTranslation();
  const toast = useToast();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) return toast('failed', t('copy.refused'));
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <Button
      variant="default"
      size="xs"
      {...props}
      leftSection={copied ? <DoneIcon /> : <CopyIcon />}
      onClick={() => void copy()}
    >
      {copied ? t('copy.done') : (label ?? t('copy.copy'))}
      {what !== undefined && <VisuallyHidden>{` ${what}`}</VisuallyHidden>}
      <VisuallyHidden role="status">{copied ? t('copy.done') : ''}</VisuallyHidden>
    </Button>
  );
}

/** The clipboard is refused to pages without TLS and to some frames; the old way still works there. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.style.position = 'fixed';
  area.style.opacity = '0';
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
