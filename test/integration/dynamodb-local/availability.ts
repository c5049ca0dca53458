// How the tests learn of DynamoDB Local: by one environment variable, written by the project's globalSetup.
import { z } from 'zod';

const availability = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('running'), endpoint: z.string() }),
  /** This machine lacks what it needs. */
  z.object({ kind: z.literal('missing'), notice: z.string() }),
  /** It should run here, and does not. */
  z.object({ kind: z.literal('broken'), reason: z.string() }),
]);

export type Availability = z.infer<typeof availability>;

const VARIABLE = 'CDK_WEBHOOKS_DYNAMODB_LOCAL';

export function publish(found: Availability): void {
  process.env[VARIABLE] = JSON.stringify(found);
}

export function dynamoDbLocal(): Availability {
  const text = process.env[VARIABLE];
  if (text === undefined)
    throw new Error(
      'This test needs the jest project integration, whose globalSetup starts DynamoDB Local: npm test -- integration',
    );
  return availability.parse(JSON.parse(text));
}
