/** What the AWS command line keeps after a sign-in: sessions and tokens that have not ended. Pure. */
import * as v from 'valibot';
import { shortKeyId } from '../../base/redact.ts';
import type { FoundFile } from './files.ts';
import type { Finding, Outcome } from './report.ts';

export interface Caches {
  readonly files: readonly FoundFile[];
  readonly now: number;
}

/** Below the home folder. Botocore and the SDKs share them. */
export const CACHE_FOLDERS: readonly string[] = [
  '.aws/sso/cache',
  '.aws/cli/cache',
  '.aws/login/cache',
  '.aws/boto/cache',
];

export function judgeCaches({ files, now }: Caches): Outcome {
  return { findings: files.flatMap(file => judge(file, now)) };
}

const When = v.pipe(
  v.string(),
  v.transform(text => Date.parse(text.replace(/UTC$/, 'Z'))),
  v.number(),
);
const Session = v.object({ Credentials: v.object({ AccessKeyId: v.string(), Expiration: When }) });
const Login = v.object({
  accessToken: v.object({ accessKeyId: v.string(), expiresAt: When }),
  refreshToken: v.optional(v.string()),
});
const Token = v.object({
  accessToken: v.string(),
  expiresAt: When,
  startUrl: v.optional(v.string()),
  refreshToken: v.optional(v.string()),
  registrationExpiresAt: v.optional(When),
});
const Cached = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.pipe(
      Session,
      v.transform(({ Credentials: { AccessKeyId, Expiration } }) => session(AccessKeyId, Expiration)),
    ),
    v.pipe(
      Login,
      v.transform(({ accessToken: { accessKeyId, expiresAt }, refreshToken }) =>
        login(accessKeyId, expiresAt, refreshToken),
      ),
    ),
    v.pipe(Token, v.transform(token)),
  ]),
);

interface Held {
  readonly severity: Finding['severity'];
  readonly title: string;
  readonly reach: string;
  readonly until: number;
  readonly end: string;
}

function session(accessKeyId: string, until: number): Held {
  return {
    severity: 'medium',
    title: 'The AWS command line keeps a session that has not ended',
    reach: `can read session ${shortKeyId(accessKeyId)} and act as whom it is for`,
    until,
    end: 'Delete the file; the session itself ends at its time.',
  };
}

/** A refresh token lasts for half a day; how long exactly AWS does not say in the file. */
function login(accessKeyId: string, expiresAt: number, refreshToken: string | undefined): Held {
  const until = refreshToken === undefined ? expiresAt : Number.POSITIVE_INFINITY;
  return {
    ...session(accessKeyId, until),
    title: 'A sign-in of "aws login" is kept',
    end: 'Run: aws logout',
  };
}

function token({
  expiresAt,
  startUrl,
  refreshToken,
  registrationExpiresAt,
}: v.InferOutput<typeof Token>): Held {
  return {
    severity: 'high',
    title: 'A sign-in of IAM Identity Center is kept',
    reach: `can read the token of ${host(startUrl)} and get sessions of every account and role that is assigned to you there`,
    until: refreshToken === undefined ? expiresAt : Math.max(expiresAt, registrationExpiresAt ?? 0),
    end: 'When you do not need it, run: aws sso logout',
  };
}

function host(startUrl: string | undefined): string {
  return startUrl !== undefined && URL.canParse(startUrl) ? new URL(startUrl).host : 'IAM Identity Center';
}

function judge({ path, text }: FoundFile, now: number): Finding[] {
  const parsed = v.safeParse(Cached, text);
  if (!parsed.success || parsed.output.until <= now) return [];
  const { severity, title, reach, until, end } = parsed.output;
  const when = Number.isFinite(until) ? `, until ${new Date(until).toISOString()}` : '';
  return [
    {
      id: `caches.held:${path}`,
      severity,
      title,
      what: `Every process of yours, so every agent, ${reach}${when}.`,
      where: { file: path },
      fix: end,
    },
  ];
}
