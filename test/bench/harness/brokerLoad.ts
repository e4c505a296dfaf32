// The process that asks in the bench of the broker: as SDKs do (a connection for each request), and as fast as it can.
//   node brokerLoad.ts sequence|rate|crowd PORT COUNT    keys on stdin, one a line; prints its findings as JSON
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';

const [what, portText, countText] = process.argv.slice(2);
const port = Number(portText);
const count = Number(countText);
const apiKeys = readFileSync(0, 'utf8').trim().split('\n');

const works = { sequence, rate, crowd };
console.log(JSON.stringify(await works[what as keyof typeof works]()));

/** One after the other, each on a connection of its own: milliseconds of each. */
async function sequence(): Promise<number[]> {
  const times: number[] = [];
  // The first ones warm both sides up.
  for (let at = -500; at < count; at++) {
    const start = performance.now();
    if (!(await once(keyOf(at)))) throw new Error('A request was lost');
    if (at >= 0) times.push(performance.now() - start);
  }
  return times;
}

/** On connections that stay, for `count` milliseconds: how many were answered. */
async function rate(): Promise<number> {
  const start = performance.now();
  let answered = 0;
  await Promise.all(
    apiKeys.map(async key => {
      const { ask, socket } = await open();
      while (performance.now() - start < count) {
        if (!(await ask(key))) throw new Error('A request was lost');
        answered++;
      }
      socket.destroy();
    }),
  );
  return answered;
}

/** All clients at the same moment: how many got no answer, and how long the last one took. */
async function crowd(): Promise<{ lost: number; ms: number }> {
  const start = performance.now();
  const answers = await Promise.all(apiKeys.map(key => once(key).catch(() => false)));
  return { lost: answers.filter(answer => !answer).length, ms: performance.now() - start };
}

function keyOf(at: number): string {
  return apiKeys[Math.abs(at) % apiKeys.length] ?? '';
}

interface Connection {
  ask(apiKey: string): Promise<boolean>;
  readonly socket: Socket;
}

async function once(apiKey: string): Promise<boolean> {
  const { ask, socket } = await open();
  const isAnswered = await ask(apiKey);
  socket.destroy();
  return isAnswered;
}

/** Raw, so that what is measured is the other side. */
function open(): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let text = '';
    let settle: ((isAnswered: boolean) => void) | undefined;
    socket.setEncoding('latin1');
    socket.on('data', part => {
      text += String(part);
      const body = text.indexOf('\r\n\r\n') + 4;
      if (body < 4) return;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
      if (text.length < body + length) return;
      const isGood = text.startsWith('HTTP/1.1 200');
      text = '';
      settle?.(isGood);
    });
    socket.on('close', () => settle?.(false));
    socket.on('error', reject);
    const ask = (apiKey: string): Promise<boolean> =>
      new Promise(done => {
        settle = done;
        socket.write(
          `GET /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: ${apiKey}\r\nAccept: */*\r\n\r\n`,
        );
      });
    socket.once('connect', () => resolve({ ask, socket }));
  });
}
