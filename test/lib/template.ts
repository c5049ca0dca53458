import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';

interface Resource {
  readonly Type: string;
  readonly Properties: unknown;
}

/** CDK ends a logical id with eight characters of hash. */
const nameOf = (logicalId: string) => logicalId.slice(0, -8);

/** The one resource of a type whose logical id begins so. */
export function resourceOf(template: Template, type: string, name: string): Resource {
  const found = Object.entries(template.findResources(type)).filter(([id]) => nameOf(id) === name);
  if (found.length !== 1) throw new Error(`${found.length} resources of ${type} are called ${name}`);
  return found[0]![1] as Resource;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** What a role's policies allow: for each resource, by its name in the template, the sorted actions. */
export function actionsOf(template: Template, role: string): Record<string, string[]> {
  const allowed: Record<string, string[]> = {};
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy')) as {
    Properties: { Roles: { Ref: string }[]; PolicyDocument: { Statement: Statement[] } };
  }[]) {
    if (!Properties.Roles.some(({ Ref }) => nameOf(Ref) === role)) continue;
    for (const statement of Properties.PolicyDocument.Statement) {
      if (statement.Effect !== 'Allow' || statement.Condition !== undefined)
        throw new Error(`a statement that this helper does not read: ${JSON.stringify(statement)}`);
      for (const resource of [statement.Resource].flat()) {
        const name = resourceName(resource);
        allowed[name] = [...(allowed[name] ?? []), ...[statement.Action].flat()].sort();
      }
    }
  }
  return allowed;
}

function resourceName(resource: unknown): string {
  const value = resource as { Ref?: string; 'Fn::GetAtt'?: [string, string]; 'Fn::Join'?: [string, unknown[]] };
  if (value.Ref !== undefined) return nameOf(value.Ref);
  if (value['Fn::GetAtt'] !== undefined) {
    const [id, attribute] = value['Fn::GetAtt'];
    return attribute === 'Arn' ? nameOf(id) : `${nameOf(id)}.${attribute}`;
  }
  if (value['Fn::Join'] !== undefined)
    return value['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : resourceName(part))).join('');
  throw new Error(`a resource that this helper does not read: ${JSON.stringify(resource)}`);
}

/** A function's environment, as far as it is known at synth. */
export function environmentOf(template: Template, name: string): Record<string, unknown> {
  return (
    resourceOf(template, 'AWS::Lambda::Function', name).Properties as {
      Environment: { Variables: Record<string, unknown> };
    }
  ).Environment.Variables;
}

/** A file beside a function's code, as it would be uploaded. */
export function assetFile(app: App, template: Template, name: string, file: string): string {
  const { Code } = resourceOf(template, 'AWS::Lambda::Function', name).Properties as { Code: { S3Key: string } };
  return readFileSync(join(app.synth().directory, `asset.${Code.S3Key.replace('.zip', '')}`, file), 'utf8');
}
