export interface FoundPython {
  readonly command: string;
  /** `3.12` */
  readonly version: string;
  /** Modules that a virtual environment needs and that are not there. */
  readonly missing: readonly string[];
}
/** What to tell the user when none of the interpreters found will do. */
export declare function complaint(found: readonly FoundPython[]): string;
/** The first Python that will do, the one that `env.PYTHON` names before all; throws with what is missing. */
export declare function findPython(env?: NodeJS.ProcessEnv): FoundPython;
/** undefined: no such command, or it does not run. */
export declare function probe(command: string): FoundPython | undefined;
