/**
 * The pages of plans, one editor for each. A page cannot approve: its links say which button was pressed, and whoever
 * waits for the decision asks the person in a dialog of the editor.
 */
import * as vscode from 'vscode';
import type { Deployment } from '../../deployment/deployment.ts';
import type { Plan } from '../../deployment/plan.ts';
import { noticeOf, PAGE_COMMANDS, planPage } from './planHtml.ts';

/** `later`: the page was closed, or is waited for already. */
export type Decision = 'approve' | 'refuse' | 'later';

export interface PlanPanels extends vscode.Disposable {
  /** Shows a plan that can be decided on, until a button is pressed. */
  decision(deployment: Deployment, plan: Plan): Promise<Decision>;
  /** A button was pressed. Nothing happens when nobody waits for it. */
  press(deploymentId: string, decision: 'approve' | 'refuse'): void;
  /** Shows a plan as it is, without buttons to decide. */
  show(deployment: Deployment, plan: Plan): void;
  isOpen(deploymentId: string): boolean;
  /** It has moved on: its page, when there is one, says so. */
  refresh(deployment: Deployment): void;
}

interface Open {
  readonly panel: vscode.WebviewPanel;
  plan: Plan;
  deployment: Deployment;
  decide: ((decision: Decision) => void) | undefined;
}

/** @param media the extension's folder of that name: the only place a page may load from. */
export function createPlanPanels(media: vscode.Uri): PlanPanels {
  const pages = new Map<string, Open>();
  const opened = (deployment: Deployment, plan: Plan): Open => {
    const known = pages.get(deployment.id);
    if (known !== undefined) {
      known.panel.reveal();
      return known;
    }
    const made: Open = { panel: openPanel(plan, media), plan, deployment, decide: undefined };
    made.panel.onDidDispose(() => {
      pages.delete(deployment.id);
      made.decide?.('later');
    });
    pages.set(deployment.id, made);
    return made;
  };
  const draw = (page: Open): void => {
    const { deployment, plan, panel } = page;
    const canDecide = page.decide !== undefined;
    const frame = {
      style: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'planView.css')).toString(),
      source: panel.webview.cspSource,
    };
    panel.webview.html = planPage(
      { deployment, plan, canDecide, notice: noticeOf(deployment, canDecide) },
      frame,
    );
  };
  return {
    async decision(deployment, plan) {
      const page = opened(deployment, plan);
      if (page.decide !== undefined) return 'later';
      // An open page may show what the store says; a person decides on what this window has drafted.
      Object.assign(page, { deployment, plan });
      const decided = new Promise<Decision>(resolve => {
        page.decide = resolve;
      });
      draw(page);
      const decision = await decided;
      page.decide = undefined;
      return decision;
    },
    press: (id, decision) => pages.get(id)?.decide?.(decision),
    show(deployment, plan) {
      const page = opened(deployment, plan);
      if (page.decide === undefined) draw(Object.assign(page, { deployment, plan }));
    },
    isOpen: id => pages.has(id),
    refresh(deployment) {
      const page = pages.get(deployment.id);
      if (page === undefined || page.deployment.state.status === deployment.state.status) return;
      page.deployment = { ...page.deployment, state: deployment.state };
      page.decide?.('later');
      page.decide = undefined;
      draw(page);
    },
    dispose: () => {
      for (const { panel } of pages.values()) panel.dispose();
    },
  };
}

function openPanel({ stackName }: Plan, media: vscode.Uri): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel('noWingPlan', `Plan of ${stackName}`, vscode.ViewColumn.Active, {
    enableScripts: false,
    enableCommandUris: PAGE_COMMANDS,
    localResourceRoots: [media],
  });
}
