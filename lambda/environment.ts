/** What the construct passed to a function. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from './core/shared/errors';

export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new SettingsError(
      `the environment variable ${name} is not set; deploy the function by the WebhookSender construct`,
    );
  return value;
}

/** For what is not there in every deployment. */
export function optional(name: string): string | undefined {
  const value = process.env[name];
  return value === '' ? undefined : value;
}

/** The file that the construct puts beside the function's code. */
export function catalogJson(): string {
  return readFileSync(join(__dirname, 'catalog.json'), 'utf8');
}

/** A list of texts, as JSON. */
export function requiredList(name: string): string[] {
  const value: unknown = JSON.parse(required(name));
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string'))
    throw new SettingsError(`the environment variable ${name} is not a list of texts`);
  return value;
}
