/** `no-wing whoami`: as whom the AWS calls of this shell are made. It asks the broker that the shell was given, not AWS. */
import * as v from 'valibot';
import { formatAccount } from '../../base/arn.ts';
import { WINS_OVER_BROKER } from '../../broker/environment.ts';
import { aligned } from '../aligned.ts';
import { askBroker } from '../askBroker.ts';
import type { CommandLine } from '../commandLine.ts';
import type { Desk } from '../desk.ts';
import { EXIT } from '../exitCodes.ts';
import { readToken } from '../readToken.ts';
import type { Answer } from '../surroundings.ts';
import { callerData, callerText } from './status.ts';

const Identity = v.object({
  name: v.string(),
  kind: v.picklist(['user', 'agent']),
  arn: v.string(),
  accountId: v.string(),
  region: v.string(),
  environment: v.string(),
});
type Identity = v.InferOutput<typeof Identity>;

type Found =
  | { readonly state: 'given'; readonly identity: Identity }
  /** The shell has an address, and no identity is to be had there. */
  | { readonly state: 'ended'; readonly why: string }
  | { readonly state: 'none' };

export async function run({ here, caller }: Desk, _line: CommandLine): Promise<Answer> {
  const found = await identityOf(here.env);
  const wins = WINS_OVER_BROKER.filter(name => here.env[name]);
  const rows = [...lines(found), ['Here', callerText(caller)]];
  return {
    text: aligned(rows).join('\n'),
    json: {
      identity: found.state === 'given' ? found.identity : null,
      ...(found.state === 'ended' ? { ended: found.why } : {}),
      overriddenBy: wins,
      caller: callerData(caller),
    },
    notes: warnings(found, wins, caller.kind),
    exitCode: found.state === 'ended' ? EXIT.failed : EXIT.ok,
  };
}

async function identityOf(env: NodeJS.ProcessEnv): Promise<Found> {
  const port = Number(/^http:\/\/127\.0\.0\.1:(\d{1,5})\/v1\/credentials$/.exec(uriIn(env))?.[1]);
  if (!env['NO_WING_CLIENT'] || !port) return { state: 'none' };
  const token = readToken(env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? '');
  if (token?.clientId !== env['NO_WING_CLIENT']) return { state: 'ended', why: 'its API key is gone' };
  const reply = await askBroker({ port, path: '/v1/identity', apiKey: token.apiKey });
  if (reply.state === 'refused') return { state: 'ended', why: reply.message };
  const parsed = v.safeParse(Identity, reply.state === 'answered' ? reply.body : undefined);
  return parsed.success
    ? { state: 'given', identity: parsed.output }
    : { state: 'ended', why: 'no window of No Wing answers' };
}

function uriIn(env: NodeJS.ProcessEnv): string {
  return env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '';
}

function lines(found: Found): string[][] {
  switch (found.state) {
    case 'given': {
      const { kind, name, environment, arn, accountId, region } = found.identity;
      return [
        ['Identity', `${kind} ${name} · ${environment}`],
        ['Account', `${formatAccount(accountId)} · ${region}`],
        ['ARN', arn],
      ];
    }
    case 'ended':
      return [['Identity', `none any more: ${found.why}`]];
    case 'none':
      return [['Identity', 'none of No Wing: AWS calls are made as your own configuration says']];
  }
}

function warnings(found: Found, wins: readonly string[], caller: 'person' | 'agent'): string[] {
  const both = found.state === 'given' && wins.length > 0;
  return [
    ...(both ? [`${wins.join(', ')} wins over the identity that No Wing gave this shell. Unset it.`] : []),
    ...(found.state === 'none' && caller === 'agent'
      ? ['An agent runs here, and its AWS calls are made as you. See: no-wing help exec']
      : []),
  ];
}
