/** What the record says of a principal that no profile is for. */
import { principalName } from '../../base/arn.ts';
import type { Principal } from '../trailEvent.ts';
import type { Evidence } from './attribution.ts';
import { permissionSet } from './verdict.ts';

/** A clause: "an IAM user". Undefined where the record shows no person, or does not name the one it shows. */
export function personKind({
  principal,
  source,
}: Pick<Evidence, 'principal' | 'source'>): string | undefined {
  const { type = '', userName, arn, principalId, onBehalfOfUser, provider } = principal;
  // CloudTrail hides what was typed for a name where somebody failed to sign in: it is nobody's.
  const isNamed = (userName ?? arn ?? principalId ?? onBehalfOfUser) !== undefined && userName !== HIDDEN;
  if (!isNamed) return undefined;
  const set = permissionSet(principal);
  if (set !== undefined)
    return `a person who signed in through IAM Identity Center with the permission set ${set}`;
  if (isInPortal({ principal, source }) && userName !== undefined) return PORTAL_PERSON;
  const kind = PERSONS.get(type);
  return kind === undefined || provider === undefined ? kind : `${kind} (${principalName(provider)})`;
}

const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

/** A clause: "a session of a role that is in no profile". */
export function strangerKind({ principal, source }: Evidence): string {
  const { type = '', userName } = principal;
  if (userName === HIDDEN) return 'somebody who tried to sign in, with a name that CloudTrail does not show';
  if (type === 'AssumedRole') return roleSession(principal);
  if (isInPortal({ principal, source })) return PORTAL_PERSON;
  const kind = PERSONS.get(type) ?? KINDS.get(type) ?? `a principal of type ${type}`;
  return principal.provider === undefined ? kind : `${kind} (${principalName(principal.provider)})`;
}

const PORTAL_PERSON = 'a person in the access portal of IAM Identity Center';

function isInPortal({ principal, source }: Pick<Evidence, 'principal' | 'source'>): boolean {
  return principal.type === 'Unknown' && principal.arn === undefined && PORTALS.has(source);
}

function roleSession({ provider }: Principal): string {
  return provider === undefined
    ? 'a session of a role that is in no profile'
    : `a session of a role, for somebody whom ${principalName(provider)} vouched for`;
}

const PORTALS = new Set([
  'sso.amazonaws.com',
  'sso-oauth.amazonaws.com',
  'sso-directory.amazonaws.com',
  'signin.amazonaws.com',
]);

/** Types of principals whom AWS, or somebody AWS trusts for it, has made prove who they are. */
const PERSONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    IAMUser: 'an IAM user',
    FederatedUser: 'a federated user',
    WebIdentityUser: 'a user of a web identity provider',
    SAMLUser: 'a user of a SAML provider',
    Directory: 'a user of a directory',
    IdentityCenterUser: 'a user of IAM Identity Center',
  }),
);

const KINDS: ReadonlyMap<string, string> = new Map([
  ['', 'the record does not say what kind of principal it was'],
  ['Unknown', 'CloudTrail itself could not tell the principal'],
]);
