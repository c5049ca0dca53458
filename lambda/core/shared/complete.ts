/** `T` with every key written, also where its value may be undefined. A new key then does not compile until it is. */
export type Complete<T> = { [K in keyof Required<T>]: T[K] };
