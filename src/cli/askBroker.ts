/** One question to a broker on this computer, and what came back. */
import { get } from 'node:http';
import * as v from 'valibot';
import { SECOND } from '../base/clock.ts';
import type { Secret } from '../base/secret.ts';

export type Reply =
  | { readonly state: 'answered'; readonly body: unknown }
  | { readonly state: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  /** Nobody listens there, or somebody who does not speak as a broker does. */
  | { readonly state: 'nobody'; readonly why: string };

export interface Question {
  readonly port: number;
  readonly path: '/v1/credentials' | '/v1/identity';
  readonly apiKey: Secret;
}

/** A window that has to start a session first asks the keychain and AWS for it. */
const PATIENCE_MS = 30 * SECOND;
const LONGEST_ANSWER = 64 * 1024;

const RefusalBody = v.object({ code: v.string(), message: v.string() });

/** Never rejects. */
export async function askBroker(question: Question): Promise<Reply> {
  try {
    const { status, text } = await exchange(question);
    const body: unknown = JSON.parse(text);
    if (status === 200) return { state: 'answered', body };
    return { state: 'refused', status, ...v.parse(RefusalBody, body) };
  } catch (error) {
    return { state: 'nobody', why: error instanceof Error ? error.name : 'unknown' };
  }
}

function exchange({ port, path, apiKey }: Question): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const headers = { Authorization: apiKey.reveal() };
    const request = get({ host: '127.0.0.1', port, path, headers, agent: false, signal }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
        if (text.length > LONGEST_ANSWER) request.destroy(new Error('too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}
