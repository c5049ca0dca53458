/** Shows `label` on `out` (standard error) while `work` runs, and how long it took when it ends, well or badly. */
export declare function step<T>(label: string, work: () => Promise<T>, out?: NodeJS.WriteStream): Promise<T>;
