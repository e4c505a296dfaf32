/** A policy document as IAM gives it (URL-encoded JSON) → statements. Pure. Source: IAM User Guide, "Policy elements". */
import * as v from 'valibot';
import type { Statement } from './roleFacts.ts';

const Texts = v.pipe(
  v.union([v.string(), v.array(v.string())]),
  v.transform(texts => (typeof texts === 'string' ? [texts] : texts)),
);
const Principal = v.union([
  v.pipe(
    v.string(),
    v.transform(text => [text]),
  ),
  v.pipe(
    v.record(v.string(), Texts),
    v.transform(kinds =>
      Object.entries(kinds).flatMap(([kind, names]) =>
        names.map(name => (name === '*' ? '*' : `${kind}:${name}`)),
      ),
    ),
  ),
]);
const Element = v.pipe(
  v.object({
    Effect: v.picklist(['Allow', 'Deny']),
    Action: v.optional(Texts, []),
    NotAction: v.optional(Texts, []),
    Resource: v.optional(Texts, []),
    Principal: v.optional(Principal),
    Condition: v.optional(v.record(v.string(), v.record(v.string(), v.unknown())), {}),
  }),
  v.transform(
    (element): Statement => ({
      effect: element.Effect,
      actions: element.Action,
      notActions: element.NotAction,
      resources: element.Resource,
      principals: element.Principal ?? [],
      conditionKeys: Object.values(element.Condition).flatMap(keys =>
        Object.keys(keys).map(key => key.toLowerCase()),
      ),
    }),
  ),
);
const Document = v.pipe(
  v.string(),
  v.transform(decoded),
  v.parseJson(),
  v.object({
    Statement: v.union([
      v.array(Element),
      v.pipe(
        Element,
        v.transform(element => [element]),
      ),
    ]),
  }),
);

/** @throws when it is not a policy. */
export function statementsOf(document: string): readonly Statement[] {
  return v.parse(Document, document).Statement;
}

function decoded(text: string): string {
  return /^\s*\{/.test(text) ? text : decodeURIComponent(text);
}
