/** Whether a text is a template, for menus: apart from the parser, which is large and loaded only when it is needed. */
const MENU_BYTES = 65_536;
const FORMAT_VERSION = /^\s*["']?AWSTemplateFormatVersion["']?\s*:|[{,]\s*"AWSTemplateFormatVersion"\s*:/m;
const RESOURCES = /^\s*["']?Resources["']?\s*:|[{,]\s*"Resources"\s*:/m;
const AWS_TYPE = /["']?Type["']?\s*:\s*["']?(?:AWS|Alexa|Custom)::/;

/** A cheap guess from the text's beginning, for menus: no parsing, no error. */
export function looksLikeTemplate(text: string): boolean {
  const start = text.slice(0, MENU_BYTES);
  return FORMAT_VERSION.test(start) || (RESOURCES.test(start) && AWS_TYPE.test(start));
}
