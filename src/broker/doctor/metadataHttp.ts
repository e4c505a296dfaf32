/** Asks the instance metadata service, for a second at most. */
import { request } from 'node:http';
import { SECOND } from '../../base/clock.ts';
import type { Answer, Ask } from './metadata.ts';

const LONGEST_ANSWER = 4096;

/** @param url where it is; another one only in tests. */
export function metadataHttp(url = 'http://169.254.169.254'): Ask {
  return ({ method, path, headers }, signal) =>
    new Promise<Answer>((resolve, reject) => {
      // From the start, not from the connection: a firewall that drops packets lets nobody connect.
      const late = AbortSignal.any([signal, AbortSignal.timeout(SECOND)]);
      const sent = request(new URL(path, url), { method, headers, signal: late }, answer => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          text = `${text}${part}`.slice(0, LONGEST_ANSWER);
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
        answer.on('error', reject);
      });
      sent.on('error', reject);
      sent.end();
    });
}
