/** The rows of the command table that are about deployments. */
import type { CommandRow, OptionRow } from '../commandTable.ts';

const AS: OptionRow = {
  value: 'NAME',
  help: 'The agent profile; `agent`, the default, is the one that is active here.',
};
const REGION: OptionRow = { value: 'REGION', help: "The profile's own if absent." };

const SOURCE: Readonly<Record<string, OptionRow>> = {
  stack: { value: 'NAME', help: 'The name of the stack.' },
  as: AS,
  region: REGION,
  parameter: { value: 'NAME=VALUE', help: 'A value that is not secret; may be given again.', many: true },
};

const APPROVAL = [
  'It plans under the identity of the agent, and what passes the guardrails waits for a human, who says yes in a window',
  'of VS Code. There is no way to say yes here. Ctrl-C takes the plan back.',
] as const;

export const DEPLOY_COMMANDS = {
  plan: {
    summary: 'Show what a deployment would change',
    operands: 'FILE|FOLDER',
    mostOperands: 1,
    options: SOURCE,
    about: [
      'Plans under the identity of the agent, shows the changes and what the guardrails say, and takes the plan back.',
      'Exit code 3 when a guardrail refuses it.',
    ],
    examples: [
      ['A template', 'no-wing plan template.yaml --stack web'],
      ['For a program', 'no-wing plan template.yaml --stack web --json'],
    ],
  },
  deploy: {
    summary: 'Plan a deployment and wait for a human to approve it',
    operands: 'FILE|FOLDER',
    mostOperands: 1,
    options: SOURCE,
    about: [
      ...APPROVAL,
      'Exit codes: 0 deployed or nothing to change, 1 failed or rolled back, 3 refused by a guardrail, 5 a human said no.',
    ],
    examples: [['A template', 'no-wing deploy template.yaml --stack web --parameter Depth=2']],
  },
  destroy: {
    summary: 'Plan the removal of a stack and wait for a human to approve it',
    operands: 'STACK',
    mostOperands: 1,
    options: { as: AS, region: REGION },
    about: [...APPROVAL],
    examples: [['A stack that No Wing has deployed', 'no-wing destroy web']],
  },
  rollback: {
    summary: 'Plan the reverse of a deployment and wait for a human to approve it',
    operands: 'ID',
    mostOperands: 1,
    options: {},
    about: [...APPROVAL],
    examples: [['The last deployment of a stack', 'no-wing rollback 1f0c3a9b2d4e']],
  },
  deployments: {
    summary: 'List deployments, or show one',
    operands: '[ID]',
    mostOperands: 1,
    options: {
      stack: { value: 'NAME', help: 'Of this stack.' },
      environment: { value: 'NAME', help: 'In this environment.', oneOf: ['dev', 'staging', 'prod'] },
      status: { value: 'STATUS', help: 'In this state: succeeded, failed, awaitingApproval ...' },
      limit: { value: 'NUMBER', help: 'At most so many; 20 if absent.' },
      events: { help: 'With an ID: also what happened to each resource.' },
    },
    about: ['Lists the deployments that this computer knows, the newest first. An agent sees its own.'],
    examples: [
      ['What failed in production', 'no-wing deployments --environment prod --status failed'],
      ['One of them, for a program', 'no-wing deployments 1f0c3a9b2d4e --events --json'],
    ],
  },
} as const satisfies Readonly<Record<string, CommandRow>>;
