/**
 * Whether this machine hands out credentials to whoever asks: the instance metadata service of EC2, version 2 and 1.
 * It is asked whether there is a role and what it is called, never for its credentials.
 * Source: EC2 User Guide, "Access instance metadata".
 */
import type { Finding, Outcome } from './report.ts';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @throws when nothing answers in time. */
export type Ask = (request: MetadataRequest, signal: AbortSignal) => Promise<Answer>;

export interface MetadataRequest {
  readonly method: 'GET' | 'PUT';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type Metadata =
  | { readonly state: 'silent' }
  /** Something else is there: another cloud, a proxy. */
  | { readonly state: 'other' }
  | { readonly state: 'answers'; readonly version: 1 | 2; readonly role?: string };

const TOKEN: MetadataRequest = {
  method: 'PUT',
  path: '/latest/api/token',
  headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '60' },
};
const ROLE = '/latest/meta-data/iam/security-credentials/';

export async function askMetadata(ask: Ask, signal: AbortSignal): Promise<Metadata> {
  const token = await answered(() => ask(TOKEN, signal), signal);
  if (token === undefined) return { state: 'silent' };
  const hasToken = token.status === 200 && /^[\w=+/-]{20,200}$/.test(token.text.trim());
  const headers: Record<string, string> = hasToken ? { 'x-aws-ec2-metadata-token': token.text.trim() } : {};
  const role = await answered(() => ask({ method: 'GET', path: ROLE, headers }, signal), signal);
  const name = role?.status === 200 ? /^[\w+=,.@-]{1,64}$/.exec(role.text.trim())?.[0] : undefined;
  if (name !== undefined) return { state: 'answers', version: hasToken ? 2 : 1, role: name };
  return hasToken ? { state: 'answers', version: 2 } : { state: 'other' };
}

async function answered(work: () => Promise<Answer>, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

export function judgeMetadata(found: Metadata): Outcome {
  if (found.state !== 'answers' || found.role === undefined) return { findings: [] };
  const anyRequest =
    found.version === 1
      ? ' It answers plain requests (version 1), so a tricked web client gets them too.'
      : '';
  const finding: Finding = {
    id: 'metadata.role',
    severity: 'high',
    title: 'This machine hands out credentials of its own',
    what: `Every process on this EC2 instance can get sessions of the role ${found.role} from 169.254.169.254.${anyRequest} A process that finds no other credentials takes these.`,
    fix: 'Give the instance a role without rights, or require version 2 with a hop limit of 1 and keep agents in a container: aws ec2 modify-instance-metadata-options --http-tokens required --http-put-response-hop-limit 1 --instance-id ID',
  };
  return { findings: [finding] };
}
