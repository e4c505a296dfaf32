import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { Secret } from '../../../src/base/secret.ts';

const TOKEN = 'IQoJb3JpZ2luX2Vj'.repeat(40);

describe('a secret', () => {
  for (const [what, text] of [
    ['nothing', ''],
    ['a secret access key', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'],
    ['a session token', TOKEN],
    ['what is not ASCII', 'pässwörd 🔑\u0000'],
  ] as const) {
    it(`gives back ${what}, again and again`, () => {
      const secret = new Secret(text);
      assert.equal(secret.reveal(), text);
      assert.equal(secret.reveal(), text);
    });
  }

  it('shows itself nowhere else', () => {
    const secret = new Secret(TOKEN);
    const shown = [
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
    ];
    for (const text of shown) {
      assert.match(text, /\[secret\]/);
      assert.ok(!text.includes('IQoJ'), text);
    }
  });

  it('cannot be read once it is destroyed, and says what to do', () => {
    const secret = new Secret(TOKEN);
    secret.destroy();
    secret.destroy();
    assert.throws(() => secret.reveal(), { code: 'secret.destroyed', hint: /Try again/ });
    assert.equal(`${secret}`, '[secret]');
  });

  it('is revealed in 30 microseconds', () => {
    const secret = new Secret(TOKEN);
    const times = Array.from({ length: 2000 }, () => {
      const start = process.hrtime.bigint();
      secret.reveal();
      return Number(process.hrtime.bigint() - start) / 1000;
    });
    // The median: what else runs on this machine is not measured.
    const median = times.sort((a, b) => a - b)[1000] ?? Number.NaN;
    assert.ok(median <= 30, `${median} µs`);
  });
});
