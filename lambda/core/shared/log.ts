/** What operators read. Values never hold a secret or a payload. */
export interface Log {
  warn(message: string, fields: Readonly<Record<string, string | number | boolean>>): void;
  error(message: string, fields: Readonly<Record<string, string | number | boolean>>): void;
}
