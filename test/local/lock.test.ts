import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLock, tryLock } from '../../local/setup/lock.cjs';
import { identify, isAlive } from '../../local/setup/process-identity.cjs';

describe('a lock', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
    file = join(folder, 'held', 'lock');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  test('is held by one, named to the other, and free again after its release', () => {
    const first = tryLock(file);
    expect(first.held).toBe(true);
    expect(tryLock(file)).toEqual({ held: false, holder: identify() });
    if (first.held) first.release();
    const second = tryLock(file);
    expect(second.held).toBe(true);
    if (second.held) second.release();
    expect(readdirSync(join(folder, 'held'))).toEqual([]);
  });

  test.each([
    ['of a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, started: '1' })],
    ['of an earlier process with a pid that is in use again', JSON.stringify({ ...identify(), started: '0' })],
    ['that is no lock', 'not JSON'],
  ])('%s is taken over', (_, content) => {
    writeFileSync(join(folder, 'lock'), content);
    expect(tryLock(join(folder, 'lock')).held).toBe(true);
    expect(readLock(join(folder, 'lock'))).toEqual(identify());
  });

  test('of a dead process is taken over by one only of many that try at the same time', async () => {
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 + 1, started: '1' }));
    const module = require.resolve('../../local/setup/lock.cjs');
    const held = `require(${JSON.stringify(module)}).tryLock(${JSON.stringify(join(folder, 'lock'))}).held`;
    const contender = `process.stdout.write(String(${held})); process.stdin.resume();`;
    const outcomes = await Promise.all(
      Array.from(
        { length: 6 },
        () =>
          new Promise<string>((resolve) => {
            const child = spawn(process.execPath, ['-e', contender], { stdio: ['pipe', 'pipe', 'inherit'] });
            child.stdout.once('data', (data: Buffer) => {
              resolve(data.toString());
            });
            children.push(child);
          }),
      ),
    );
    children.forEach((child) => child.kill('SIGKILL'));
    expect(outcomes.filter((held) => held === 'true')).toHaveLength(1);
  });
  const children: ReturnType<typeof spawn>[] = [];
});

test('a process that has ended is not taken for alive', () => {
  const pid = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
  expect(isAlive(identify(pid))).toBe(false);
  expect(isAlive(identify())).toBe(true);
});
