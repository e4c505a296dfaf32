/** Reads and checks AssumeRole's parameters; the texts are AWS's own. */
import { AwsFault, validationError } from '../http/awsFault.ts';
import type { Tag } from '../keys.ts';
import { dig, type Fields, fieldsOf, isFields, listOf, parseJson, textOf, textsOf } from '../values.ts';

export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly sourceIdentity: string | undefined;
  readonly externalId: string | undefined;
  readonly tags: readonly Tag[];
  readonly transitiveTagKeys: readonly string[];
  /** Seconds. */
  readonly duration: number | undefined;
  readonly policy: Fields | undefined;
  readonly policyArns: readonly string[];
  /** Percent of the packed limit; undefined when neither policies nor tags were passed. */
  readonly packedPolicySize: number | undefined;
}

/** @throws AwsFault */
export function readAssumeRole(parameters: Fields): AssumeRoleRequest {
  refuse(violations(parameters));
  const roleArn = textOf(parameters['RoleArn']) ?? '';
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+/.test(roleArn)) throw validationError(`${roleArn} is invalid`);
  const tags = tagsOf(parameters);
  checkDuplicates(tags);
  const policy = policyOf(parameters);
  const policyArns = listOf(parameters['PolicyArns']).flatMap(item =>
    textsOf(dig(item, 'arn') ?? dig(item, 'Arn')),
  );
  const duration = textOf(parameters['DurationSeconds']);
  return {
    roleArn,
    sessionName: textOf(parameters['RoleSessionName']) ?? '',
    sourceIdentity: textOf(parameters['SourceIdentity']),
    externalId: textOf(parameters['ExternalId']),
    tags,
    transitiveTagKeys: textsOf(parameters['TransitiveTagKeys']),
    duration: duration === undefined ? undefined : Number(duration),
    policy,
    policyArns,
    packedPolicySize: packedSize(tags, textOf(parameters['Policy']) ?? '', policyArns),
  };
}

interface Rule {
  readonly name: string;
  readonly at: string;
  readonly required?: boolean;
  readonly pattern?: string;
  readonly length?: readonly [min: number, max: number];
  readonly value?: readonly [min: number, max: number];
}

const rules: readonly Rule[] = [
  { name: 'RoleArn', at: 'roleArn', required: true, length: [20, 2048] },
  {
    name: 'RoleSessionName',
    at: 'roleSessionName',
    required: true,
    pattern: '[\\w+=,.@-]*',
    length: [2, 64],
  },
  { name: 'SourceIdentity', at: 'sourceIdentity', pattern: '[\\w+=,.@-]*', length: [2, 64] },
  { name: 'ExternalId', at: 'externalId', pattern: '[\\w+=,.@:\\/-]*', length: [2, 1224] },
  { name: 'DurationSeconds', at: 'durationSeconds', value: [900, 43200] },
  { name: 'Policy', at: 'policy', length: [1, 2048] },
];
const tagPattern = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';

function violations(parameters: Fields): string[] {
  const own = rules.flatMap(rule => broken(rule, textOf(parameters[rule.name])));
  const tags = tagsOf(parameters);
  const eachTag = tags.flatMap((tag, index) => [
    ...broken(
      { name: '', at: `tags.${index + 1}.member.key`, length: [1, 128], pattern: `${tagPattern}+` },
      tag.key,
    ),
    ...broken(
      { name: '', at: `tags.${index + 1}.member.value`, length: [0, 256], pattern: `${tagPattern}*` },
      tag.value,
    ),
  ]);
  return [
    ...own,
    ...tooMany('tags', tags, 50),
    ...tooMany('policyArns', listOf(parameters['PolicyArns']), 10),
    ...eachTag,
  ];
}

function broken(rule: Rule, given: string | undefined): string[] {
  if (given === undefined)
    return rule.required ? [constraint('null', rule.at, 'Member must not be null')] : [];
  const said = (text: string): string => constraint(`'${given}'`, rule.at, text);
  const [min, max] = rule.length ?? [0, Number.POSITIVE_INFINITY];
  const [least, most] = rule.value ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const found: string[] = [];
  if (rule.pattern !== undefined && !new RegExp(`^(?:${rule.pattern})$`, 'u').test(given)) {
    found.push(said(`Member must satisfy regular expression pattern: ${rule.pattern}`));
  }
  if (given.length < min) found.push(said(`Member must have length greater than or equal to ${min}`));
  if (given.length > max) found.push(said(`Member must have length less than or equal to ${max}`));
  if (rule.value !== undefined && Number(given) < least)
    found.push(said(`Member must have value greater than or equal to ${least}`));
  if (rule.value !== undefined && Number(given) > most)
    found.push(said(`Member must have value less than or equal to ${most}`));
  return found;
}

const constraint = (value: string, at: string, text: string): string =>
  `Value ${value} at '${at}' failed to satisfy constraint: ${text}`;

const tooMany = (at: string, list: readonly unknown[], most: number): string[] =>
  list.length <= most
    ? []
    : [constraint(`'${JSON.stringify(list)}'`, at, `Member must have length less than or equal to ${most}`)];

function refuse(found: readonly string[]): void {
  if (found.length === 0) return;
  throw validationError(
    `${found.length} validation error${found.length > 1 ? 's' : ''} detected: ${found.join('; ')}`,
  );
}

const tagsOf = (parameters: Fields): Tag[] =>
  listOf(parameters['Tags']).map(tag => ({
    key: textOf(fieldsOf(tag)['Key']) ?? '',
    value: textOf(fieldsOf(tag)['Value']) ?? '',
  }));

/** Tag keys of a session do not differ by case. */
function checkDuplicates(tags: readonly Tag[]): void {
  if (new Set(tags.map(tag => tag.key.toLowerCase())).size === tags.length) return;
  throw new AwsFault(
    'InvalidParameterValue',
    'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  );
}

function policyOf(parameters: Fields): Fields | undefined {
  const text = textOf(parameters['Policy']);
  if (text === undefined) return undefined;
  const policy = parseJson(text);
  if (!isFields(policy)) throw new AwsFault('MalformedPolicyDocument', 'This policy contains invalid Json');
  if (policy['Statement'] === undefined)
    throw new AwsFault('MalformedPolicyDocument', 'Syntax errors in policy.');
  return policy;
}

/** AWS does not tell how it packs; a size that grows with what was passed is what a caller can rely on. */
function packedSize(tags: readonly Tag[], policy: string, policyArns: readonly string[]): number | undefined {
  if (tags.length === 0 && policy === '' && policyArns.length === 0) return undefined;
  const bytes =
    tags.reduce((sum, tag) => sum + tag.key.length + tag.value.length, policy.length) +
    policyArns.join('').length;
  const percent = Math.max(1, Math.ceil(bytes / 40));
  if (percent <= 100) return percent;
  throw new AwsFault(
    'PackedPolicyTooLarge',
    `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`,
  );
}
