import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

/** A link that looks like a button: it goes somewhere. */
export function LinkButton({
  to,
  children,
  ...props
}: { readonly to: string; readonly children: ReactNode } & ButtonProps) {
  return (
    <Button component={Link} href={to} {...props}>
      {children}
    </Button>
  );
}
