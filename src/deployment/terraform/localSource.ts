/** Is the source of a module a folder beside the configuration? */
export function isLocalSource(source: string): boolean {
  return /^\.\.?(?:\/|$)/.test(source);
}
