/** JSON as text, without making values of it: numbers keep their digits, and a mebibyte takes milliseconds. */

/**
 * @returns the source of a field of the object that the text is
 * @param text valid JSON, an object
 */
export function topLevelSource(text: string, name: string): string | undefined {
  let at = skipSpace(text, 0) + 1;
  for (;;) {
    at = skipSpace(text, at);
    if (text[at] !== '"') return undefined; // the end of the object
    const keyEnd = endOfString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = endOfValue(text, start);
    if (key === name) return text.slice(start, end);
    at = skipSpace(text, end);
    if (text[at] === ',') at += 1;
  }
}

const INDENT = '  ';

/**
 * @returns the text with one field or item a line, strings and numbers as they are written; nothing for what is no JSON
 *   object or array
 */
export function prettyJson(text: string): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const out: string[] = [];
  let depth = 0;
  const line = () => out.push('\n', INDENT.repeat(depth));
  for (let at = 0; at < text.length;) {
    const character = text[at]!;
    if (character === '"') {
      const end = endOfString(text, at);
      out.push(text.slice(at, end));
      at = end;
      continue;
    }
    at += 1;
    if (character === '{' || character === '[') {
      const next = skipSpace(text, at);
      if (text[next] === '}' || text[next] === ']') {
        out.push(character, text[next]);
        at = next + 1;
        continue;
      }
      depth += 1;
      out.push(character);
      line();
    } else if (character === '}' || character === ']') {
      depth -= 1;
      line();
      out.push(character);
    } else if (character === ',') {
      out.push(character);
      line();
    } else if (character === ':') out.push(': ');
    else if (!isSpace(character)) out.push(character);
  }
  return out.join('');
}

const isSpace = (character: string | undefined): boolean =>
  character === ' ' || character === '\n' || character === '\r' || character === '\t';

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text[at])) at += 1;
  return at;
}

/**
 * @param from at its first quote
 * @returns behind its last
 */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '"') return at + 1;
  }
  return text.length;
}

function endOfValue(text: string, from: number): number {
  if (text[from] === '"') return endOfString(text, from);
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (character === ',' || isSpace(character))) return at;
  }
  return text.length;
}
