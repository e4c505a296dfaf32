/**
 * A planned resource as guardrails see it, whatever the engine: what will be done to it, and the facts that rules ask for.
 * A fact that is absent does not apply to such a resource; one that applies and cannot be told says why.
 */
import * as v from 'valibot';
import { factOf } from './fact.ts';

const list = <T>(item: v.GenericSchema<unknown, T>) => v.pipe(v.array(item), v.readonly());
const text = factOf(v.string());
const number = factOf(v.number());

/** Machines of a kind: EC2 instances, database instances, cache nodes. */
export const Machines = v.object({ count: number, type: text });
export type Machines = v.InferOutput<typeof Machines>;

/** Disks that are alike, each of so many GB. */
export const Disks = v.object({ count: number, gb: number });
export type Disks = v.InferOutput<typeof Disks>;

export const Ingress = v.object({
  /** A CIDR block, a prefix list, a security group. */
  source: text,
  ports: factOf(v.object({ from: v.number(), to: v.number() })),
});
export type Ingress = v.InferOutput<typeof Ingress>;

/** A statement that allows something to the identity it is attached to. */
export const Permission = v.object({
  actions: factOf(list(text)),
  resources: factOf(list(text)),
});
export type Permission = v.InferOutput<typeof Permission>;

/** What it costs by the month, as far as a price list can tell. */
export const Charge = v.variant('kind', [
  v.object({ kind: v.literal('instance'), type: text, count: number }),
  v.object({ kind: v.literal('volume'), type: text, gb: number, count: number }),
  v.object({
    kind: v.literal('database'),
    type: text,
    engine: text,
    multiAz: factOf(v.boolean()),
    count: number,
  }),
  v.object({ kind: v.literal('cacheNode'), type: text, engine: text, count: number }),
  v.object({ kind: v.literal('natGateway') }),
  v.object({ kind: v.literal('loadBalancer'), type: text }),
  /** By requests, bytes, seconds: nobody can tell before. */
  v.object({ kind: v.literal('usage') }),
  v.object({ kind: v.literal('unknown'), why: v.string() }),
]);
export type Charge = v.InferOutput<typeof Charge>;

const facts = v.object({
  machines: v.exactOptional(factOf(list(Machines))),
  disks: v.exactOptional(factOf(list(Disks))),
  ingress: v.exactOptional(factOf(list(Ingress))),
  /** The ways in which everybody may read or use it; none when it is closed. */
  publicAccess: v.exactOptional(factOf(list(text))),
  permissions: v.exactOptional(factOf(list(Permission))),
  /** Who may act as it. */
  trust: v.exactOptional(factOf(list(text))),
  /** The keys of its tags. */
  tags: v.exactOptional(factOf(list(v.string()))),
  /** It holds data that is gone when it is replaced or deleted. */
  stateful: v.exactOptional(factOf(v.boolean())),
  /** Where it will be, when that is not the deployment's own Region. */
  region: v.exactOptional(text),
  /** None for what is free of charge; what is in an unreadable one has an unknown price all the same. */
  charges: v.exactOptional(list(Charge)),
  /** Why its contents cannot be seen: every rule that looks into them is then unsure. */
  unreadable: v.exactOptional(v.string()),
});

export const GuardedResource = v.object({
  /** A logical id, or Terraform's address. */
  address: v.string(),
  /** As the engine names it: `AWS::EC2::Instance`, `aws_instance`. */
  type: v.string(),
  /** `unchanged` stands there before and after: it counts where a rule is about the whole. */
  action: v.picklist(['add', 'modify', 'remove', 'import', 'unchanged', 'decidedLater']),
  replacement: v.picklist(['no', 'yes', 'maybe']),
  facts,
});
export type GuardedResource = v.InferOutput<typeof GuardedResource>;
export type Facts = GuardedResource['facts'];
