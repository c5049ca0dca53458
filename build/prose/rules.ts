/** A construction that we do not write. */
export interface Rule {
  readonly name: string;
  readonly pattern: RegExp;
  readonly reason: string;
  readonly better: string;
}

const BRITISH_STEMS = ['behaviour', 'colour', 'favour', 'honour', 'labour', 'neighbour'];

const BRITISH_WORDS = [
  ...BRITISH_STEMS.map((stem) => `(?:un|dis|mis)?${stem}\\w*`),
  'catalogue[sd]?',
  'cancell(?:ed|ing)',
  'label(?:led|ling)',
  'model(?:led|ling)',
  'travel(?:led|ling)',
  'signal(?:led|ling)',
  'mis-?spelt',
  'learnt',
  'whilst',
  'amongst',
  'licence',
  'defence',
  'grey',
  'centre[sd]?',
  'artefacts?',
  'fulfil',
  'judgement',
  'analys(?:e|ed|es|ing)',
  '(?:de|re|un)?(?:' +
    [
      'authori',
      'canonicali',
      'capitali',
      'customi',
      'deseriali',
      'finali',
      'generali',
      'initiali',
      'minimi',
      'maximi',
      'normali',
      'optimi',
      'organi',
      'prioriti',
      'randomi',
      'recogni',
      'saniti',
      'seriali',
      'speciali',
      'standardi',
      'summari',
      'synchroni',
      'synthesi',
      'tokeni',
      'utili',
    ].join('|') +
    ')s(?:e|ed|es|er|ers|ing|ation|ations)',
];

const VERBS = 'is|are|was|were|has|have|had|does|did|can|cannot|may|must|will';

/** Each has few false positives; where one is hit all the same, another wording is never far. */
export const RULES: readonly Rule[] = [
  {
    name: 'British spelling',
    pattern: new RegExp(`\\b(?:${BRITISH_WORDS.join('|')})\\b`, 'i'),
    reason: 'the project is in American English',
    better:
      'the American spelling: color, behavior, serialize, catalog, canceled; a value of the API stands in backticks',
  },
  {
    name: 'who without a noun',
    pattern:
      /(?:^|[;:] )Who(?:ever)?\b(?!.*\?["')]*$)|\b(?:for|to|of|by|with|from|than|as|at) who\b|\bwhoever\b|[;:] who\b/i,
    reason: 'a relative clause needs its noun',
    better: 'name the person or the part: "a customer that ...", "the function that ..."',
  },
  {
    name: 'What-clause as subject',
    pattern: /^What (?:is|are|was|were|has|have|had|comes?|goes|go|stays?|fits?|waits?|fails?|cannot)\b(?!.*\?["')]*$)/,
    reason: 'the reader does not learn what is meant',
    better: 'name it: "a message that ...", "events that ..."',
  },
  {
    name: 'that one',
    pattern: new RegExp(`\\bthat one(?=[.,;:)]| (?:${VERBS}|comes|takes|goes)\\b|$)`, 'i'),
    reason: 'the referent is unclear',
    better: 'repeat the noun',
  },
  {
    name: 'where they have any',
    pattern: /\bwhere (?:it|they|he|she) (?:has|have) (?:any|anything|one|none)\b/i,
    reason: 'a condition is an if',
    better: '"if it has a ..."',
  },
  {
    name: 'is had',
    pattern: /\b(?:is|are|was|were|be|been) had\b/i,
    reason: 'not idiomatic',
    better: '"is available", "can be read"',
  },
  {
    name: 'goes along',
    pattern: /\b(?:goes|go|going|went) along\b/i,
    reason: 'it does not say what happens',
    better: '"is sent with", "is part of"',
  },
  { name: 'for looks', pattern: /\bfor looks\b/i, reason: 'slang', better: '"is decorative"' },
  { name: 'bites', pattern: /\bbites?\b/i, reason: 'slang', better: '"fails", "rejects", "takes effect"' },
  {
    name: 'give back',
    pattern: /\bg(?:ive|ives|ave|iven|iving)\b(?:\s[\w']+){0,3}?\sback\b/i,
    reason: 'one word for one thing',
    better: '"return", "return to the queue"',
  },
  {
    name: 'come again',
    pattern: /\b(?:come|comes|came|coming) again\b/i,
    reason: 'one word for one thing',
    better: '"is redelivered", "is retried"',
  },
  {
    name: 'told of',
    pattern: /\btold (?:of|on)\b/i,
    reason: 'one word for one thing',
    better: '"published", "reported"',
  },
  {
    name: 'nobody',
    pattern: /\b(?:nobody|somebody)\b/i,
    reason: 'say who',
    better: '"no caller", "no reader", "no one"',
  },
  {
    name: 'as often as it can',
    pattern: /\bas often as (?:it|they|you|one|we) (?:can|likes?|wants?)\b/i,
    reason: 'say how often',
    better: 'the number, or "any number of times"',
  },
  { name: 'thrice', pattern: /\bthrice\b/i, reason: 'archaic', better: '"three times"' },
  { name: 'anew', pattern: /\banew\b/i, reason: 'archaic', better: '"again"' },
  { name: 'mend', pattern: /\bmend(?:s|ed|ing)?\b/i, reason: 'one word for one thing', better: '"fix"' },
  {
    name: 'else for otherwise',
    pattern: /\b(?:would|must|is|are|could|might|may|should) else\b/i,
    reason: 'archaic word order',
    better: '"otherwise"',
  },
  { name: 'though it be', pattern: /\bthough (?:it|they) be\b/i, reason: 'archaic', better: '"even if it is"' },
  { name: 'in the dark', pattern: /\bin the dark\b/i, reason: 'it has another meaning', better: '"in dark mode"' },
  {
    name: 'draws lots',
    pattern: /\bdraws? lots\b/i,
    reason: 'a metaphor',
    better: '"competes with", "is chosen at random"',
  },
  { name: 'worth the name', pattern: /\bworth the name\b/i, reason: 'an ornament', better: 'leave it out' },
];
