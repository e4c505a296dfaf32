/** A folder, an AWS, a clock and the windows of one test, all gone after it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../src/base/userError.ts';
import type { Deployment } from '../../../src/deployment/deployment.ts';
import { FakeCloudFormation } from './fakeCloudFormation.ts';
import { VirtualClock } from './virtualClock.ts';
import { approve, openWindow, request, type Window, type WindowOptions } from './window.ts';

export class Scene implements Disposable {
  readonly aws = new FakeCloudFormation();
  readonly clock = new VirtualClock();
  readonly windows: Window[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'no-wing-deployments-'));
  /** The store that all its windows share. */
  readonly file = join(this.#folder, 'store.db');

  open(name = 'w1', options: Partial<WindowOptions> = {}): Window {
    const { aws, clock, file } = this;
    const window = openWindow({ file, aws, clock, name, ...options });
    this.windows.push(window);
    return window;
  }

  applied(window: Window, deployment: Deployment): Promise<Deployment> {
    return window.deployments.apply(deployment.id, approve(deployment, this.clock.now()), window.say);
  }

  async deployed(window: Window, asked = request): Promise<Deployment> {
    return await this.applied(window, await planned(window, asked));
  }

  /** What a deployment that did nothing must not leave at AWS. */
  async leftovers(): Promise<{ sets: string[]; shells: string[] }> {
    const { aws } = this;
    for (const stack of aws.stacks) {
      if (stack.status === 'DELETE_IN_PROGRESS') await aws.api().stack(stack.stackId);
    }
    return {
      sets: aws.changeSets.filter(set => !set.executionStatus.startsWith('EXECUTE')).map(set => set.name),
      shells: aws.stacks.filter(stack => /REVIEW|DELETE_IN/.test(stack.status)).map(stack => stack.name),
    };
  }

  [Symbol.dispose](): void {
    for (const window of this.windows) window.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export const nothingLeft = { sets: [], shells: [] };
export const never = new AbortController().signal;

export const planned = (window: Window, asked = request): Promise<Deployment> =>
  window.deployments.plan(asked, never);

export async function refused(work: Promise<unknown>, code: string, text = /./): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, text);
    assert.ok(error.hint, 'an error says what to do next');
    return true;
  });
}
