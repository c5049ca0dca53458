import { Duration } from 'aws-cdk-lib';
import type { CustomProfileProps } from '../webhook-profile-props';

/** Headers that the functions or the HTTP client set. */
const TAKEN_HEADERS = [
  'content-type',
  'content-length',
  'user-agent',
  'host',
  'transfer-encoding',
  'connection',
  'expect',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
];
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const HEADER_VALUE = /^[\x20-\x7e]{0,500}$/;

/** Everything that is wrong with a profile, in words, or nothing. */
export function profileFaults(props: CustomProfileProps, deadline: Duration, signatureHeaders: string[]): string[] {
  const names = props.eventTypes.map(({ name }) => name);
  const plans = props.plans ?? [];
  const headers = Object.entries(props.headers ?? {});
  const allHeaders = [...signatureHeaders, ...headers.map(([name]) => name)].map((name) => name.toLowerCase());
  const checks: { condition: boolean; message: string }[] = [
    {
      condition: !/^[a-z][a-z0-9-]{0,29}$/.test(props.name),
      message: 'name must be 1 to 30 characters of a-z 0-9 - and begin with a letter',
    },
    {
      condition: !HEADER_VALUE.test(props.userAgent) || props.userAgent === '',
      message: 'userAgent must be printable ASCII, at most 500 characters',
    },
    { condition: names.length === 0, message: 'eventTypes is empty; name at least one event' },
    { condition: new Set(names).size < names.length, message: 'eventTypes names an event twice' },
    ...names.map((name) => ({
      condition: !/^[A-Za-z0-9_.-]{1,100}$/.test(name),
      message: `event type "${name}" must be 1 to 100 characters of A-Z a-z 0-9 _ . -`,
    })),
    ...props.eventTypes.map(({ name, description, schema, example }) => ({
      condition: typeof description !== 'string' || !isObject(schema) || !isObject(example),
      message: `event type "${name}" needs a description, a schema and an example, the last two as objects`,
    })),
    {
      condition: signatureHeaders.length === 0,
      message: 'no signature at all; keep standardWebhooks, or give signatures',
    },
    {
      condition: new Set(allHeaders).size < allHeaders.length,
      message: 'a header is named twice among signatures and headers',
    },
    ...allHeaders.map((name) => ({
      condition: TAKEN_HEADERS.includes(name),
      message: `header "${name}" is set by the sender itself`,
    })),
    ...headers.map(([name, value]) => ({
      condition: !HEADER_NAME.test(name) || !HEADER_VALUE.test(value),
      message: `header "${name}" is not a name and a value of printable ASCII`,
    })),
    {
      condition: deadline.isUnresolved() || !isWholeNumber(deadline.toSeconds({ integral: false }), 1, 15),
      message: 'deadline must be a whole number of seconds from 1 to 15, and known at synth',
    },
    {
      condition: !isWholeNumber(props.disableAfter ?? 5, 1, 1000),
      message: 'disableAfter must be a whole number from 1 to 1000',
    },
    {
      condition: !isTenantPath(props.tenantPath ?? '/tenants/{tenant_id}'),
      message:
        `tenantPath "${props.tenantPath}" must be like /organizations/{organization_id}/teams/{team_id}, with 1 ` +
        `to 4 parameters other than ${OWN_PARAMETERS.join(', ')}, and begin with a name other than ` +
        `${OWN_PATHS.join(' and ')}`,
    },
    { condition: props.plans?.length === 0, message: 'plans is empty; leave it out if plans do not matter' },
    { condition: new Set(plans.map(({ id }) => id)).size < plans.length, message: 'plans names a plan twice' },
    ...plans.map(({ id, maxSubscriptions }) => ({
      condition: !/^[a-z0-9][a-z0-9_-]{0,63}$/.test(id) || !isWholeNumber(maxSubscriptions ?? 1, 1, 10_000),
      message:
        `plan "${id}" needs an id of 1 to 64 characters of a-z 0-9 _ - and, if any, a maxSubscriptions from 1 to ` +
        '10000',
    })),
  ];
  return checks.filter(({ condition }) => condition).map(({ message }) => message);
}

/** A name first, for a parameter there would take the management API's own paths. */
const TENANT_PATH = /^\/([a-z][a-z0-9-]{0,62})(\/[a-z][a-z0-9-]{0,62}|\/\{[a-z][a-z0-9_]{0,62}\})+$/;
const OWN_PATHS = ['webhooks', 'portal-sessions'];
/** Of the paths behind the tenant's (lambda/api/http/tenant-path.ts). */
const OWN_PARAMETERS = ['webhook_id', 'delivery_id', 'event_id', 'id'];

/** Names of a tenant path's parameters, in order. */
export function tenantParameters(path: string): string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
}

function isTenantPath(path: string): boolean {
  const names = tenantParameters(path);
  const first = TENANT_PATH.exec(path)?.[1];
  return (
    first !== undefined &&
    !OWN_PATHS.includes(first) &&
    names.length >= 1 &&
    names.length <= 4 &&
    new Set(names).size === names.length &&
    !names.some((name) => OWN_PARAMETERS.includes(name))
  );
}

/** Callers from JavaScript and other languages may leave out what the types ask for. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWholeNumber(value: number, from: number, to: number): boolean {
  return Number.isInteger(value) && value >= from && value <= to;
}
