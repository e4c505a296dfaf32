/** Identities, calls and callers as a batch numbers them. */
import type { Evidence } from '../attribution/attribution.ts';
import { agentMark } from '../attribution/userAgent.ts';
import { type Principal, parsePrincipal } from '../trailEvent.ts';
import type { CallName } from './batch.ts';
import { parseSpan } from './jsonBytes.ts';
import { Pairs } from './pairs.ts';
import { SpanMap } from './spanMap.ts';
import type { TextTable } from './textTable.ts';

const NOBODY = parsePrincipal(undefined);

/** Whole `userIdentity` elements, by their bytes; 0 is a record without one. */
export class IdentityTable {
  readonly #spans: SpanMap;
  readonly #principals: Principal[] = [NOBODY];

  constructor(seed: number) {
    this.#spans = new SpanMap(seed);
  }

  add(bytes: Buffer, from: number, to: number): number {
    if (to === 0) return 0;
    const number = this.#spans.add(bytes, from, to);
    if (number > 0) return number;
    this.#principals.push(parsePrincipal(parseSpan(bytes, from, to)));
    return -number;
  }

  principal(number: number): Principal {
    return this.#principals[number] ?? NOBODY;
  }

  get size(): number {
    return this.#spans.size;
  }

  get count(): number {
    return this.#spans.count;
  }
}

export interface KnownCall extends CallName {
  readonly number: number;
  /** STS may have given a session out: `requestedSession` decides. */
  readonly mayStartSession: boolean;
}

/** Service, name and outcome of calls. */
export class CallTable {
  readonly #words: TextTable;
  readonly #named = new Pairs<undefined>();
  readonly calls = new Pairs<KnownCall>();

  constructor(words: TextTable) {
    this.#words = words;
  }

  add(name: number, source: number, error: number, readOnly: boolean | undefined): KnownCall {
    const named = this.#named.add(name, source, nothing);
    const outcome = error * 3 + (readOnly === undefined ? 0 : readOnly ? 1 : 2);
    const number = this.calls.add(named, outcome, next =>
      this.#make(next, { name, source, error, readOnly }),
    );
    return this.calls.value(number) ?? this.#make(number, { name, source, error, readOnly });
  }

  #make(
    number: number,
    parts: { name: number; source: number; error: number; readOnly: boolean | undefined },
  ): KnownCall {
    const name = this.#words.text(parts.name) ?? '';
    const source = this.#words.text(parts.source) ?? '';
    return {
      number,
      name,
      source,
      error: this.#words.text(parts.error),
      readOnly: parts.readOnly,
      mayStartSession: source.startsWith('sts.') && /^(?:Assume|Get)/.test(name),
    };
  }
}

export interface CallerParts {
  readonly identity: number;
  readonly account: number;
  readonly userAgent: number;
  readonly source: string;
  readonly eventType: string | undefined;
  readonly sharedEventId: string | undefined;
}

/** Callers: all that a verdict may depend on, as far as `identityKey` tells them apart. */
export class CallerTable {
  readonly #words: TextTable;
  readonly #identities: IdentityTable;
  readonly #agents: number[] = [];
  readonly #whos = new Pairs<undefined>();
  readonly callers = new Pairs<Evidence>();

  constructor(words: TextTable, identities: IdentityTable) {
    this.#words = words;
    this.#identities = identities;
  }

  add(parts: CallerParts): number {
    const principal = this.#identities.principal(parts.identity);
    const agent = this.#agentIn(parts.userAgent);
    // Where the principal names nobody, the service, the kind of event and the shared id may: see `identityKey`.
    const isNameless = principal.arn === undefined || principal.type === 'AWSService';
    const rest = isNameless
      ? this.#words.addText(`${parts.source}\n${parts.eventType}\n${parts.sharedEventId}`)
      : 0;
    const who = this.#whos.add(this.#whos.add(parts.identity, agent, nothing), parts.account, nothing);
    return this.callers.add(who, rest, () => this.#evidence(parts, principal, agent, isNameless));
  }

  #evidence(parts: CallerParts, principal: Principal, agent: number, isNameless: boolean): Evidence {
    return {
      principal,
      accountId: this.#words.text(parts.account) ?? '',
      userAgent: this.#words.text(agent),
      source: isNameless ? parts.source : '',
      eventType: isNameless ? parts.eventType : undefined,
      sharedEventId: isNameless ? parts.sharedEventId : undefined,
      error: undefined,
      requestedSession: undefined,
    };
  }

  /** Callers do not differ by the rest of the text. */
  #agentIn(userAgent: number): number {
    const known = this.#agents[userAgent];
    if (known !== undefined) return known;
    const agent = this.#words.addText(agentMark(this.#words.text(userAgent)) ?? '');
    this.#agents[userAgent] = agent;
    return agent;
  }
}

function nothing(): undefined {
  return undefined;
}
