/** Keeps our key ring in step with access keys made, disabled and deleted through IAM. */
import type { AwsAnswer, AwsCall } from './http/awsCall.ts';
import { parseXml } from './http/xml.ts';
import type { Caller, Keys } from './keys.ts';
import type { MotoClient } from './motoClient.ts';
import { dig, textOf } from './values.ts';

export type KeyChanges = (call: AwsCall, caller: Caller, answer: AwsAnswer) => Promise<void>;

export function createKeyChanges(keys: Keys, moto: MotoClient): KeyChanges {
  return async (call, caller, answer) => {
    const accessKeyId = textOf(call.parameters['AccessKeyId']) ?? '';
    switch (call.operation) {
      case 'CreateAccessKey':
        return addKey(keys, moto, caller.accountId, answer);
      case 'DeleteAccessKey':
        return keys.remove(accessKeyId);
      case 'UpdateAccessKey':
        return keys.setActive(accessKeyId, call.parameters['Status'] === 'Active');
      default:
    }
  };
}

async function addKey(keys: Keys, moto: MotoClient, accountId: string, answer: AwsAnswer): Promise<void> {
  const made = dig(parseXml(answer.body.toString()), 'CreateAccessKeyResult', 'AccessKey');
  const userName = textOf(dig(made, 'UserName')) ?? '';
  const { User: user } = await moto.iam(accountId, 'GetUser', { UserName: userName });
  keys.add({
    caller: {
      kind: 'user',
      accountId,
      arn: textOf(dig(user, 'Arn')) ?? '',
      principalId: textOf(dig(user, 'UserId')) ?? '',
      accessKeyId: textOf(dig(made, 'AccessKeyId')) ?? '',
      userName,
    },
    secretAccessKey: textOf(dig(made, 'SecretAccessKey')) ?? '',
    active: true,
  });
}
