import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HOUR, MINUTE } from '../../../src/base/clock.ts';
import { UserError } from '../../../src/base/userError.ts';
import { type ActiveIdentities, createActiveIdentities } from '../../../src/identity/activeIdentities.ts';
import type { ActiveProfiles } from '../../../src/identity/selection.ts';
import { createSessions, type Sessions } from '../../../src/identity/sessions.ts';
import { ALICE, COPILOT, type SessionWorld, sessionWorld } from './world.ts';

const OTHER = { ...COPILOT, id: 'claude-id', name: 'claude' };

describe('the active identities', () => {
  let world: SessionWorld;
  let sessions: Sessions;
  let chosen: { -readonly [K in keyof ActiveProfiles]: ActiveProfiles[K] };
  let active: ActiveIdentities;
  beforeEach(() => {
    world = sessionWorld();
    world.profiles.set(OTHER.id, OTHER);
    sessions = createSessions(world.input);
    chosen = { user: ALICE, agent: COPILOT };
    const selection = {
      active: () => chosen,
      select(profile: typeof ALICE) {
        chosen = { ...chosen, [profile.kind]: profile };
      },
    };
    active = createActiveIdentities({
      selection,
      sessions,
      isRevoked: world.input.isRevoked,
      clock: world.clock,
    });
    active.reload();
  });
  afterEach(() => world.dispose());

  const states = (): string[] => [active.current().user.state, active.current().agent.state];

  it('are signed out until somebody signs in', async () => {
    assert.deepEqual(states(), ['signedOut', 'signedOut']);
    await active.keepSignedIn();
    assert.deepEqual(states(), ['ready', 'ready']);
  });

  it('tell when the agent cannot be had; the user is not touched by it', async () => {
    world.sts.failure = new Error('down');
    await active.keepSignedIn();
    assert.deepEqual(states(), ['ready', 'broken']);
    const { agent } = active.current();
    assert.ok(agent.state === 'broken' && agent.error instanceof UserError);
  });

  it('do not ask again and again for what is broken, only when told to', async () => {
    world.sts.failure = new Error('down');
    await active.keepSignedIn();
    world.sts.failure = undefined;
    await active.keepSignedIn();
    assert.equal(active.current().agent.state, 'broken');
    await active.signInAgain('agent');
    assert.equal(active.current().agent.state, 'ready');
  });

  it('are renewed before they end', async () => {
    await active.keepSignedIn();
    world.clock.advance(HOUR - 4 * MINUTE);
    await active.keepSignedIn();
    const { agent } = active.current();
    assert.ok(agent.state === 'ready' && agent.expiresAt !== undefined);
    assert.equal(agent.expiresAt - world.clock.now(), HOUR);
  });

  it('keep the later choice when an earlier sign-in ends late', async () => {
    let open = (): void => undefined;
    world.sts.gate = new Promise(resolve => {
      open = resolve;
    });
    const slow = active.select(COPILOT);
    await new Promise(setImmediate);
    world.sts.gate = Promise.resolve();
    await active.select(OTHER);
    open();
    await slow;
    const { agent } = active.current();
    assert.ok(agent.state === 'ready');
    assert.equal(agent.profile.name, 'claude');
  });

  it('stay signed out once somebody signs them out, until somebody signs them in', async () => {
    await active.keepSignedIn();
    active.signOut('agent');
    assert.deepEqual(states(), ['ready', 'signedOut']);
    assert.equal(sessions.peek(COPILOT.id), undefined);
    await active.keepSignedIn();
    active.reload();
    await active.keepSignedIn();
    assert.deepEqual(states(), ['ready', 'signedOut']);
    await active.signInAgain('agent');
    assert.deepEqual(states(), ['ready', 'ready']);
    world.clock.advance(HOUR - 4 * MINUTE);
    await active.keepSignedIn();
    assert.equal(world.sts.assumed.length, 3, 'from then on it is kept signed in again');
  });

  it('are signed out also while they sign in: what comes of that is not kept', async () => {
    const gate = Promise.withResolvers<void>();
    world.sts.gate = gate.promise;
    const signingIn = active.keepSignedIn();
    await new Promise(setImmediate);
    active.signOut('agent');
    gate.resolve();
    await signingIn;
    assert.equal(active.current().agent.state, 'signedOut');
    assert.equal(sessions.peek(COPILOT.id), undefined);
  });

  it('are signed in when another profile is chosen after a sign-out', async () => {
    await active.keepSignedIn();
    active.signOut('agent');
    await active.select(OTHER);
    assert.deepEqual(states(), ['ready', 'ready']);
  });

  it('show that an agent was stopped, and that it may go on, also by another window', async () => {
    await active.keepSignedIn();
    world.revoked.add(COPILOT.id);
    await active.keepSignedIn();
    const { agent } = active.current();
    assert.ok(agent.state === 'broken');
    assert.equal(agent.error.code, 'identity.revoked');
    world.revoked.clear();
    await active.keepSignedIn();
    assert.deepEqual(states(), ['ready', 'ready']);
  });

  it('follow a profile that was removed', async () => {
    await active.keepSignedIn();
    chosen = { user: ALICE };
    active.reload();
    assert.deepEqual(states(), ['ready', 'none']);
  });

  it('tell nobody when nothing has changed', () => {
    let told = 0;
    active.onChange(() => told++);
    active.reload();
    assert.equal(told, 0);
  });
});
