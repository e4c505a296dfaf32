/** Terraform and OpenTofu as an engine: saved plans, applied and followed as the agent. */
import { UserError } from '../../base/userError.ts';
import type { PrivateBroker } from '../../broker/privateBroker.ts';
import type { Checked, DeployRequest, Engine, Run } from '../engine.ts';
import { ownOf } from '../source.ts';
import { allDeclarations } from './configuration.ts';
import { draft } from './draft.ts';
import type { DraftedHere } from './draftedHere.ts';
import { follow } from './follow.ts';
import { otherIdentity } from './foreignIdentity.ts';
import { order } from './order.ts';
import { requireOwnPaths } from './prepare.ts';
import { requireOneValue, withoutSecrets } from './secretValues.ts';
import { stop } from './stop.ts';
import { discard } from './takeBack.ts';
import { isName, type TerraformSource, unitName } from './terraformSource.ts';
import { type FoundTool, findTool, type Tool, toolOf } from './tool.ts';
import { workFolderOf } from './workFolder.ts';
import { brokerFor, stampOf, type Workshop } from './workshop.ts';

export function createTerraformEngine(workshop: Workshop): Engine {
  const toolFor = createToolFor(workshop);
  const brokers = createBrokers(workshop);
  const drafted = new Map<string, DraftedHere>();
  return {
    check: request => Promise.resolve().then(() => check(request)),
    plan: async (request, run, creating) => {
      const source = ownOf('terraform', request.source);
      const tool = await toolFor(source, request.folder, run.signal);
      let createsWorkspace = false;
      const found = await draft(workshop, tool, { ...request, source }, run, () => {
        createsWorkspace = true;
        creating();
      });
      if (found.kind === 'plan') drafted.set(run.deploymentId, { plan: found.plan, createsWorkspace });
      return found;
    },
    apply: async (_plan, run, mayOrder) => {
      const ordered = await order(workshop, drafted, () => brokers.open(run), run, mayOrder);
      if (ordered.kind !== 'ordered') await brokers.close(run);
      return ordered;
    },
    follow: async (plan, run, watch) => {
      if (!brokers.isOpen(run)) watch.say({ kind: 'notice', text: LOST_BROKER });
      try {
        const outcome = await follow(
          workshop,
          ownOf('terraform', plan),
          drafted.get(run.deploymentId)?.plan,
          run,
          watch,
        );
        drafted.delete(run.deploymentId);
        return outcome;
      } finally {
        await brokers.close(run);
      }
    },
    stop: (plan, effect, run) => stop(workshop, ownOf('terraform', plan), effect, run),
    discard: async (_leftover, run) => {
      const left = await discard(workshop, drafted.get(run.deploymentId), run);
      if (left === 'discarded') drafted.delete(run.deploymentId);
      return left;
    },
  };
}

const LOST_BROKER =
  'Terraform goes on with the session that it has. The window that started it is gone, so that session is not renewed: when it ends before the deployment does, the rest fails with that reason, and a new plan shows what is left.';

interface Brokers {
  open(run: Run): Promise<PrivateBroker>;
  isOpen(run: Run): boolean;
  close(run: Run): Promise<void>;
}

/**
 * Those of the applies that this window has ordered: a process may ask for its session as long as it runs. One of an
 * earlier window is never opened again: what says that there was one are files which any program of this user can
 * write, and so any could ask for a session at an address that it has chosen.
 */
function createBrokers(workshop: Workshop): Brokers {
  const opened = new Map<string, Promise<PrivateBroker>>();
  return {
    open: run => {
      const folder = workFolderOf(workshop.directory, run.deploymentId);
      const broker = opened.get(run.deploymentId) ?? brokerFor(workshop, run, folder);
      opened.set(run.deploymentId, broker);
      broker.catch(() => opened.delete(run.deploymentId));
      return broker;
    },
    isOpen: run => opened.has(run.deploymentId),
    close: async run => {
      const broker = opened.get(run.deploymentId);
      opened.delete(run.deploymentId);
      await broker?.then(
        ({ dispose }) => dispose(),
        () => undefined,
      );
    },
  };
}

type ToolFor = (source: TerraformSource, folder: string | undefined, signal: AbortSignal) => Promise<Tool>;

/** A program's version is asked for once, as long as it stays the same file. */
function createToolFor(workshop: Workshop): ToolFor {
  const known = new Map<string, Tool>();
  return async (source, folder, signal) => {
    const { env, platform, settings } = workshop;
    const workspaces = [source.folder, ...(folder === undefined ? [] : [folder])];
    const found = findTool(source.preferred, settings().paths, { env, platform, workspaces });
    const key = `${found.path} ${stampOf(found)}`;
    const tool = known.get(key) ?? toolOf(found, await versionOf(workshop, found, signal));
    known.set(key, tool);
    return { ...tool, ...found };
  };
}

async function versionOf(
  { runTool, directory }: Workshop,
  tool: FoundTool,
  signal: AbortSignal,
): Promise<string> {
  const env = { CHECKPOINT_DISABLE: '1', PATH: '' };
  return (await runTool({ tool, args: ['version', '-json'], cwd: directory, env, signal })).stdout;
}

function check({ stackName, source }: DeployRequest): Checked {
  const own = ownOf('terraform', source);
  const { tenant, project, workspace } = own;
  if (![tenant, project, workspace].every(isName) || stackName !== unitName(own)) {
    throw new UserError(
      'terraform.name',
      `No Wing does not take the name "${stackName}" for a project of Terraform.`,
      {
        hint: 'Tenant, project and workspace each begin with a letter or digit and have letters, digits, ".", "_" and "-" only, 64 at most.',
      },
    );
  }
  requireOwnPaths(own);
  requireOneValue(own);
  const { programs, identities, backendIdentities } = allDeclarations(own.files);
  const others = [...identities, ...(own.backend.kind === 'configured' ? backendIdentities : [])];
  if (others.length > 0) throw otherIdentity(stackName, others);
  if (programs.length > 0 && !own.runsPrograms) throw runsPrograms(stackName, programs);
  return { source: withoutSecrets(own), sourceName: `${own.folder}` };
}

function runsPrograms(stackName: string, programs: readonly string[]): UserError {
  return new UserError(
    'terraform.runsPrograms',
    `To plan ${stackName} runs or calls something already: ${programs.join('; ')}. Nothing was planned.`,
    { hint: 'Look at what that is, then deploy it from the window, where you are asked.' },
  );
}
