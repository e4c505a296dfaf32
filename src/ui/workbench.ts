/** The extension in the workbench: views and commands over the features, and what redraws them. */
import * as vscode from 'vscode';
import type { Features } from '../features.ts';
import { watchAsked } from './askedNotice.ts';
import { createBrokerDoor } from './brokerDoor.ts';
import { commandHandlers } from './commandHandlers.ts';
import type { CommandHandlers } from './commands.ts';
import { createSetContext } from './contextKeys.ts';
import { watchEndings } from './endings.ts';
import { guardrailFileOf, watchGuardrailFiles } from './guardrailFile.ts';
import { watchIndex } from './indexNotice.ts';
import { watchLeaks } from './leakNotice.ts';
import type { OutputLog } from './outputLog.ts';
import { createPlanPanels } from './planView/planPanels.ts';
import { watchPlans } from './planView/watchPlans.ts';
import { registerRecordDocuments } from './recordDocument.ts';
import type { ShowError } from './showError.ts';
import { watchSignIn } from './signInNotice.ts';
import { registerTextDocuments } from './textDocuments.ts';
import { createViews, type Views } from './views.ts';

export interface WorkbenchInput {
  readonly features: Features;
  readonly log: OutputLog;
  readonly showError: ShowError;
  /** The extension's `media` folder. */
  readonly media: vscode.Uri;
  /** Where No Wing keeps its files. */
  readonly directory: string;
  /** What the `no-wing` command starts: `dist/cli.js`. */
  readonly cli: string;
  /** Of ordinary terminals. */
  readonly environment: vscode.EnvironmentVariableCollection;
  /** A name for the workspace. */
  readonly workspace: () => string;
}

export interface Workbench extends vscode.Disposable {
  readonly handlers: CommandHandlers;
}

export function createWorkbench(input: WorkbenchInput): Workbench {
  const { features, log, showError } = input;
  const { active, broker, deployments, leaks, profiles, trail, trailIndex, verifications } = features;
  const dist = vscode.Uri.joinPath(input.media, '..', 'dist');
  const views = createViews(features, createSetContext(), showError, dist);
  const documents = registerTextDocuments();
  const brokerDoor = createBrokerDoor({ ...input, documents });
  const planPanels = createPlanPanels(input.media);
  const handlers = commandHandlers({
    ...input,
    ...views,
    documents,
    planPanels,
    brokerHandlers: brokerDoor.handlers,
  });
  start(input, views);
  const parts = vscode.Disposable.from(
    views,
    documents,
    planPanels,
    watchPlans(deployments, planPanels),
    brokerDoor,
    registerRecordDocuments(trail.readRecord),
    watchEndings({ deployments, verify: id => void verifications.watch(id) }),
    watchSignIn(active),
    active.onChange(views.draw.identities),
    profiles.onChange(views.draw.identities),
    broker.onChange(views.draw.status),
    deployments.onChange(views.draw.deployments),
    trail.onChange(views.draw.trail),
    leaks.onChange(views.draw.trail),
    trailIndex.onRebuilt(views.draw.trail),
    watchIndex(trailIndex),
    watchLeaks(features, log),
    watchAsked(features.deployments),
    watchGuardrailFiles(() => guardrailFileOf(input)),
    vscode.window.onDidChangeActiveTextEditor(views.draw.editor),
    vscode.workspace.onDidGrantWorkspaceTrust(() => act(features)),
    everyTick(features, views),
  );
  return { handlers, dispose: () => parts.dispose() };
}

function start({ features, log }: WorkbenchInput, views: Views): void {
  features.active.reload();
  views.draw.identities();
  views.draw.deployments();
  views.draw.editor();
  if (vscode.workspace.isTrusted) act(features);
  features.keychain.status().then(
    ({ reason }) => views.tellKeychain(reason),
    (error: unknown) => log.warn(`The keychain does not say how it is: ${String(error)}`),
  );
}

/** What looks only is done everywhere; this is what a workspace must be trusted for. */
function act({ active, deployments, verifications }: Features): void {
  void active.keepSignedIn();
  deployments.resume(() => undefined);
  verifications.resume();
}

/** How often the countdown is drawn, and another window's changes are looked for. */
const TICK_MS = 2000;

function everyTick({ db, active }: Features, views: Views): vscode.Disposable {
  let version = db.version();
  const timer = setInterval(() => {
    const now = db.version();
    if (now !== version) {
      version = now;
      active.reload();
      for (const draw of [views.draw.identities, views.draw.deployments, views.draw.trail]) draw();
    }
    views.draw.status();
    if (vscode.workspace.isTrusted) void active.keepSignedIn();
  }, TICK_MS);
  return { dispose: () => clearInterval(timer) };
}
