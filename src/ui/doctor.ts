/** Doctor: examines, shows the report beside a list of what was found, and does the fix that a person chooses. */
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { Doctor } from '../broker/doctor/doctor.ts';
import type { Finding, Report } from '../broker/doctor/report.ts';
import { type DoctorFixes, fix } from './doctorFixes.ts';
import { doctorText, doctorTitle, fixTitle, placeText, SEVERITY_WORDS } from './doctorText.ts';
import type { TextDocuments } from './textDocuments.ts';

export interface DoctorView extends DoctorFixes {
  readonly doctor: Doctor;
  readonly documents: Pick<TextDocuments, 'show'>;
}

/** Again after each fix, until a person leaves: what was fixed is gone from the list. */
export async function runDoctor(view: DoctorView): Promise<void> {
  for (;;) {
    const report = await examined(view.doctor);
    await view.documents.show('Doctor.md', doctorText(report, homedir()));
    const chosen = await choose(report);
    if (chosen === 'copy') return copied(report);
    if (chosen === undefined) return;
    if (chosen !== 'again' && (await fixed(view, chosen)) === 'leave') return;
  }
}

/** @throws Cancelled */
function examined(doctor: Doctor): Thenable<Report> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Looking at what an agent could reach',
    cancellable: true,
  };
  return vscode.window.withProgress(options, (_progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return doctor.examine(controller.signal);
  });
}

/** What only opens something leaves the list, so that it can be looked at. */
async function fixed(view: DoctorView, { action }: Finding): Promise<'again' | 'leave'> {
  if (!action) return 'leave';
  return (await fix(view, action)) ? 'again' : 'leave';
}

async function copied(report: Report): Promise<void> {
  await vscode.env.clipboard.writeText(doctorText(report, homedir()));
  vscode.window.setStatusBarMessage('Copied the report of the doctor', 3000);
}

type Choice = Finding | 'again' | 'copy' | undefined;

interface Item extends vscode.QuickPickItem {
  readonly choice?: Choice;
}

const OPEN: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('go-to-file'),
  tooltip: 'Open the File',
};

function choose(report: Report): Promise<Choice> {
  const pick = vscode.window.createQuickPick<Item>();
  pick.title = doctorTitle(report);
  pick.placeholder = 'Choose a finding to fix it. The report says more about each.';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.items = items(report);
  return new Promise<Choice>(resolve => {
    pick.onDidTriggerItemButton(({ item }) => {
      resolve(opening(item.choice));
      pick.hide();
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.choice);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function opening(choice: Choice): Choice {
  if (typeof choice !== 'object' || !choice.where) return choice;
  return { ...choice, action: { type: 'openFile', place: choice.where } };
}

function items({ findings, unchecked, fine }: Report): Item[] {
  return [
    ...section('Found', findings.map(findingItem)),
    ...section('Actions', [
      { label: '$(refresh) Examine Again', choice: 'again' },
      { label: '$(copy) Copy Report', choice: 'copy' },
    ]),
    ...section(
      'Could not be checked',
      unchecked.map(({ about, why }) => ({ label: `$(question) ${about}`, detail: why })),
    ),
    ...section(
      'As it should be',
      fine.map(({ about, text }) => ({ label: `$(pass) ${about}`, detail: text })),
    ),
  ];
}

function section(label: string, rows: Item[]): Item[] {
  return rows.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows];
}

/** The word says how bad it is; the icon only repeats it. */
const ICONS: Readonly<Record<Finding['severity'], string>> = {
  high: 'error',
  medium: 'warning',
  low: 'info',
};

function findingItem(finding: Finding): Item {
  const { severity, title, where, action } = finding;
  const doing = action ? fixTitle(action) : 'See the report';
  return {
    choice: finding,
    label: `$(${ICONS[severity]}) ${SEVERITY_WORDS[severity]}: ${title}`,
    detail: [doing, ...(where ? [placeText(where, homedir())] : [])].join(' · '),
    ...(where && action?.type !== 'openFile' ? { buttons: [OPEN] } : {}),
  };
}
