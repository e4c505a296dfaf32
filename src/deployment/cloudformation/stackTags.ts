/** The tags of a stack, which its resources get too. Pure. */
import { UserError } from '../../base/userError.ts';

type Tags = Readonly<Record<string, string>>;

/** Our own say who made the stack: nobody else may write them. */
const MARK = /^no-wing:/;
/** Limits: CloudFormation API reference, Tag. */
const [MOST, KEY, VALUE] = [50, 128, 256];

/**
 * @param wanted all that a person wants; undefined leaves the stack's as they are.
 * @param standing those of the stack, or the marks of a new one.
 */
export function tagsFor(wanted: Tags | undefined, standing: Tags): Record<string, string> {
  if (wanted === undefined) return { ...standing };
  const marks = Object.entries(standing).filter(([key]) => MARK.test(key));
  const others = Object.entries(wanted).filter(([key]) => !MARK.test(key));
  return Object.fromEntries([...others, ...marks]);
}

/** @throws UserError `deployment.tags` */
export function requireTags(tags: Tags): void {
  const entries = Object.entries(tags);
  const problem =
    entries.length > MOST
      ? `there are ${entries.length} tags, and AWS takes ${MOST}`
      : entries.map(([key, value]) => tagProblem(key, value)).find(found => found !== undefined);
  if (problem === undefined) return;
  throw new UserError('deployment.tags', `The tags cannot be set: ${problem}.`, {
    hint: 'Correct the tags and plan again. Nothing was sent to AWS.',
  });
}

function tagProblem(key: string, value: string): string | undefined {
  if (/^aws:/i.test(key)) return `"${key}" begins with aws:, which AWS keeps for itself`;
  if (MARK.test(key)) return `"${key}" begins with no-wing:, which says who made the stack`;
  if (key === '' || key.length > KEY) return `"${key.slice(0, 40)}" is not a key of 1 to ${KEY} characters`;
  return value.length > VALUE ? `the value of "${key}" is longer than ${VALUE} characters` : undefined;
}
