/** CDK apps as a project has them, with the real CDK: its command line and its library. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cdkDir } from '../setup/places.ts';

/** What the CDK makes of a bootstrapped account, as far as it is needed here. */
export const BOOTSTRAP = {
  bucket: (accountId: string, region: string): string => `cdk-hnb659fds-assets-${accountId}-${region}`,
  versionParameter: '/cdk-bootstrap/hnb659fds/version',
};

/** An orders stack with a queue, a role that reads a file asset, and a nested stack. */
export const SHOP = `
import { App, CfnOutput, NestedStack, Stack } from 'aws-cdk-lib';
import { AnyPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnParameter } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { TRUST } from './trust.mjs';

const app = new App();
const env = { account: process.env.CDK_DEFAULT_ACCOUNT, region: process.env.CDK_DEFAULT_REGION };
const shop = new Stack(app, 'Shop', { env, tags: { team: 'orders' } });
const days = new CfnParameter(shop, 'Days', { type: 'Number', default: 4 });
const queue = new Queue(shop, 'Orders');
queue.node.defaultChild.messageRetentionPeriod = days.valueAsNumber;
const assumedBy = TRUST === 'everybody' ? new AnyPrincipal() : new ServicePrincipal('lambda.amazonaws.com');
const worker = new Role(shop, 'Worker', { assumedBy });
new Asset(shop, 'Files', { path: 'files' }).grantRead(worker);
new CfnOutput(shop, 'QueueUrl', { value: queue.queueUrl });
const reports = new Stack(app, 'Reports', { env });
new CfnOutput(reports, 'From', { value: queue.queueArn });
new Queue(reports, 'Done');
`;

/** Where everything that they are made with is installed. */
export function cdkModules(): string {
  return process.env['NO_WING_CDK'] ?? join(cdkDir, 'node_modules');
}

/** @returns the folder, which holds `cdk.json`. */
export function cdkApp(folder: string, files: Readonly<Record<string, string>>): string {
  const all = { 'cdk.json': JSON.stringify({ app: 'node app.mjs' }), ...files };
  for (const [name, text] of Object.entries(all)) writeAppFile(folder, name, text);
  symlinkSync(cdkModules(), join(folder, 'node_modules'));
  return folder;
}

export function writeAppFile(folder: string, name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}
