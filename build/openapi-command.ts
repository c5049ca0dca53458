/** `npm run openapi -- PROFILE [FILE]`: writes the OpenAPI document to the file, or to the terminal. */
import { writeFileSync } from 'node:fs';
import { PLATFORMS } from '../bin/profiles';
import { openApiOf } from './openapi';

const [name, file] = process.argv.slice(2);
const platform = PLATFORMS.find((each) => each === name);
if (platform === undefined) {
  process.stderr.write(`Usage: npm run openapi -- PROFILE [FILE], with a profile of ${PLATFORMS.join(', ')}\n`);
  process.exitCode = 1;
} else {
  const document = openApiOf(platform);
  if (file === undefined) process.stdout.write(document);
  else writeFileSync(file, document);
}
