/** The paths that a configuration's text may read while it is planned: templates, archives, folders of sources. Pure. */

/**
 * Relative to the module's folder. A path that is put together ends where its first unknown part begins: then all that
 * lies in that folder may be meant.
 */
export function namedPaths(text: string): string[] {
  const found = [...text.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].flatMap(([, literal = '']) => pathIn(literal));
  return [...new Set(found)];
}

function pathIn(literal: string): string[] {
  const inModule = /^\$\{\s*path\.(?:module|root|cwd)\s*\}\/?/.exec(literal);
  const rest = literal.slice(inModule?.[0].length ?? 0);
  const unknown = rest.search(/\$\{|[*?]/);
  const known = unknown < 0 ? rest : rest.slice(0, rest.lastIndexOf('/', unknown) + 1);
  if (!isPath(known)) return [];
  return [known];
}

/**
 * The module's folder itself would be all that lies below it; an absolute path is one of the machine that is deployed
 * more often than one of this computer; a scheme or a blank is in no path of a configuration.
 */
function isPath(text: string): boolean {
  return text !== '' && !/^(?:\.{1,2}\/?|\/.*|~.*)$/.test(text) && !/^[a-z][\w+.-]*:|[\s<>|"\\]/i.test(text);
}
