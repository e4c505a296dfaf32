/** One call to AWS, whatever protocol it came in. */
import type { Fields } from '../values.ts';

export type Protocol = 'query' | 'ec2' | 'json' | 'rest-json' | 'rest-xml' | 'cbor';

export interface AwsCall {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The signing name: `sts`, `s3`, `monitoring` ... */
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  /** As the service's API spells them. */
  readonly parameters: Fields;
  readonly protocol: Protocol;
}

export interface AwsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
