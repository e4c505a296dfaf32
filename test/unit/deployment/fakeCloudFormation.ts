/**
 * A CloudFormation that keeps stacks and change sets, moves by one event at every look at it, and has bad days:
 * calls that are throttled, dropped before or after they arrived, or refused.
 */
import type {
  ChangeSet,
  CloudFormationApi,
  DriftDetection,
  FoundChange,
  NewChangeSet,
  Stack,
  StackDeletion,
  StackEvent,
  StackResource,
} from '../../../src/deployment/cloudformation/cloudFormation.ts';
import type { DriftedResource } from '../../../src/deployment/engine.ts';
import { failed, type ScriptedEvent } from './stackScripts.ts';

export type Call = keyof CloudFormationApi;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
interface FakeStack extends Writable<Stack> {
  readonly name: string;
  readonly events: StackEvent[];
  readonly resources: StackResource[];
  /** Its text after transforms. */
  template: string;
  policy: string | undefined;
  /** What is still going to happen, oldest first. */
  script: ScriptedEvent[];
}

export interface FakeChangeSet extends Writable<ChangeSet> {
  readonly name: string;
  readonly input: NewChangeSet;
  readonly changes: readonly FoundChange[];
}

const ARN = 'arn:aws:cloudformation:eu-west-1:111122223333';

export class FakeCloudFormation {
  readonly stacks: FakeStack[] = [];
  readonly changeSets: FakeChangeSet[] = [];
  /** Calls that change something, as they were carried out. */
  readonly arrived: string[] = [];
  /** All that were made, carried out or not. */
  readonly made: Call[] = [];
  changes: FoundChange[] = [
    { address: 'Queue', type: 'AWS::SQS::Queue', action: 'add', replacement: 'no', detail: '' },
    { address: 'Topic', type: 'AWS::SNS::Topic', action: 'add', replacement: 'no', detail: '' },
  ];
  /** The changes in the change sets of nested stacks, by ARN. */
  readonly nested = new Map<string, readonly FoundChange[]>();
  /** What the detections of drift say, one after the other; then that all is as it should be. */
  readonly driftDetections: DriftDetection[] = [];
  drifts: readonly DriftedResource[] = [];
  /** A status and reason for the next drafts; absent: it becomes AVAILABLE. */
  draftFailure: string | undefined;
  /** The logical id of the resource that fails, with its reason. */
  resourceFailure: { address: string; reason: string } | undefined;
  readonly #failures = new Map<Call, { error: Error; when: 'before' | 'after' }[]>();
  #serial = 0;
  pageSize = 3;

  failNext(call: Call, error: Error, options: { times?: number; when?: 'before' | 'after' } = {}): void {
    const { times = 1, when = 'before' } = options;
    const list = this.#failures.get(call) ?? [];
    list.push(...Array.from({ length: times }, () => ({ error, when })));
    this.#failures.set(call, list);
  }

  executions(): string[] {
    return this.arrived.filter(text => text.startsWith('executeChangeSet'));
  }

  stack(name: string): FakeStack | undefined {
    return this.stacks.findLast(stack => stack.name === name && stack.status !== 'DELETE_COMPLETE');
  }

  addStack(name: string, status: string, facts: Partial<Stack> = {}): FakeStack {
    const stack: FakeStack = {
      name,
      stackId: `${ARN}:stack/${name}/${this.#next()}`,
      status,
      terminationProtected: false,
      resources: [],
      template: '{"Resources":{}}',
      policy: undefined,
      changedAt: Date.UTC(2025, 11, 31),
      parameterNames: [],
      tags: {},
      outputs: [],
      events: [],
      script: [],
      ...facts,
    };
    this.stacks.push(stack);
    this.#emit(stack, { status, token: 'somebody-else' });
    return stack;
  }

