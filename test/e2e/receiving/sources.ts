export const RECEIVING_STACK = 'cdk-webhooks-receiving';
export const SOURCES = [
  'leapocr',
  'rekognita',
  'standard',
  'github',
  'stripe',
  'slack',
  'shopify',
  'acme',
  'outage',
] as const;
export type SourceName = (typeof SOURCES)[number];
