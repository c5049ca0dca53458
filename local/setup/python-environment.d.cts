export interface PythonEnvironment {
  /** Relative to the project's folder. */
  readonly folder: string;
  /** Files, relative to the project's folder. */
  readonly requirements: readonly string[];
}
export function pythonEnvironmentIsReady(root: string, environment?: PythonEnvironment): boolean;
/** @throws {SetupError} */
export function makePythonEnvironment(root: string, environment?: PythonEnvironment): Promise<void>;
