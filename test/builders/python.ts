import { existsSync } from 'node:fs';
import { join } from 'node:path';

const VENV = join(__dirname, '..', '..', '.venv', 'bin', 'python3');

/** The project's own Python where set-up has made it, else the system's. */
export const PYTHON = existsSync(VENV) ? VENV : 'python3';
