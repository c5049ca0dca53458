import type { ProcessIdentity } from './process-identity.cjs';

export type Lock =
  | { readonly held: true; readonly release: () => void }
  | { readonly held: false; readonly holder: ProcessIdentity | undefined };

/** Takes the lock `file` for this process; a lock whose holder is dead is taken over. */
export declare function tryLock(file: string): Lock;
/** Who the lock names, alive or not; undefined when there is no lock. */
export declare function readLock(file: string): ProcessIdentity | undefined;
