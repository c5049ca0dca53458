import * as fs from 'fs';
import * as os from 'os';
import * as path from 'path';
import { Code } from 'aws-cdk-lib/aws-lambda';

const ASSETS = path.join(__dirname, '..', '..', 'assets');

/**
 * The bundled code of a handler, and beside it the files that this deployment's profile gives it, and copies of the
 * platform's own. They are part of the asset, so reading them costs no call and needs no permission.
 */
export function functionCode(
  handler: string,
  files: { [name: string]: object } = {},
  copies: { [name: string]: string } = {},
): Code {
  const bundle = path.join(ASSETS, handler);
  if (!fs.existsSync(path.join(bundle, 'index.js')))
    throw new Error(
      `cdk-webhooks: the bundle of the ${handler} function is not in ${bundle}; the package is incomplete, ` +
        'install it again (in a checkout: npm run build)',
    );
  if (Object.keys(files).length === 0 && Object.keys(copies).length === 0) return Code.fromAsset(bundle);
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), `cdk-webhooks-${handler}-`));
  removeAtExit(directory);
  fs.cpSync(bundle, directory, { recursive: true });
  for (const [name, content] of Object.entries(files))
    fs.writeFileSync(path.join(directory, name), JSON.stringify(content));
  for (const [name, path] of Object.entries(copies)) fs.cpSync(path, `${directory}/${name}`);
  return Code.fromAsset(directory);
}

const temporary: string[] = [];

/** CDK copies the directory to the cloud assembly, at synth at the latest. */
function removeAtExit(directory: string): void {
  if (temporary.length === 0)
    process.once('exit', () => temporary.forEach((each) => fs.rmSync(each, { recursive: true, force: true })));
  temporary.push(directory);
}
