/**
 * Records and files of a deployment of Terraform that another program has written: no program is started for them, no
 * session is handed out for them, and nothing but what was shown is applied.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { startOf } from '../../src/base/runningProcess.ts';
import { Secret } from '../../src/base/secret.ts';
import type { Client } from '../../src/broker/client.ts';
import type { DeployRequest, Engine, Run, Watch } from '../../src/deployment/engine.ts';
import { type Plan, sealPlan } from '../../src/deployment/plan.ts';
import { OVERRIDE_FILE } from '../../src/deployment/terraform/backend.ts';
import type { RunTool } from '../../src/deployment/terraform/runTool.ts';
import { DEFAULT_SETTINGS } from '../../src/deployment/terraform/settings.ts';
import { createTerraformEngine } from '../../src/deployment/terraform/terraformEngine.ts';
import { unitName } from '../../src/deployment/terraform/terraformSource.ts';
import { stampOf, type Workshop } from '../../src/deployment/terraform/workshop.ts';
import { removeFolder } from '../setup/ownedProcess.ts';
import { scratchFolder } from '../setup/scratchFolder.ts';
import { JUDGEMENT } from '../unit/deployment/requests.ts';
import { sourceOf } from '../unit/deployment/terraform/sources.ts';
import { COPILOT } from '../unit/identity/world.ts';
import { never, refused } from './computer.ts';

const ID = 'deployment1';
const SHOWN = { resource_changes: [], configuration: {} };

class Window {
  readonly folder = scratchFolder();
  readonly tool = join(this.folder, 'terraform');
  readonly work = join(this.folder, 'terraform-data', 'terraform', 'work', ID);
  /** What was started: the program, and its first argument. */
  readonly started: string[] = [];
  brokers = 0;
  shown: unknown = SHOWN;
  whileShown = (): void => undefined;

  constructor() {
    writeFileSync(this.tool, `#!/bin/sh\ncat "$6" > ${this.folder}/applied\n`);
    chmodSync(this.tool, 0o755);
  }

  readonly run: Run = {
    deploymentId: ID,
    region: 'eu-west-1',
    who: 'copilot',
    session: async () => ({
      profile: COPILOT,
      accountId: '111122223333',
      arn: 'arn:aws:sts::111122223333:assumed-role/agent/no-wing-copilot-1',
      credentials: { accessKeyId: 'ASIACOPILOT', secretAccessKey: new Secret('the-secret') },
    }),
    signal: never,
  };

  engine(): Engine {
    const directory = join(this.folder, 'terraform-data');
    mkdirSync(directory, { recursive: true });
    return createTerraformEngine({
      directory,
      settings: () => ({ ...DEFAULT_SETTINGS, paths: { terraform: this.tool, opentofu: '' } }),
      openBroker: this.openBroker,
      endpoint: () => undefined,
      env: { PATH: '/bin:/usr/bin' },
      platform: process.platform,
      runTool: this.runTool,
      pace: { clock: systemClock, pollMs: 20 },
      log: silentLog,
    });
  }

  private readonly openBroker: Workshop['openBroker'] = async ({ folder, profile }) => {
    this.brokers += 1;
    const client: Client = {
      id: 'abcdef012345',
      name: 'exec',
      use: 'commandLine',
      kind: 'agent',
      profileId: profile.id,
      scopes: [],
      createdAt: 1,
      expiresAt: 2,
    };
    const tokenFile = join(folder, 'key');
    return {
      client,
      credentialsUri: 'http://127.0.0.1:1/v1/credentials',
      tokenFile,
      dispose: () => undefined,
    };
  };

  private readonly runTool: RunTool = async ({ tool, args, cwd, env }) => {
    this.started.push(`${tool.path} ${args[0]}`);
    const says = (stdout: unknown, exitCode = 0) => ({
      exitCode,
      stdout: JSON.stringify(stdout),
      stderr: '',
    });
    const [verb = ''] = args;
    if (verb === 'version') return says({ terraform_version: '1.11.4' });
    if (verb === 'init') writeInitialised(cwd, env['TF_DATA_DIR'] ?? '');
    if (verb === 'plan') {
      writeFileSync(join(this.work, 'plan'), 'the plan');
      return says({}, 2);
    }
    if (verb === 'show') this.whileShown();
    return says(verb === 'validate' ? { valid: true, diagnostics: [] } : this.shown);
  };

  request(): DeployRequest {
    const source = sourceOf({ 'main.tf': 'resource "terraform_data" "x" {\n}\n' });
    const askedBy = { kind: 'user', name: 'alice', door: 'window' } as const;
    return { profileId: COPILOT.id, stackName: unitName(source), operation: 'deploy', source, askedBy };
  }

  async planned(engine: Engine): Promise<Plan> {
    const draft = await engine.plan(this.request(), this.run, () => undefined);
    assert.ok(draft.kind === 'plan');
    return sealPlan(draft.plan, JUDGEMENT);
  }
}

function writeInitialised(cwd: string, data: string): void {
  const { terraform } = JSON.parse(readFileSync(join(cwd, OVERRIDE_FILE), 'utf8'));
  const backend = { type: 'local', config: terraform.backend.local };
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'terraform.tfstate'), JSON.stringify({ backend }));
}

