/** What the keychain worker is asked and what it answers. Both ends parse: neither trusts that the other is its version. */
import * as v from 'valibot';

const Key = v.pipe(v.string(), v.nonEmpty());

export const Operation = v.variant('op', [
  v.object({ op: v.literal('get'), key: Key }),
  v.object({ op: v.literal('set'), key: Key, value: v.pipe(v.string(), v.nonEmpty()) }),
  v.object({ op: v.literal('delete'), key: Key }),
]);
export type Operation = v.InferOutput<typeof Operation>;

export const Request = v.object({ id: v.number(), operation: Operation });
export type Request = v.InferOutput<typeof Request>;

export const Answer = v.variant('state', [
  /** `get`: the text or null; `delete`: whether there was something to delete; `set`: null. */
  v.object({ state: v.literal('answered'), value: v.nullable(v.union([v.string(), v.boolean()])) }),
  /** The keychain refused, or could not be reached. */
  v.object({ state: v.literal('failed'), message: v.string() }),
  /** The native module, or a library that it needs, is missing. */
  v.object({ state: v.literal('unloadable'), message: v.string() }),
]);
export type Answer = v.InferOutput<typeof Answer>;

export const Reply = v.object({ id: v.number(), answer: Answer });
export type Reply = v.InferOutput<typeof Reply>;
