/** An engine that is loaded when it is first used: what it brings along is large, and most windows never deploy. */
import type { Engine, StackCare } from './engine.ts';

export function deferredEngine(load: () => Promise<Engine>): Engine {
  return {
    check: async request => (await load()).check(request),
    plan: async (request, run, creating) => (await load()).plan(request, run, creating),
    apply: async (plan, run, mayOrder) => (await load()).apply(plan, run, mayOrder),
    follow: async (plan, run, watch) => (await load()).follow(plan, run, watch),
    stop: async (plan, effect, run) => (await load()).stop(plan, effect, run),
    discard: async (leftover, run) => (await load()).discard(leftover, run),
  };
}

export function deferredStackCare(load: () => Promise<StackCare>): StackCare {
  return {
    recover: async (stackId, way, run) => (await load()).recover(stackId, way, run),
    drift: async (stackId, run) => (await load()).drift(stackId, run),
    condition: async (stackId, run) => (await load()).condition(stackId, run),
  };
}