  /** The calls of one client. */
  api(): CloudFormationApi {
    return {
      stack: name => this.#answer('stack', () => copy(this.#moved(this.#find(name)))),
      events: (name, nextToken) => this.#answer('events', () => this.#events(name, nextToken)),
      changeSet: name => this.#answer('changeSet', () => copy(this.#drafted(name))),
      changes: arn => this.#answer('changes', () => this.#changes(arn)),
      resources: id => this.#answer('resources', () => copy(this.#find(id)?.resources ?? [])),
      template: ({ stackId }) => this.#answer('template', () => this.#find(stackId)?.template ?? ''),
      changeSetNames: id =>
        this.#answer('changeSetNames', () =>
          this.changeSets.filter(set => set.stackId === id).map(set => set.name),
        ),
      createChangeSet: input => this.#answer('createChangeSet', () => this.#create(input)),
      deleteChangeSet: arn => this.#answer('deleteChangeSet', () => this.#deleteChangeSet(arn)),
      executeChangeSet: (arn, token) => this.#answer('executeChangeSet', () => this.#execute(arn, token)),
      cancelUpdate: (id, token) => this.#answer('cancelUpdate', () => this.#cancelUpdate(id, token)),
      ...this.#settings(),
      ...this.#waysOut(),
      detectDrift: id => this.#answer('detectDrift', () => id),
      drift: () =>
        this.#answer(
          'drift',
          () => this.driftDetections.shift() ?? { status: 'DETECTION_COMPLETE', stackStatus: 'IN_SYNC' },
        ),
      resourceDrifts: () => this.#answer('resourceDrifts', () => this.drifts),
      deleteStack: deletion => this.#answer('deleteStack', () => this.#deleteStack(deletion)),
    };
  }

  #settings(): Pick<CloudFormationApi, 'stackPolicy' | 'setStackPolicy' | 'setTerminationProtection'> {
    return {
      stackPolicy: id => this.#answer('stackPolicy', () => this.#find(id)?.policy),
      setStackPolicy: (id, policy) =>
        this.#answer('setStackPolicy', () => {
          this.arrived.push(`setStackPolicy ${policy}`);
          Object.assign(this.#find(id) ?? {}, { policy });
        }),
      setTerminationProtection: (id, on) =>
        this.#answer('setTerminationProtection', () => {
          this.arrived.push(`setTerminationProtection ${on}`);
          Object.assign(this.#find(id) ?? {}, { terminationProtected: on });
        }),
    };
  }

  #waysOut(): Pick<CloudFormationApi, 'rollBackStack' | 'continueRollBack'> {
    const start = (id: string, verb: string, token: string): void => {
      const stack = this.#find(id);
      if (!stack) throw awsError('ValidationError', `Stack [${id}] does not exist`);
      const end = this.resourceFailure === undefined ? 'COMPLETE' : 'FAILED';
      this.#emit(stack, { status: `${verb}_IN_PROGRESS`, token });
      stack.script = [
        ...(this.resourceFailure ? [{ ...this.resourceFailure, status: 'UPDATE_FAILED', token }] : []),
        { status: `${verb}_${end}`, token },
      ];
    };
    return {
      rollBackStack: (id, token) =>
        this.#answer('rollBackStack', () => {
          this.arrived.push(`rollBackStack ${token}`);
          start(id, this.#find(id)?.status === 'CREATE_FAILED' ? 'ROLLBACK' : 'UPDATE_ROLLBACK', token);
        }),
      continueRollBack: (id, token, skip) =>
        this.#answer('continueRollBack', () => {
          this.arrived.push(`continueRollBack ${token} ${skip.join()}`.trim());
          start(id, 'UPDATE_ROLLBACK', token);
        }),
    };
  }

  async #answer<T>(call: Call, act: () => T): Promise<T> {
    await Promise.resolve();
    this.made.push(call);
    const failure = this.#failures.get(call)?.shift();
    if (failure?.when === 'before') throw failure.error;
    const answer = act();
    if (failure) throw failure.error;
    return answer;
  }

  #next(): string {
    this.#serial += 1;
    return `0000-${this.#serial}`;
  }

  #find(nameOrId: string): FakeStack | undefined {
    return this.stacks.find(stack => stack.stackId === nameOrId) ?? this.stack(nameOrId);
  }

  #moved(stack: FakeStack | undefined): FakeStack | undefined {
    const next = stack?.script.shift();
    if (stack && next) this.#emit(stack, next);
    return stack;
  }

  #emit(stack: FakeStack, { address, status, reason, token }: ScriptedEvent): void {
    if (address === undefined) stack.status = status;
    stack.events.unshift({
      eventId: this.#next(),
      at: Date.UTC(2026, 0, 1) + this.#serial,
      address: address ?? stack.name,
      type: this.changes.find(change => change.address === address)?.type ?? 'AWS::CloudFormation::Stack',
      status,
      ...(reason === undefined ? {} : { reason }),
      isStack: address === undefined,
      token,
    });
    if (stack.status.endsWith('_COMPLETE')) {
      for (const set of this.changeSets) {
        if (set.stackId === stack.stackId && set.executionStatus === 'EXECUTE_IN_PROGRESS')
          set.executionStatus = 'EXECUTE_COMPLETE';
      }
    }
  }

  #events(name: string, nextToken = '0'): Awaited<ReturnType<CloudFormationApi['events']>> {
    const stack = this.#moved(this.#find(name));
    if (!stack) return undefined;
    const from = Number(nextToken);
    const events = stack.events.slice(from, from + this.pageSize);
    const next = from + this.pageSize;
    return { events, ...(next < stack.events.length ? { nextToken: String(next) } : {}) };
  }

  #create(input: NewChangeSet): { arn: string; stackId: string } {
    this.arrived.push(`createChangeSet ${input.name}`);
    const stack = this.stack(input.stackName) ?? this.addStack(input.stackName, 'REVIEW_IN_PROGRESS');
    const arn = `${ARN}:changeSet/${input.name}/${this.#next()}`;
    const set = { name: input.name, input, arn, stackId: stack.stackId, changes: this.changes };
    this.changeSets.push({
      ...set,
      status: 'CREATE_PENDING',
      statusReason: '',
      executionStatus: 'UNAVAILABLE',
    });
    return { arn, stackId: stack.stackId };
  }

  #drafted(nameOrArn: string): FakeChangeSet | undefined {
    const set = this.changeSets.find(({ arn, name }) => arn === nameOrArn || name === nameOrArn);
    if (set?.status === 'CREATE_IN_PROGRESS') {
      set.status = this.draftFailure === undefined ? 'CREATE_COMPLETE' : 'FAILED';
      set.statusReason = this.draftFailure ?? '';
      set.executionStatus = this.draftFailure === undefined ? 'AVAILABLE' : 'UNAVAILABLE';
    }
    if (set?.status === 'CREATE_PENDING') set.status = 'CREATE_IN_PROGRESS';
    return set;
  }

  #deleteChangeSet(arn: string): void {
    const index = this.changeSets.findIndex(set => set.arn === arn);
    const set = this.changeSets[index];
    if (!set) return;
    if (set.status.endsWith('_IN_PROGRESS') || set.executionStatus === 'EXECUTE_IN_PROGRESS')
      throw awsError('InvalidChangeSetStatusException', 'It cannot be deleted');
    this.arrived.push(`deleteChangeSet ${set.name}`);
    this.changeSets.splice(index, 1);
  }

  #execute(arn: string, token: string): void {
    const set = this.changeSets.find(candidate => candidate.arn === arn);
    const stack = set && this.#find(set.stackId);
    if (!(set && stack)) throw awsError('ChangeSetNotFoundException', 'ChangeSet does not exist');
    if (set.executionStatus !== 'AVAILABLE')
      throw awsError('InvalidChangeSetStatusException', `It is ${set.executionStatus}`);
    this.arrived.push(`executeChangeSet ${set.name} ${token}`);
    set.executionStatus = 'EXECUTE_IN_PROGRESS';
    stack.tags = set.input.tags;
    const verb = set.input.action.toUpperCase();
    stack.script = this.#operation(verb, token);
    this.#emit(stack, { status: `${verb}_IN_PROGRESS`, reason: 'User Initiated', token });
  }

  #operation(verb: string, token: string): ScriptedEvent[] {
    const failure = this.resourceFailure;
    const script: ScriptedEvent[] = [];
    for (const { address } of this.changes) {
      script.push({ address, status: `${verb}_IN_PROGRESS`, token });
      if (address !== failure?.address) script.push({ address, status: `${verb}_COMPLETE`, token });
      else return [...script, ...failed(verb, failure, this.changes, token)];
    }
    return [...script, { status: `${verb}_COMPLETE`, token }];
  }

  #cancelUpdate(id: string, token: string): void {
    const stack = this.#find(id);
    if (stack?.status !== 'UPDATE_IN_PROGRESS')
      throw awsError('ValidationError', 'CancelUpdateStack cannot be called from current stack status');
    this.arrived.push(`cancelUpdate ${token}`);
    stack.script = [
      { status: 'UPDATE_ROLLBACK_IN_PROGRESS', reason: 'User Initiated', token },
      { status: 'UPDATE_ROLLBACK_COMPLETE', token },
    ];
  }

  #changes(arn: string): FoundChange[] {
    const set = this.changeSets.find(candidate => candidate.arn === arn);
    return copy([...(this.nested.get(arn) ?? set?.changes ?? [])]);
  }

  #deleteStack({ stackId, token, retain = [] }: StackDeletion): void {
    const stack = this.#find(stackId);
    if (!stack || stack.status === 'DELETE_COMPLETE') return;
    this.arrived.push(`deleteStack ${stack.name} ${token}`);
    this.#emit(stack, { status: 'DELETE_IN_PROGRESS', token });
    const failure = this.resourceFailure;
    stack.script = stack.resources
      .filter(({ address }) => !retain.includes(address))
      .flatMap(({ address }) => [
        { address, status: 'DELETE_IN_PROGRESS', token },
        failure?.address === address
          ? { ...failure, status: 'DELETE_FAILED', token }
          : { address, status: 'DELETE_COMPLETE', token },
      ]);
    const stays = stack.script.some(({ status }) => status === 'DELETE_FAILED');
    stack.script.push({ status: stays ? 'DELETE_FAILED' : 'DELETE_COMPLETE', token });
  }
}

function copy<T>(value: T): T {
  return structuredClone(value);
}

export function awsError(name: string, message = name): Error {
  return Object.assign(new Error(message), { name, $metadata: {} });
}
