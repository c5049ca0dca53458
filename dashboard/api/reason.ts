/**
 * Why something failed or was refused. The API says it as an English sentence and, beside it, as a code with
 * parameters, from which the page makes the sentence in another language.
 */

/** By name: a text or a number as it is to be shown, or another reason that caused this one. */
export type ReasonParams = Readonly<Record<string, unknown>>;

export interface Reason {
  readonly code: string;
  readonly params?: ReasonParams | undefined;
}

/** A reason with its English sentence. Without a code, the sentence is all there is. */
export interface ServerReason {
  readonly text: string;
  readonly code?: string | undefined;
  readonly params?: ReasonParams | undefined;
}
