/** How a template goes to CloudFormation: in the request, or from a bucket when it is too large for one. */
import { UserError } from '../../base/userError.ts';
import type { TemplateSource } from './cloudFormation.ts';
import type { Template } from './template.ts';

/** Puts it where CloudFormation can read it. @returns its URL. */
export type PublishTemplate = (template: Pick<Template, 'name' | 'text'>) => Promise<string>;

/** Limit: CloudFormation quotas, "template body" passed in a request, in bytes. */
export const MOST_BYTES_IN_REQUEST = 51_200;

/** @throws UserError `template.noBucket` when nobody can publish it; whatever `publish` throws. */
export async function bodyOrUrl(
  template: Pick<Template, 'name' | 'text'>,
  publish: PublishTemplate | undefined,
): Promise<TemplateSource> {
  const bytes = Buffer.byteLength(template.text);
  if (bytes <= MOST_BYTES_IN_REQUEST) return { body: template.text };
  if (publish !== undefined) return { url: await publish(template) };
  throw new UserError(
    'template.noBucket',
    `${template.name} has ${bytes.toLocaleString('en')} bytes; CloudFormation takes ${MOST_BYTES_IN_REQUEST.toLocaleString('en')} in a request, and there is no bucket for larger ones.`,
    { hint: 'Split it into smaller stacks, or remove comments and indentation.' },
  );
}
