/**
 * What policies allow, found wherever a resource carries one: what its identity may do, who may act as it, and whether
 * everybody may use it. Of statements that deny nothing is kept: they do not make another one harmless.
 */
import { type Fact, isKnown, known, unknown } from '../fact.ts';
import type { Facts, Permission } from '../guardedResource.ts';
import { documentsOf } from './policyDocuments.ts';
import { at, isProperties, itemsOf, type Properties, textsOf, Unresolved, type Value } from './value.ts';

type PolicyFacts = Pick<Facts, 'permissions' | 'trust' | 'publicAccess'>;

export const EVERYBODY = '*';

interface Found {
  readonly permissions: Permission[];
  readonly trust: Fact<string>[];
  readonly publicAccess: Fact<string>[];
}

export function policyFacts(type: string, properties: Properties): PolicyFacts {
  const found: Found = { permissions: attached(properties), trust: [], publicAccess: [] };
  for (const { name, document } of documentsOf(properties)) {
    if (document instanceof Unresolved) addUnresolved(found, placeOf(type, name), document.why);
    else addStatements(found, placeOf(type, name), document);
  }
  return {
    ...(found.permissions.length > 0 ? { permissions: known(found.permissions) } : {}),
    ...(found.trust.length > 0 ? { trust: known(found.trust) } : {}),
    ...(found.publicAccess.length > 0 ? { publicAccess: known(found.publicAccess) } : {}),
  };
}

/** To what a policy is attached decides what it can do harm with. */
type Place = 'identity' | 'trust' | 'resource';

function placeOf(type: string, name: string): Place {
  if (/^AssumeRolePolicy(?:Document)?$/i.test(name)) return 'trust';
  return /^AWS::(?:IAM|SSO)::/.test(type) ? 'identity' : 'resource';
}

function addUnresolved(found: Found, place: Place, why: string): void {
  if (place === 'trust') found.trust.push(unknown(why));
  else if (place === 'resource') found.publicAccess.push(unknown(why));
  else found.permissions.push({ actions: unknown(why), resources: unknown(why) });
}

function addStatements(found: Found, place: Place, document: Properties): void {
  const statements = itemsOf(element(document, 'Statement'));
  if (!isKnown(statements)) addUnresolved(found, place, statements.unknown);
  for (const statement of isKnown(statements) ? statements.value : []) {
    if (statement instanceof Unresolved) addUnresolved(found, place, statement.why);
    else if (isProperties(statement) && !denies(statement)) addStatement(found, place, statement);
  }
}

function addStatement(found: Found, place: Place, statement: Properties): void {
  const principals = principalsOf(statement);
  if (place === 'trust') found.trust.push(...principals);
  else if (principals.length > 0) found.publicAccess.push(...principals.filter(mayBeEverybody).map(asUse));
  else found.permissions.push(permissionOf(statement));
}

function denies(statement: Properties): boolean {
  return element(statement, 'Effect') === 'Deny';
}

function permissionOf(statement: Properties): Permission {
  return {
    actions: namedOrAll(statement, 'Action', 'NotAction'),
    resources: namedOrAll(statement, 'Resource', 'NotResource'),
  };
}

/** "Everything but" is everything. */
function namedOrAll(statement: Properties, name: string, butName: string): Permission['actions'] {
  if (element(statement, butName) !== undefined) return known([known(EVERYBODY)]);
  return textsOf(element(statement, name));
}

/** Who is named; a condition on everybody is not judged here, so it is not known whom it lets through. */
function principalsOf(statement: Properties): Fact<string>[] {
  if (element(statement, 'NotPrincipal') !== undefined) return [known(EVERYBODY)];
  const principal = element(statement, 'Principal');
  if (principal === undefined) return [];
  const named = isProperties(principal) ? Object.values(principal) : [principal];
  const isConditional = element(statement, 'Condition') !== undefined;
  return named
    .flatMap(value => principalTexts(value))
    .map(fact => (isConditional ? conditional(fact) : fact));
}

function principalTexts(value: Value): Fact<string>[] {
  const facts = textsOf(value);
  return isKnown(facts) ? [...facts.value] : [facts];
}

function conditional(fact: Fact<string>): Fact<string> {
  return isKnown(fact) && isEverybody(fact.value)
    ? unknown('everybody, under a condition that is not judged here')
    : fact;
}

export function isEverybody(principal: string): boolean {
  return /[*?]/.test(principal);
}

function mayBeEverybody(fact: Fact<string>): boolean {
  return !isKnown(fact) || isEverybody(fact.value);
}

function asUse(fact: Fact<string>): Fact<string> {
  return isKnown(fact) ? known('its policy lets everybody in') : fact;
}

/** IAM reads the names of elements whatever their case. */
function element(map: Properties, name: string): Value | undefined {
  const key = Object.keys(map).find(other => other.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : at(map, key);
}

const AWS_MANAGED = /^arn:[\w-]+:iam::aws:policy\/(.+)$/;
/** AWS's policies that its services' roles are made of, and those that only read. */
const NARROW = /^(?:service-role|aws-service-role)\/|ReadOnlyAccess$/;
const WIDE = /(?:FullAccess|AdministratorAccess|PowerUserAccess|Administrator)$/;

/** Policies that exist already, attached by their ARN. */
function attached(properties: Properties): Permission[] {
  const arns = textsOf(properties['ManagedPolicyArns'] ?? properties['ManagedPolicies']);
  if (!isKnown(arns)) return [{ actions: arns, resources: arns }];
  return arns.value.flatMap(arn =>
    isKnown(arn) ? attachedPolicy(arn.value) : [{ actions: arn, resources: arn }],
  );
}

function attachedPolicy(arn: string): Permission[] {
  const name = AWS_MANAGED.exec(arn)?.[1];
  // A policy of the same plan is judged where it is planned.
  if (arn.startsWith('${') || (name !== undefined && NARROW.test(name))) return [];
  if (name !== undefined && WIDE.test(name))
    return [{ actions: known([known(EVERYBODY)]), resources: known([known(arn)]) }];
  const why = `what ${arn} allows is not seen here`;
  return [{ actions: unknown(why), resources: unknown(why) }];
}
