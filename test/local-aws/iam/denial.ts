/** A denial in AWS's words, with the code and status of the protocol that carries it. */
import type { AwsCall } from '../http/awsCall.ts';
import { AwsFault } from '../http/awsFault.ts';
import type { Caller } from '../keys.ts';
import type { Need } from './actions.ts';

export interface Denial {
  readonly explicit: boolean;
  readonly reason: string;
}

export function denialFault(call: AwsCall, caller: Caller, need: Need, denial: Denial): AwsFault {
  const text = denialText(call, caller, need, denial);
  if (call.protocol === 'ec2') return ec2Fault(text, caller, need, denial);
  if (call.protocol === 'query' || call.protocol === 'rest-xml')
    return new AwsFault('AccessDenied', text, 403);
  if (call.service === 'sqs') return new AwsFault('AccessDeniedException', text, 403, 'AccessDenied');
  return new AwsFault('AccessDeniedException', text, call.protocol === 'json' ? 400 : 403);
}

function denialText(call: AwsCall, caller: Caller, need: Need, denial: Denial): string {
  // Across accounts, and for buckets that may not exist, S3 tells nothing.
  if (call.service === 's3' && denial.reason.includes('no resource-based policy')) return 'Access Denied';
  const action = spelled(need.action);
  const resource = resourcePart(call, need);
  return `User: ${caller.arn} is not authorized to perform: ${action}${resource} ${denial.reason.replaceAll(need.action, action)}`;
}

/** SQS writes its actions in lower case and SNS its prefix in upper case. */
function spelled(action: string): string {
  if (action.startsWith('sqs:')) return action.toLowerCase();
  return action.replace(/^sns:/, 'SNS:');
}

function resourcePart(call: AwsCall, need: Need): string {
  const withoutResource = ['ec2', 'cloudtrail', 's3'].includes(call.service) && need.resource === '*';
  if (withoutResource) return '';
  const resource = need.shownResource ?? need.resource;
  return ` on resource: ${call.service === 's3' ? `"${resource}"` : resource}`;
}

function ec2Fault(text: string, caller: Caller, need: Need, denial: Denial): AwsFault {
  const encoded = encodeDenial(caller, need, denial);
  const message = `You are not authorized to perform this operation. ${text}. Encoded authorization failure message: ${encoded}`;
  return new AwsFault('UnauthorizedOperation', message, 403);
}

/** What sts:DecodeAuthorizationMessage gives back. */
function encodeDenial(caller: Caller, need: Need, denial: Denial): string {
  const content = {
    allowed: false,
    explicitDeny: denial.explicit,
    matchedStatements: { items: [] },
    failures: { items: [] },
    context: {
      principal: { id: caller.principalId, arn: caller.arn },
      action: need.action,
      resource: need.resource,
      conditions: { items: [] },
    },
  };
  return Buffer.from(JSON.stringify(content)).toString('base64url');
}
