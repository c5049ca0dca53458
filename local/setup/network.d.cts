/** Whether a package manager's output looks like a network that is not there. */
export declare function looksLikeNetworkTrouble(output: string): boolean;
/** The last lines that say something, indented. */
export declare function lastLines(output: string, count?: number): string;
/** The first lines that speak of the network, indented. */
export declare function networkLines(output: string): string;
