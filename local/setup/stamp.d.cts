/** SHA-256, in hex, of the files' contents, in this order. */
export declare function hashOf(files: readonly string[]): string;
/** The stamp's text; undefined when there is none. */
export declare function readStamp(file: string): string | undefined;
/** Written whole or not at all. */
export declare function writeStamp(file: string, text: string): void;
