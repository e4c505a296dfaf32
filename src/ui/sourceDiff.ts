/** Two sources side by side in the editor's own comparison. */
import type { Deployment } from '../deployment/deployment.ts';
import type { Source } from '../deployment/source.ts';
import { optionsText, sourceText } from './sourceText.ts';
import type { NamedText, TextDocuments } from './textDocuments.ts';

export interface PlannedSource {
  readonly deployment: Pick<Deployment, 'stackName' | 'operation'>;
  readonly source: Source;
  /** What the deployment before was planned from. */
  readonly before?: Source;
  /** The text of what stands there now, as the engine read it. */
  readonly deployed?: string;
}

/** What stands there now, else what was deployed before, beside what is planned. */
export async function showSourceDiff(
  documents: TextDocuments,
  { deployment, source, before, deployed }: PlannedSource,
): Promise<void> {
  const { name, text } = sourceText(source);
  const now = deployed ?? (before && sourceText(before).text) ?? '';
  const planned = deployment.operation === 'destroy' ? '' : text;
  const left = now === '' ? 'nothing yet' : deployed === undefined ? 'deployed before' : 'deployed now';
  await documents.compare(
    `${deployment.stackName}: ${left} ↔ planned`,
    { name, text: now },
    { name, text: planned },
  );
}

/** Source and options of two deployments, as one text each. */
export async function compareSources(
  documents: TextDocuments,
  title: string,
  older: Source,
  newer: Source,
): Promise<void> {
  await documents.compare(title, whole(older), whole(newer));
}

/** What is asked for besides comes after it: no language of templates takes a comment in the same way. */
function whole(source: Source): NamedText {
  const { name, text } = sourceText(source);
  return {
    name,
    text: `${text.trimEnd()}\n\n# Asked for with\n${optionsText(source).replace(/^(?=.)/gm, '# ')}`,
  };
}
