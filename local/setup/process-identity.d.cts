/** Which process: its id and when it started, so that an id used again is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; compare only. */
  readonly started: string;
}
export declare function identify(pid?: number): ProcessIdentity;
/** False for a zombie, and for another process that has the same id. */
export declare function isAlive(identity: ProcessIdentity): boolean;
