'use strict';

const NETWORK_TROUBLE = new RegExp(
  [
    'ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|ENETDOWN|network request',
    'NewConnectionError|ConnectTimeout|ReadTimeout|Temporary failure in name resolution|Name or service not known',
    'Connection refused|Network is unreachable|ProxyError|No matching distribution found',
  ].join('|'),
  'i',
);

/**
 * Whether a package manager's output looks like a network that is not there. pip's last word on one is "No matching
 * distribution".
 */
function looksLikeNetworkTrouble(output) {
  return NETWORK_TROUBLE.test(output);
}

/** The last lines that say something, indented. */
function lastLines(output, count = 8) {
  return output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter(Boolean)
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
}

const LONGEST_LINE = 160;

/** The lines that speak of the network, the first two of them: what follows is the package manager's dismay. */
function networkLines(output) {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter(looksLikeNetworkTrouble)
    .slice(0, 2);
  return lines
    .map((line) => `    ${line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} …` : line}`)
    .join('\n');
}

module.exports = { lastLines, networkLines, looksLikeNetworkTrouble };
