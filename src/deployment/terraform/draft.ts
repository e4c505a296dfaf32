/** Drafts a plan: init, validate, workspace, plan, show; in a private copy, as the agent. It changes nothing in AWS. */
import { join, relative, sep } from 'node:path';
import type { Session } from '../../identity/session.ts';
import type { DeployRequest, DraftOf, Run } from '../engine.ts';
import { type DraftedTerraform, type PlannedChange, sha256 } from '../plan.ts';
import type { Backend } from './backend.ts';
import { outputsOf, plannedChanges } from './changes.ts';
import type { Doing } from './faults.ts';
import { guardedResources, programsIn } from './guardedChanges.ts';
import { shownPlanFile } from './planFile.ts';
import { initialise, layOut, selectWorkspace, validate } from './prepare.ts';
import { bytesOf } from './project.ts';
import { secretsOf } from './secretValues.ts';
import { type ShownPlan, shownPlan } from './shownPlan.ts';
import { requireOwnIdentity } from './shownProviders.ts';
import { sweep } from './takeBack.ts';
import type { TerraformSource } from './terraformSource.ts';
import { TOOL_NAMES, type Tool } from './tool.ts';
import { readText, rootOf, type WorkFolder, workFolderOf } from './workFolder.ts';
import { type Bench, benchFor, brokerFor, command, stampOf, type Workshop } from './workshop.ts';

export interface TerraformRequest extends Pick<DeployRequest, 'stackName' | 'operation'> {
  readonly source: TerraformSource;
}

export async function draft(
  workshop: Workshop,
  tool: Tool,
  request: TerraformRequest,
  run: Run,
  creating: () => void,
): Promise<DraftOf<DraftedTerraform>> {
  const { source } = request;
  const doing: Doing = { what: `plan ${request.stackName}`, who: run.who, changed: 'nothing' };
  sweep(workshop);
  const session = await run.session(run.signal);
  const folder = workFolderOf(workshop.directory, run.deploymentId);
  const backend = layOut(workshop, source, folder, run, session);
  const broker = await brokerFor(workshop, run, folder);
  try {
    const cwd = rootOf(folder, source);
    const kind = backend.override?.type ?? 'configured';
    const ask = { run, folder, broker, tool, cwd, backend: kind, variables: source.variables };
    const bench = await benchFor(workshop, ask);
    await initialise(workshop, bench, backend, folder, run, doing);
    await selectWorkspace(workshop, bench, source.workspace, run, doing, creating);
    const found = await validPlan(workshop, bench, request, folder, run, doing);
    if (found === undefined) return { kind: 'noChanges' };
    const { shown, hash: planFile } = found;
    requireOwnIdentity(shown, request.stackName);
    const plan = planOf({
      request,
      run,
      session,
      tool,
      backend,
      folder,
      shown,
      planFile,
      now: workshop.pace.clock.now(),
    });
    return { kind: 'plan', plan, resources: guardedResources(shown) };
  } finally {
    broker.dispose();
  }
}

/** Exit codes of `-detailed-exitcode`. */
const NO_CHANGES = 0;
const CHANGES = 2;

/** Side by side: a fault is told as the validation tells it, with its place. */
async function validPlan(...ask: Parameters<typeof planned>): ReturnType<typeof planned> {
  const [workshop, bench, , , run, doing] = ask;
  const [valid, shown] = await Promise.allSettled([validate(workshop, bench, run, doing), planned(...ask)]);
  if (valid.status === 'rejected') throw valid.reason;
  if (shown.status === 'rejected') throw shown.reason;
  return shown.value;
}

/** @returns undefined when there is nothing to change. */
async function planned(
  workshop: Workshop,
  bench: Bench,
  { source, operation, stackName }: TerraformRequest,
  folder: WorkFolder,
  run: Run,
  doing: Doing,
): Promise<{ readonly shown: ShownPlan; readonly hash: string } | undefined> {
  const files = source.varFiles.map(path => relative(bench.cwd, join(folder.source, ...path.split('/'))));
  const args = [
    ...['plan', '-input=false', '-no-color', '-json', '-detailed-exitcode', `-out=${folder.plan}`],
    ...(operation === 'destroy' ? ['-destroy'] : []),
    ...files.map(path => `-var-file=${path.split(sep).join('/')}`),
  ];
  const good = [NO_CHANGES, CHANGES];
  const { exitCode } = await command(workshop, bench, args, run.signal, doing, good);
  if (exitCode === NO_CHANGES) return undefined;
  return await shownPlanFile(folder, stackName, async () => {
    const show = await command(workshop, bench, ['show', '-json', folder.plan], run.signal, doing);
    return shownPlan(show.stdout);
  });
}

interface Drafted {
  readonly request: TerraformRequest;
  readonly run: Run;
  readonly session: Session;
  readonly tool: Tool;
  readonly backend: Backend;
  readonly folder: WorkFolder;
  readonly shown: ShownPlan;
  /** Its hash. */
  readonly planFile: string;
  readonly now: number;
}

function planOf(drafted: Drafted): DraftedTerraform {
  const { request, run, session, tool, backend, shown } = drafted;
  const { kind, path, version, warning } = tool;
  const changes = plannedChanges(shown);
  return {
    engine: 'terraform',
    tool: `${TOOL_NAMES[kind]} ${version}`,
    deploymentId: run.deploymentId,
    stackName: request.stackName,
    action: actionOf(request, shown, changes),
    accountId: session.accountId,
    region: run.region,
    identityArn: session.arn,
    ...(session.marks ? { sourceIdentity: session.marks.sourceIdentity } : {}),
    profileId: session.profile.id,
    changes,
    outputs: outputsOf(shown),
    parameters: shownVariables(shown, request.source),
    inputs: inputsOf(drafted),
    createdAt: drafted.now,
    binary: { kind, path, version, stamp: stampOf(tool) },
    workspace: request.source.workspace,
    root: request.source.root,
    state: backend.label,
    backend: backend.override?.type ?? 'configured',
    programs: programsIn(shown.configuration.root_module ?? {}).map(
      ({ address, what }) => `${address}: ${what}`,
    ),
    notes: warning === undefined ? [] : [warning],
  };
}

function actionOf(
  { operation }: TerraformRequest,
  { resource_changes }: ShownPlan,
  changes: readonly PlannedChange[],
): DraftedTerraform['action'] {
  if (operation === 'destroy') return 'delete';
  const managed = resource_changes.filter(({ mode }) => mode === 'managed');
  const isNew = changes.length === managed.length && changes.every(({ action }) => action === 'add');
  return isNew ? 'create' : 'update';
}

const LONGEST_VALUE = 200;

function shownVariables({ variables }: ShownPlan, source: TerraformSource): Readonly<Record<string, string>> {
  const isSecret = secretsOf(source);
  return Object.fromEntries(
    Object.entries(variables).map(([name, { value }]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
      return [name, isSecret(name) ? '****' : text.slice(0, LONGEST_VALUE)];
    }),
  );
}

function inputsOf({ request: { source }, folder, tool, planFile }: Drafted): Record<string, string> {
  const lock = readText(join(rootOf(folder, source), '.terraform.lock.hcl'));
  return {
    'plan file': planFile,
    program: sha256(`${tool.kind} ${tool.version} ${tool.path} ${stampOf(tool)}`),
    ...(lock === undefined ? {} : { 'lock file': sha256(lock) }),
    ...Object.fromEntries(source.files.map(file => [file.path, sha256(bytesOf(file))])),
  };
}
