/** Identities, calls and callers as a batch numbers them. */
import type { Evidence } from '../attribution/attribution.ts';
import { agentMark } from '../attribution/userAgent.ts';
import { type Principal, parsePrincipal } from '../trailEvent.ts';
import type { CallName } from './batch.ts';
import { byteAt, endOfValue, type Json, OPEN_OBJECT, parseSpan } from './jsonBytes.ts';
import { Pairs } from './pairs.ts';
import { FIELD, type RecordFields } from './recordFields.ts';
import { SpanMap } from './spanMap.ts';
import { mayStartSession } from './startedSession.ts';
import type { TextTable } from './textTable.ts';

const NOBODY = parsePrincipal(undefined);

/** Whole `userIdentity` elements, by their bytes; 0 is a record without one. */
export class IdentityTable {
  /** Of the element that was read last: the byte after it. */
  end = 0;
  readonly #spans: SpanMap;
  readonly #principals: Principal[] = [NOBODY];

  constructor(seed: number) {
    this.#spans = new SpanMap(seed, WINDOW);
  }

  /** @throws DamagedJson */
  read(json: Json, at: number, limit: number): number {
    const { words } = json;
    // What begins with a whole object is that object; of a number there might be more.
    const isObject = byteAt(words, at, limit) === OPEN_OBJECT;
    const guess = isObject ? this.#spans.guess(words, at, limit) : 0;
    if (guess !== 0) {
      this.end = at + this.#spans.lengthOf(guess);
      return guess;
    }
    this.end = endOfValue(words, at, limit);
    const number = this.#add(json, at, this.end);
    this.#spans.remember(words, at, limit, number);
    return number;
  }

  #add({ bytes, words }: Json, from: number, to: number): number {
    const number = this.#spans.add(words, from, to);
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

/** In bytes: within them, identities differ by whose they are. Shorter ones are quickly read through. */
const WINDOW = 128;

export interface KnownCall extends CallName {
  readonly number: number;
  /** The number of the service's text. */
  readonly sourceWord: number;
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
    const named = joined(this.#named, name, source);
    const outcome = error * 3 + (readOnly === undefined ? 0 : readOnly ? 1 : 2);
    const known = this.calls.value(this.calls.find(named, outcome));
    if (known !== undefined) return known;
    const call = this.#make({ name, source, error, readOnly });
    this.calls.add(named, outcome, call);
    return call;
  }

  #make(parts: { name: number; source: number; error: number; readOnly: boolean | undefined }): KnownCall {
    const name = this.#words.text(parts.name) ?? '';
    const source = this.#words.text(parts.source) ?? '';
    return {
      number: this.calls.next,
      sourceWord: parts.source,
      name,
      source,
      error: this.#words.text(parts.error),
      readOnly: parts.readOnly,
      mayStartSession: mayStartSession({ name, source }),
    };
  }
}

/** Callers: all that a verdict may depend on, as far as `identityKey` tells them apart. */
export class CallerTable {
  readonly #words: TextTable;
  readonly #identities: IdentityTable;
  readonly #agents: number[] = [];
  readonly #whos = new Pairs<undefined>();
  readonly #acts = new Pairs<undefined>();
  readonly callers = new Pairs<Evidence>();

  constructor(words: TextTable, identities: IdentityTable) {
    this.#words = words;
    this.#identities = identities;
  }

  /** @param account, source - the numbers of words */
  add({ number }: Pick<RecordFields, 'number'>, account: number, source: number): number {
    const identity = number[FIELD.userIdentity] ?? 0;
    const principal = this.#identities.principal(identity);
    const agent = this.#agentIn(number[FIELD.userAgent] ?? 0);
    // Where the principal names nobody, the service, the kind of event and the shared id may: see `identityKey`.
    const isNameless = principal.arn === undefined || principal.type === 'AWSService';
    const eventType = isNameless ? (number[FIELD.eventType] ?? 0) : 0;
    const sharedEventId = isNameless ? (number[FIELD.sharedEventID] ?? 0) : 0;
    const act = isNameless ? joined(this.#acts, joined(this.#acts, source, eventType), sharedEventId) : 0;
    const who = joined(this.#whos, joined(this.#whos, identity, agent), account);
    const known = this.callers.find(who, act);
    if (known !== 0) return known;
    return this.callers.add(who, act, {
      principal,
      accountId: this.#words.text(account) ?? '',
      userAgent: this.#words.text(agent),
      source: isNameless ? (this.#words.text(source) ?? '') : '',
      eventType: this.#words.text(eventType),
      sharedEventId: this.#words.text(sharedEventId),
      error: undefined,
      requestedSession: undefined,
    });
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

function joined(pairs: Pairs<undefined>, first: number, second: number): number {
  return pairs.find(first, second) || pairs.add(first, second, undefined);
}