const silentWatch: Watch = { known: () => [], record: () => [], say: () => undefined };

describe('a forged deployment of Terraform', () => {
  let window: Window;
  beforeEach(() => {
    window = new Window();
  });
  afterEach(() => removeFolder(window.folder));

  function forged(plan: Plan): Plan {
    assert.ok(plan.engine === 'terraform');
    const binary = { ...plan.binary, path: join(window.folder, 'evil.sh') };
    return { ...plan, binary, workspace: 'w', root: '../../..', backend: 'gcs' };
  }

  it('in a record, is taken back without starting anything', async () => {
    const plan = forged(await window.planned(window.engine()));
    window.started.length = 0;
    window.brokers = 0;
    for (const stackName of ['t/p/w', plan.stackName]) {
      const left = await window.engine().discard({ stackName, createsStack: true, plan }, window.run);
      assert.equal(left, 'discarded');
    }
    assert.deepEqual([window.started, window.brokers], [[], 0]);
  });

  it('for a plan of this window, starts nothing but what that plan was drafted with', async () => {
    const engine = window.engine();
    const plan = forged(await window.planned(engine));
    await engine.discard({ stackName: plan.stackName, createsStack: true, plan }, window.run);
    assert.ok(
      window.started.every(line => line.startsWith(window.tool)),
      window.started.join(),
    );
  });

  it('is not applied by a window that has not drafted it, nor as somebody else', async () => {
    const engine = window.engine();
    const plan = await window.planned(engine);
    window.brokers = 0;
    for (const [by, run] of [
      [window.engine(), window.run],
      [engine, { ...window.run, region: 'us-east-1' }],
    ] as const) {
      assert.equal((await by.apply(plan, run, () => true)).kind, 'refused');
    }
    assert.equal(window.brokers, 0);
  });

  it('that seems to be running gets no session at an address that a file names', async () => {
    const plan = forged(await window.planned(window.engine()));
    window.started.length = 0;
    window.brokers = 0;
    const child = spawn('sleep', ['0.5']);
    const { pid = 0 } = child;
    const known = { processId: pid, processStart: startOf(pid) };
    writeFileSync(join(window.work, 'order.json'), JSON.stringify({ at: 1, port: 34567 }));
    writeFileSync(join(window.work, 'process.json'), JSON.stringify(known));
    const said: string[] = [];
    const watch: Watch = { ...silentWatch, say: progress => said.push(JSON.stringify(progress)) };
    const outcome = await window.engine().follow(plan, window.run, watch);
    assert.ok(outcome.kind === 'failed');
    assert.match(outcome.failure.reason, /Its state was not looked at/);
    assert.deepEqual([window.started, window.brokers], [[], 0]);
    assert.match(said.join(), /is not renewed/);
  });

  it('is refused when its plan file is another one after it was shown', async () => {
    window.whileShown = () => writeFileSync(join(window.work, 'plan'), 'another plan');
    await refused(window.planned(window.engine()), 'terraform.planFileChanged');
  });

  it('is applied from a copy of what was approved, under a name that nobody knew', async () => {
    const engine = window.engine();
    const plan = await window.planned(engine);
    assert.deepEqual(await engine.apply(plan, window.run, () => true), { kind: 'ordered' });
    writeFileSync(join(window.work, 'plan'), 'another plan');
    await engine.follow(plan, window.run, silentWatch);
    assert.equal(readFileSync(join(window.folder, 'applied'), 'utf8'), 'the plan');
  });

  it('is not applied by a program of the same size and time', async () => {
    const engine = window.engine();
    utimesSync(window.tool, 1_700_000_000, 1_700_000_000);
    const plan = await window.planned(engine);
    const before = stampOf({ kind: 'terraform', path: window.tool });
    writeFileSync(window.tool, readFileSync(window.tool, 'utf8').replace('cat', 'rm '));
    utimesSync(window.tool, 1_700_000_000, 1_700_000_000);
    assert.notEqual(stampOf({ kind: 'terraform', path: window.tool }), before);
    const ordered = await engine.apply(plan, window.run, () => true);
    assert.ok(ordered.kind === 'refused');
    assert.match(ordered.error.message, /is another program than when the plan was made/);
  });

  it('whose provider has credentials of its own is refused, also when its files hid that', async () => {
    const aws = (expressions: unknown) => ({
      'm:a': { name: 'a', full_name: 'registry.terraform.io/hashicorp/aws', expressions },
    });
    const region = { constant_value: 'eu-west-1' };
    window.shown = { configuration: { provider_config: aws({ region, endpoints: [] }) } };
    await window.planned(window.engine());
    for (const name of ['profile', 'access_key', 'assume_role', 'endpoints', 'shared_config_files']) {
      window.shown = { configuration: { provider_config: aws({ region, [name]: [{}] }) } };
      const error = await refused(window.planned(window.engine()), 'terraform.otherIdentity');
      assert.match(error.message, new RegExp(`provider m:a sets ${name}`));
    }
  });
});
