/** Who refers to whom in a template: the order of deployment, and the errors of a template that points nowhere. */
import { validationError } from '../http/awsFault.ts';
import { type Fields, isFields, textOf } from '../values.ts';
import type { Template, TemplateResource } from './template.ts';

export interface Reference {
  readonly name: string;
  /** For Fn::GetAtt and `${a.b}`. */
  readonly attribute: string | undefined;
}

/** Every Ref, Fn::GetAtt and Fn::Sub in a value. */
export function referencesIn(value: unknown): Reference[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isFields(value)) return [];
  const ref = textOf(value['Ref']);
  if (ref !== undefined) return [{ name: ref, attribute: undefined }];
  const attribute = value['Fn::GetAtt'];
  if (attribute !== undefined) return [getAtt(attribute)];
  const sub = value['Fn::Sub'];
  if (sub !== undefined) return subReferences(sub);
  return Object.values(value).flatMap(referencesIn);
}

function getAtt(value: unknown): Reference {
  const [name = '', ...rest] = Array.isArray(value) ? value.map(String) : String(value).split('.');
  return { name, attribute: rest.join('.') };
}

function subReferences(sub: unknown): Reference[] {
  const [text, variables] = Array.isArray(sub) ? [sub[0], sub[1]] : [sub, {}];
  const own = isFields(variables) ? variables : {};
  const names = [...String(text).matchAll(/\$\{([^!}]+)\}/g)].map(found => found[1]?.trim() ?? '');
  const outer = names
    .filter(name => own[name] === undefined)
    .map(name => {
      const [logicalId = '', ...attribute] = name.split('.');
      return { name: logicalId, attribute: attribute.length > 0 ? attribute.join('.') : undefined };
    });
  return [...outer, ...referencesIn(own)];
}

/** The resources a resource waits for. */
export function dependenciesOf(template: Template, resource: TemplateResource): string[] {
  const names = [
    ...resource.dependsOn,
    ...referencesIn(resource.properties).map(reference => reference.name),
  ];
  return [...new Set(names.filter(name => template.resources.has(name)))];
}

/** Resources so that each comes after what it needs; template order otherwise. */
export function inOrder(template: Template): string[] {
  const done: string[] = [];
  const visit = (name: string): void => {
    const resource = template.resources.get(name);
    if (done.includes(name) || resource === undefined) return;
    dependenciesOf(template, resource).forEach(visit);
    done.push(name);
  };
  [...template.resources.keys()].forEach(visit);
  return done;
}

/** @throws AwsFault ValidationError */
export function checkReferences(template: Template): void {
  const known = (name: string): boolean =>
    template.resources.has(name) || template.parameters.has(name) || name.startsWith('AWS::');
  const resources: Fields = Object.fromEntries(
    [...template.resources].map(([name, resource]) => [name, resource.properties]),
  );
  checkBlock('Resources', resources, known, template);
  checkBlock('Outputs', Object.fromEntries(template.outputs), known, template);
  const missing = [...template.resources.values()]
    .flatMap(resource => resource.dependsOn)
    .filter(name => !template.resources.has(name));
  if (missing.length > 0) throw unresolved(missing, 'Resources');
  for (const resource of template.resources.values()) {
    if (resource.condition !== undefined && template.conditions[resource.condition] === undefined) {
      throw validationError(
        `Template format error: Unresolved condition dependency ${resource.condition} in the Resources block of the template`,
      );
    }
  }
  checkCircles(template);
}

function checkBlock(
  block: string,
  value: Fields,
  known: (name: string) => boolean,
  template: Template,
): void {
  const references = referencesIn(value);
  const undefinedAttribute = references.find(
    reference => reference.attribute !== undefined && !template.resources.has(reference.name),
  );
  if (undefinedAttribute !== undefined) {
    throw validationError(
      `Template error: instance of Fn::GetAtt references undefined resource ${undefinedAttribute.name}`,
    );
  }
  const missing = references.map(reference => reference.name).filter(name => !known(name));
  if (missing.length > 0) throw unresolved(missing, block);
}

const unresolved = (names: readonly string[], block: string) =>
  validationError(
    `Template format error: Unresolved resource dependencies [${[...new Set(names)].join(', ')}] in the ${block} block of the template`,
  );

function checkCircles(template: Template): void {
  const reaches = (from: string, to: string, seen: Set<string>): boolean => {
    const resource = template.resources.get(from);
    if (resource === undefined || seen.has(from)) return false;
    seen.add(from);
    return dependenciesOf(template, resource).some(next => next === to || reaches(next, to, seen));
  };
  const circle = [...template.resources.keys()].filter(name => reaches(name, name, new Set()));
  if (circle.length > 0)
    throw validationError(`Circular dependency between resources: [${circle.join(', ')}]`);
}
