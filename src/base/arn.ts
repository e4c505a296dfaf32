/** Amazon Resource Names and account numbers, as text. Source: AWS General Reference, "Amazon Resource Names". */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly accountId: string;
  /** What follows the fifth colon: `assumed-role/NAME/SESSION`, `user/path/NAME`, `my-bucket/key`. */
  readonly resource: string;
}

export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([\w-]+):([\w.-]+):([\w-]*):(\d{12}|aws|):(.+)$/.exec(text);
  if (!match) return undefined;
  const [, partition = '', service = '', region = '', accountId = '', resource = ''] = match;
  return { partition, service, region, accountId, resource };
}

export interface AssumedRole {
  readonly accountId: string;
  readonly roleName: string;
  readonly sessionName: string;
}

/** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` taken apart; undefined for every other ARN. */
export function parseAssumedRole(text: string): AssumedRole | undefined {
  const arn = parseArn(text);
  const match = arn?.service === 'sts' ? /^assumed-role\/([^/]+)\/(.+)$/.exec(arn.resource) : null;
  return arn && match
    ? { accountId: arn.accountId, roleName: match[1] ?? '', sessionName: match[2] ?? '' }
    : undefined;
}

/** `111122223333` as people read it: `1111-2222-3333`. */
export function formatAccount(accountId: string): string {
  return accountId.replace(/^(\d{4})(\d{4})(\d{4})$/, '$1-$2-$3');
}

/** The last part of a principal's ARN: a user's, role's or session's name. */
export function principalName(arn: string): string {
  return arn.split(/[/:]/).at(-1) ?? arn;
}
