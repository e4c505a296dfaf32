/** Calls to CloudFormation beside deploying: settings of a stack, ways out of a failed state, drift. Part of the adapter. */
import {
  type CloudFormationClient,
  ContinueUpdateRollbackCommand,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  GetStackPolicyCommand,
  RollbackStackCommand,
  SetStackPolicyCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import * as v from 'valibot';
import { abort, allPages } from './calls.ts';
import type { CloudFormationApi } from './cloudFormation.ts';
import { DriftAnswer, DriftIdAnswer, ResourceDriftsAnswer, StackPolicyAnswer } from './driftAnswers.ts';

export type Client = (signal?: AbortSignal) => Promise<CloudFormationClient>;
type Settings = Pick<CloudFormationApi, 'stackPolicy' | 'setStackPolicy' | 'setTerminationProtection'>;
type WaysOut = Pick<CloudFormationApi, 'rollBackStack' | 'continueRollBack'>;
type DriftCalls = Pick<CloudFormationApi, 'detectDrift' | 'drift' | 'resourceDrifts'>;
export type StackCareCalls = Settings & WaysOut & DriftCalls;

export function stackCare(client: Client): StackCareCalls {
  return { ...settings(client), ...waysOut(client), ...driftCalls(client) };
}

function settings(client: Client): Settings {
  return {
    async stackPolicy(StackName, signal) {
      const answer = await (await client(signal)).send(
        new GetStackPolicyCommand({ StackName }),
        abort(signal),
      );
      return v.parse(StackPolicyAnswer, answer);
    },
    async setStackPolicy(StackName, StackPolicyBody, signal) {
      const command = new SetStackPolicyCommand({ StackName, StackPolicyBody });
      await (await client(signal)).send(command, abort(signal));
    },
    async setTerminationProtection(StackName, EnableTerminationProtection, signal) {
      const command = new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection });
      await (await client(signal)).send(command, abort(signal));
    },
  };
}

function waysOut(client: Client): WaysOut {
  return {
    async rollBackStack(StackName, ClientRequestToken, signal) {
      const command = new RollbackStackCommand({ StackName, ClientRequestToken });
      await (await client(signal)).send(command, abort(signal));
    },
    async continueRollBack(StackName, ClientRequestToken, skip, signal) {
      const command = new ContinueUpdateRollbackCommand({
        StackName,
        ClientRequestToken,
        ...(skip.length > 0 ? { ResourcesToSkip: [...skip] } : {}),
      });
      await (await client(signal)).send(command, abort(signal));
    },
  };
}

function driftCalls(client: Client): DriftCalls {
  return {
    async detectDrift(StackName, signal) {
      const answer = await (await client(signal)).send(
        new DetectStackDriftCommand({ StackName }),
        abort(signal),
      );
      return v.parse(DriftIdAnswer, answer);
    },
    async drift(StackDriftDetectionId, signal) {
      const command = new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId });
      return v.parse(DriftAnswer, await (await client(signal)).send(command, abort(signal)));
    },
    resourceDrifts: (StackName, signal) =>
      allPages(async NextToken => {
        const command = new DescribeStackResourceDriftsCommand({ StackName, NextToken });
        return v.parse(ResourceDriftsAnswer, await (await client(signal)).send(command, abort(signal)));
      }),
  };
}
