'use strict';
// A process id alone does not say which process: ids are used again. The id with the time of its start does.
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');

/**
 * When the process `pid` started, as an opaque string that no later process with the same id shares;
 * undefined when there is no such process (a zombie counts as none).
 * @param {number} pid
 * @returns {string | undefined}
 */
function startOfProcess(pid) {
  if (process.platform === 'linux') {
    try {
      // proc(5): the command may hold spaces and parentheses, so count the fields from its last ")": state is 3,
      // starttime 22.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    const [state, ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/\s+/);
    return !state || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

/** @returns {{pid: number, started: string}} what says which process this one is */
function identify(pid = process.pid) {
  return { pid, started: startOfProcess(pid) ?? '' };
}

/** Whether the process that `identify` described is still there. */
function isAlive(identity) {
  return identity.started !== '' && startOfProcess(identity.pid) === identity.started;
}

module.exports = { identify, isAlive };
