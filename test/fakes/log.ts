import type { Log } from '../../lambda/core/shared/log';

export class RecordingLog implements Log {
  readonly lines: { readonly level: 'warn' | 'error'; readonly message: string; readonly fields: object }[] = [];

  warn(message: string, fields: object): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: object): void {
    this.lines.push({ level: 'error', message, fields });
  }
}
