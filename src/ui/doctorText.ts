/** The doctor's report as Markdown, and its rows as a quick pick shows them. Pure. */
import type { Finding, Fix, Place, Report, Severity } from '../broker/doctor/report.ts';
import { markdownCode, markdownText } from './wording.ts';

export function doctorText(report: Report, home: string): string {
  const { findings, unchecked, fine } = report;
  return [
    `# ${doctorTitle(report)}`,
    '',
    `What an agent in this editor could reach beside the identity it was given. Examined ${new Date(report.at).toISOString()}.`,
    ...findings.flatMap(finding => ['', ...findingText(finding, home)]),
    ...listed(
      'Could not be checked',
      unchecked.map(({ about, why }) => [about, why]),
    ),
    ...listed(
      'Checked, and as it should be',
      fine.map(({ about, text }) => [about, text]),
    ),
    '',
  ].join('\n');
}

export function doctorTitle({ findings, unchecked }: Report): string {
  const found =
    findings.length === 0
      ? 'nothing found'
      : findings.length === 1
        ? '1 finding'
        : `${findings.length} findings`;
  return `Doctor: ${found}${unchecked.length > 0 ? `, ${unchecked.length} not checked` : ''}`;
}

function findingText({ severity, title, what, where, fix }: Finding, home: string): string[] {
  return [
    `## ${SEVERITY_WORDS[severity]}: ${markdownText(title)}`,
    '',
    ...(where ? [markdownCode(placeText(where, home)), ''] : []),
    markdownText(shortPath(what, home)),
    '',
    `**What to do:** ${markdownText(shortPath(fix, home))}`,
  ];
}

function listed(title: string, rows: readonly (readonly [about: string, text: string])[]): string[] {
  if (rows.length === 0) return [];
  return [
    '',
    `## ${title}`,
    '',
    ...rows.map(([about, text]) => `- **${markdownText(about)}**: ${markdownText(text)}`),
  ];
}

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  high: 'High',
  medium: 'Medium',
  low: 'Low',
};

/** `~/.aws/credentials:2` */
export function placeText({ file, line }: Place, home: string): string {
  return `${shortPath(file, home)}${line === undefined ? '' : `:${line}`}`;
}

function shortPath(text: string, home: string): string {
  return home === '' || home === '/'
    ? text
    : text.replaceAll(`${home}/`, '~/').replaceAll(`${home}\\`, '~\\');
}

const FIX_WORDS: Readonly<Record<Fix['type'], string>> = {
  openFile: 'Open the File',
  restrictMode: 'Restrict It to You',
  importKeys: 'Take the Key into the Keychain',
  shortenSessions: 'Let Sessions Last One Hour',
  terminalIdentity: 'Let New Terminals Act as the Agent',
  setUpAgents: 'Set Up Agents',
};

export function fixTitle({ type }: Fix): string {
  return FIX_WORDS[type];
}
