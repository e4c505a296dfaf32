/** Is it the broker that listens on the port? Asked by our own processes before they trust it with anything. */
import { type KeyObject, randomBytes } from 'node:crypto';
import { get } from 'node:http';
import * as v from 'valibot';
import { SECOND } from '../base/clock.ts';
import { areSame, portProof } from './seals.ts';

/** `silent`: something has the port and says nothing, or nothing has it. */
export type Listener = 'broker' | 'stranger' | 'silent';

const PATIENCE_MS = SECOND;
const LONGEST_ANSWER = 1024;
const Proof = v.object({ proof: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) });

export async function proveBroker(key: KeyObject, port: number): Promise<Listener> {
  const nonce = randomBytes(16).toString('hex');
  const text = await ask(port, `/v1/broker?nonce=${nonce}`);
  if (text === undefined) return 'silent';
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Proof), text);
  if (!parsed.success) return 'stranger';
  const expected = Buffer.from(portProof(key, nonce, port), 'hex');
  return areSame(Buffer.from(parsed.output.proof, 'hex'), expected) ? 'broker' : 'stranger';
}

function ask(port: number, path: string): Promise<string | undefined> {
  return new Promise(resolve => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const request = get({ host: '127.0.0.1', port, path, agent: false, signal }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > LONGEST_ANSWER) request.destroy();
      });
      response.on('end', () => resolve(text));
      response.on('error', () => resolve(text));
    });
    request.on('error', (error: Error & { code?: string }) =>
      resolve(error.code?.startsWith('HPE_') ? '' : undefined),
    );
  });
}
