// A window of its own: writes one secret again and again, or hangs in the middle of a call. Its work comes as a message.
import { Secret } from '../../src/base/secret.ts';
import { type OpenOptions, openKeychain } from './world.ts';

export interface WriterOrder extends OpenOptions {
  readonly name: string;
  readonly letter: string;
  readonly times: number;
}

process.once('message', async (order: WriterOrder) => {
  const { keychain, close } = openKeychain(order);
  for (let time = 1; time <= order.times; time += 1) {
    await keychain.write(order.name, new Secret(order.letter.repeat(3000 + 1000 * (time % 4))));
  }
  close();
  process.send?.('done');
  process.disconnect();
});
