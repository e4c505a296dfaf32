/** The environment of this process, which every process that it starts inherits. Pure. */
import { shortKeyId } from '../../base/redact.ts';
import type { Finding, Outcome } from './report.ts';

export interface ProcessEnvironment {
  readonly env: NodeJS.ProcessEnv;
  readonly whose: (accessKeyId: string) => string;
}

export function judgeEnvironment({ env, whose }: ProcessEnvironment): Outcome {
  const id = env['AWS_ACCESS_KEY_ID'];
  const key = id && env['AWS_SECRET_ACCESS_KEY'] ? [keyFinding(id, whose)] : [];
  return { findings: [...key, ...CHOICES.flatMap(choice => chosen(env, choice))] };
}

const LEAVE =
  'Start the editor where it is not set: see the start-up files of your shell, and the terminal you start it from.';

function keyFinding(id: string, whose: ProcessEnvironment['whose']): Finding {
  return {
    id: 'environment.key',
    severity: 'high',
    title: 'AWS credentials are in the environment of the editor',
    what: `Whatever the editor starts inherits key ${shortKeyId(id)}, and with it acts as ${whose(id)}. It wins over every other identity.`,
    fix: LEAVE,
  };
}

interface Choice {
  readonly name: string;
  readonly title: string;
  /** @param value never a secret in these. */
  readonly what: (value: string) => string;
  /** In an environment that No Wing made, these are its own. */
  readonly oursToo?: true;
}

const CHOICES: readonly Choice[] = [
  {
    name: 'AWS_PROFILE',
    title: 'A profile is chosen in the environment of the editor',
    what: value =>
      `Whatever the editor starts acts as the profile ${value} of the shared AWS files, unless it chooses another.`,
  },
  {
    name: 'AWS_DEFAULT_PROFILE',
    title: 'A profile is chosen in the environment of the editor',
    what: value => `Older tools that the editor starts act as the profile ${value} of the shared AWS files.`,
  },
  {
    name: 'AWS_WEB_IDENTITY_TOKEN_FILE',
    title: 'A web identity is in the environment of the editor',
    what: () => 'Whatever the editor starts can get sessions of the role that is named beside it.',
  },
  {
    name: 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    title: 'This container has credentials of its own',
    what: () => 'Whatever the editor starts can get sessions of the role of this container.',
  },
  {
    name: 'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    title: 'This machine has credentials of its own',
    what: () =>
      'Whatever the editor starts can get sessions from the address in AWS_CONTAINER_CREDENTIALS_FULL_URI.',
    oursToo: true,
  },
];

function chosen(env: NodeJS.ProcessEnv, { name, title, what, oursToo }: Choice): Finding[] {
  const value = env[name];
  if (!value || (oursToo && env['NO_WING_CLIENT'])) return [];
  const shown = what(value.replace(/[^\w+=,.@ -]/g, '?').slice(0, 64));
  return [
    { id: `environment.${name}`, severity: 'medium', title: `${title} (${name})`, what: shown, fix: LEAVE },
  ];
}
