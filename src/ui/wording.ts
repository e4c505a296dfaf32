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

/** Text of others (AWS, a template, a file's name) inside our Markdown: never a link, an image or a table of its own. */
export function markdownText(value: string): string {
  return value.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+!|<>$&~]/g, '\\$&');
}

const SOURCES: Readonly<Record<Profile['source']['type'], string>> = {
  keys: 'access key',
  sharedConfig: 'shared AWS config',
  assumeRole: 'assumed role',
};

export function sourceName(profile: Profile): string {
  return SOURCES[profile.source.type];
}
