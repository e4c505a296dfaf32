/** Templates in S3, whichever way their URL names the bucket. */
import { validationError } from '../http/awsFault.ts';
import type { MotoClient } from '../motoClient.ts';
import type { TemplateSource } from './desired.ts';

export function createTemplateSource(moto: MotoClient, accountId: string): TemplateSource {
  return {
    read: async url => {
      const path = objectPath(url);
      const call = {
        method: 'GET',
        path,
        headers: { host: 'localhost' },
        body: Buffer.alloc(0),
        service: 's3',
        region: 'us-east-1',
      };
      const answer = path === undefined ? undefined : await moto.send({ ...call, path }, accountId);
      if (answer?.status !== 200)
        throw validationError(
          'S3 error: Access Denied\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html',
        );
      return answer.body.toString();
    },
  };
}

function objectPath(text: string): string | undefined {
  if (!URL.canParse(text)) throw validationError(`TemplateURL must be a supported URL.`);
  const url = new URL(text);
  const virtual = /^(.+)\.s3[.-].*amazonaws\.com$/.exec(url.hostname)?.[1];
  return virtual === undefined ? url.pathname : `/${virtual}${url.pathname}`;
}
