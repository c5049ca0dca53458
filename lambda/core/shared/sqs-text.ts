/**
 * JSON that SQS takes: of the characters that it does not (AWS, "SendMessage"), JSON.stringify escapes all but these
 * two.
 */
export function sqsText(json: string): string {
  return json.replace(/[\uFFFE\uFFFF]/g, (character) => (character === '\uFFFE' ? '\\ufffe' : '\\uffff'));
}
