// The CDK: its command line and its library.
import { cdkDir, versions } from '../places.ts';
import { findPackages } from './npmFolder.ts';

/** Half a minute, once per machine. @returns the folder that an app's `node_modules` can be a link to. */
export function findCdk(): Promise<string> {
  const { cdk, cdkLibrary, constructs } = versions;
  const packages = [`aws-cdk@${cdk}`, `aws-cdk-lib@${cdkLibrary}`, `constructs@${constructs}`];
  return findPackages({ what: `the CDK ${cdk}`, folder: cdkDir, packages });
}
