/** How things are said to a person, the same in status bar, trees and messages. Pure. */
import { formatAccount } from '../base/arn.ts';
import { DAY, HOUR, MINUTE } from '../base/clock.ts';
import type { Environment, Profile } from '../identity/profile.ts';

/** `42m`, `3h 05m`, `2d`; the last minute is `<1m`. */
export function timeLeft(ms: number): string {
  if (ms <= 0) return 'ended';
  if (ms < MINUTE) return '<1m';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)}m`;
  if (ms < DAY)
    return `${Math.floor(ms / HOUR)}h ${String(Math.floor((ms % HOUR) / MINUTE)).padStart(2, '0')}m`;
  return `${Math.floor(ms / DAY)}d`;
}

/** The same for a screen reader: `42 minutes`. */
export function timeLeftSpoken(ms: number): string {
  if (ms < MINUTE) return 'less than a minute';
  const minutes = Math.floor(ms / MINUTE);
  return minutes === 1
    ? '1 minute'
    : minutes < 120
      ? `${minutes} minutes`
      : `${Math.floor(minutes / 60)} hours`;
}

export function environmentName(environment: Environment): string {
  return environment === 'prod' ? 'PROD' : environment;
}

/** `acme-dev (1111-2222-3333)`, or the number alone. */
export function accountName(account: { accountId: string; alias?: string }): string {
  const number = formatAccount(account.accountId);
  return account.alias === undefined ? number : `${account.alias} (${number})`;
}

/** `dev · 1111-2222-3333 · eu-west-1` */
export function profilePlace(profile: Profile): string {
  return [
    environmentName(profile.environment),
    formatAccount(profile.verified.accountId),
    profile.region,
  ].join(' · ');
}

const ARN_LENGTH = 28;

/** What an ARN names, without partition and account; the middle goes first. Whoever needs it whole copies it. */
export function shortArn(arn: string): string {
  const name = arn.split(':').slice(5).join(':') || arn;
  if (name.length <= ARN_LENGTH) return name;
  const half = (ARN_LENGTH - 1) / 2;
  return `${name.slice(0, Math.ceil(half))}…${name.slice(-Math.floor(half))}`;
}

/** One line, without what turns the direction of text: what others wrote cannot pass for a line or a word of ours. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '');
}

/** What others wrote, as Markdown shows it literally: no link, picture, element, icon, nor a further cell of a table. */
export function markdownText(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]()#+!|<>$&~]/g, '\\$&')
    .replaceAll('://', '\\://')
    .replace(/\bwww\./gi, match => `${match.slice(0, -1)}\\.`);
}

/** The same as code, for ARNs and the like. */
export function markdownCode(text: string): string {
  return `\`${oneLine(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

const SOURCES: Readonly<Record<Profile['source']['type'], string>> = {
  keys: 'access key',
  sharedConfig: 'shared AWS config',
  assumeRole: 'assumed role',
};

export function sourceName(profile: Profile): string {
  return SOURCES[profile.source.type];
}
