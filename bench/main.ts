// `npm run bench`: every section in order, its table on the terminal and its JSON in .local/bench.
// `npm run bench -- deliver-cpu` runs one.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { bundle } from '../build/bundle';
import { runMain } from '../local/main';
import { parseArguments, usageError } from '../local/options';
import { localFolder } from '../local/paths';
import { bill } from './bill';
import { coldStart } from './cold-start';
import { cost } from './cost';
import { deliverCpu } from './deliver-cpu';
import { endToEnd } from './end-to-end';
import { growth } from './growth';
import { isolation } from './isolation';
import { profile } from './profile';
import { receiverLatency } from './receiver-latency';
import { sdkOptions } from './sdk-options';
import { formatTable, type Section } from './section';

const SECTIONS: Readonly<Record<string, () => Promise<Section | readonly Section[]>>> = {
  'deliver-cpu': deliverCpu,
  profile,
  'receiver-latency': receiverLatency,
  'cold-start': coldStart,
  cost,
  bill,
  growth,
  'end-to-end': endToEnd,
  isolation,
};
/** Of what was decided once: run when they are asked for. */
const BY_NAME: typeof SECTIONS = { 'sdk-options': sdkOptions };
const USAGE =
  `Usage: npm run bench -- [SECTION ...]\nSections: ${Object.keys(SECTIONS).join(', ')} (default: all of these); ` +
  `${Object.keys(BY_NAME).join(', ')}`;

async function main(): Promise<void> {
  const asked = parseArguments(process.argv.slice(2), USAGE);
  const all = { ...SECTIONS, ...BY_NAME };
  const unknown = asked.find((name) => !Object.hasOwn(all, name));
  if (unknown !== undefined) throw usageError(`There is no section "${unknown}"`, USAGE);
  await bundle();
  const folder = join(localFolder, 'bench');
  mkdirSync(folder, { recursive: true });
  for (const [name, run] of Object.entries(asked.length === 0 ? SECTIONS : all)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    for (const section of [await run()].flat()) {
      writeFileSync(join(folder, `${section.name}.json`), `${JSON.stringify(section.json, undefined, 2)}\n`);
      console.log(`\n${styleText('bold', section.title, { stream: process.stdout })}\n${formatTable(section.table)}`);
    }
  }
  console.log(`\nThe same as JSON: ${folder}`);
}

runMain(main);
