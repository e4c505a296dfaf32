/** The questions for a new profile; the answers make a draft that AWS is then asked about. */
import * as v from 'valibot';
import { Secret } from '../base/secret.ts';
import {
  ENVIRONMENTS,
  type Environment,
  fieldSchemas,
  type IdentityKind,
  type Profile,
  type Source,
} from '../identity/profile.ts';
import { askChoice, askText, BACK, type Choice, type FormStep, type TextQuestion } from './quickInput.ts';
import { accountName } from './wording.ts';

export interface ProfileForm {
  readonly kind: IdentityKind;
  readonly sourceType?: Source['type'];
  readonly accessKeyId?: string;
  readonly secret?: Secret;
  readonly sharedProfile?: string;
  readonly roleArn?: string;
  readonly from?: string;
  readonly externalId?: string;
  readonly durationSeconds?: number;
  readonly sessionPolicy?: string;
  readonly region?: string;
  readonly environment?: Environment;
  readonly name?: string;
}

export interface ProfileFormInput {
  readonly profiles: readonly Profile[];
  /** Names of the profiles in `~/.aws`. */
  readonly sharedProfiles: readonly string[];
  /** A profile may not be named like one that is there. */
  readonly nameTaken: (kind: IdentityKind, name: string) => boolean;
  readonly suggestedName: string;
}

type Step = FormStep<ProfileForm>;

export function profileSteps(input: ProfileFormInput): (form: ProfileForm) => Step[] {
  return form => [chooseSource(input), ...sourceSteps(form, input), ...detailSteps(input)];
}

/** What is asked whatever the source is. */
export function detailSteps(input: Pick<ProfileFormInput, 'nameTaken' | 'suggestedName'>): Step[] {
  return [region, environment, name(input)];
}

function sourceSteps(form: ProfileForm, input: ProfileFormInput): Step[] {
  switch (form.sourceType ?? 'keys') {
    case 'keys':
      return [accessKeyId, secretAccessKey];
    case 'sharedConfig':
      return [sharedProfile(input)];
    case 'assumeRole':
      return [roleArn, fromProfile(input), externalId, durationSeconds, sessionPolicy];
  }
}

function chooseSource(input: ProfileFormInput): Step {
  return async (form, place) => {
    const choices = sourceChoices(form.kind, input);
    const answer = await askChoice(place, {
      placeholder: SOURCE_QUESTION[form.kind],
      choices,
      ...active(form.sourceType),
    });
    return answer === BACK ? BACK : { ...form, sourceType: answer };
  };
}

const SOURCE_QUESTION: Readonly<Record<IdentityKind, string>> = {
  user: 'How do you sign in to AWS?',
  agent: 'How does the agent get its own identity?',
};

function sourceChoices(kind: IdentityKind, input: ProfileFormInput): Choice<Source['type']>[] {
  const keys: Choice<Source['type']> = {
    value: 'keys',
    label: '$(key) Access key',
    detail: 'An access key id and its secret. The secret goes into the keychain.',
  };
  const shared: Choice<Source['type']> = {
    value: 'sharedConfig',
    label: '$(file) Profile of the shared AWS config',
    detail: `Whatever ~/.aws says for it: IAM Identity Center, a role, a credential process. ${input.sharedProfiles.length} found.`,
  };
  const role: Choice<Source['type']> = {
    value: 'assumeRole',
    label: '$(shield) Assume a role',
    ...(kind === 'agent' ? { description: 'recommended' } : {}),
    detail: 'Short sessions of an IAM role, started with the credentials of another profile.',
  };
  const usable = input.profiles.length > 0 ? [role] : [];
  return kind === 'agent' ? [...usable, shared, keys] : [keys, shared, ...usable];
}

const accessKeyId = textStep('accessKeyId', {
  prompt: 'Access key id',
  placeholder: 'AKIA…',
  problem: problemOf(fieldSchemas.accessKeyId),
});

const secretAccessKey: Step = async (form, place) => {
  const answer = await askText(place, {
    prompt: `Secret access key of ${form.accessKeyId}. It goes into the keychain, nowhere else.`,
    password: true,
    problem: value =>
      /^[A-Za-z0-9+/=]{16,}$/.test(value.trim())
        ? undefined
        : 'A secret access key has 40 letters, digits, + and /.',
  });
  return answer === BACK ? BACK : { ...form, secret: new Secret(answer.trim()) };
};

function sharedProfile(input: ProfileFormInput): Step {
  return async (form, place) => {
    if (input.sharedProfiles.length === 0) {
      const typed = await askText(place, {
        prompt: 'Name of the profile in ~/.aws',
        value: 'default',
        problem: notEmpty,
      });
      return typed === BACK ? BACK : { ...form, sharedProfile: typed };
    }
    const choices = input.sharedProfiles.map(value => ({ value, label: value }));
    const answer = await askChoice(place, {
      placeholder: 'Which profile of ~/.aws?',
      choices,
      ...active(form.sharedProfile),
    });
    return answer === BACK ? BACK : { ...form, sharedProfile: answer };
  };
}

const roleArn = textStep('roleArn', {
  prompt: 'ARN of the role',
  placeholder: 'arn:aws:iam::111122223333:role/no-wing/agent',
  problem: problemOf(fieldSchemas.roleArn),
});

function fromProfile(input: ProfileFormInput): Step {
  return async (form, place) => {
    const choices = input.profiles.map(profile => ({
      value: profile.id,
      label: `$(${profile.kind === 'user' ? 'account' : 'hubot'}) ${profile.name}`,
      description: accountName(profile.verified),
    }));
    const answer = await askChoice(place, {
      placeholder: 'Whose credentials start the session? The agent never sees them.',
      choices,
      ...active(form.from),
    });
    return answer === BACK ? BACK : { ...form, from: answer };
  };
}

const externalId = textStep('externalId', {
  prompt: 'External id that the trust policy of the role demands. Leave empty if it demands none.',
  problem: value =>
    value === '' || /^[\w+=,.@:/-]{2,1224}$/.test(value)
      ? undefined
      : 'Two or more of letters, digits and +=,.@:/-',
});

const durationSeconds: Step = async (form, place) => {
  const choices = [
    { value: 900, label: '15 minutes' },
    { value: 3600, label: '1 hour', description: 'the longest for a chained role' },
    { value: 14_400, label: '4 hours' },
    { value: 43_200, label: '12 hours', description: 'only if the role allows it' },
  ];
  const answer = await askChoice(place, {
    placeholder: 'How long may one session last?',
    choices,
    active: form.durationSeconds ?? 3600,
  });
  return answer === BACK ? BACK : { ...form, durationSeconds: answer };
};

const sessionPolicy = textStep('sessionPolicy', {
  prompt: 'Session policy (JSON) that narrows every session further. Leave empty for none.',
  placeholder: '{"Version":"2012-10-17","Statement":[…]}',
  problem: value =>
    value === '' || v.safeParse(v.pipe(v.string(), v.parseJson()), value).success
      ? undefined
      : 'This is not JSON.',
});

const region = textStep('region', {
  prompt: 'Region',
  placeholder: 'eu-west-1',
  problem: problemOf(fieldSchemas.region),
});

const environment: Step = async (form, place) => {
  const choices = ENVIRONMENTS.map(value => ({ value, ...ENVIRONMENT_CHOICES[value] }));
  const answer = await askChoice(place, {
    placeholder: 'What is the account for?',
    choices,
    active: form.environment ?? 'dev',
  });
  return answer === BACK ? BACK : { ...form, environment: answer };
};

const ENVIRONMENT_CHOICES: Readonly<Record<Environment, { label: string; detail: string }>> = {
  dev: { label: 'dev', detail: 'Development: nothing here hurts for long' },
  staging: { label: 'staging', detail: 'Staging: like production, without its users' },
  prod: { label: 'prod', detail: 'Production: always coloured in the status bar, deployments ask twice' },
};

function name(input: Pick<ProfileFormInput, 'nameTaken' | 'suggestedName'>): Step {
  const problem = problemOf(fieldSchemas.name);
  return async (form, place) => {
    const answer = await askText(place, {
      prompt:
        form.kind === 'agent' ? 'Name of the agent, as it will stand in CloudTrail' : 'Name of the profile',
      value: form.name ?? input.suggestedName,
      problem: value =>
        problem(value) ??
        (input.nameTaken(form.kind, value) ? `There is already a profile named ${value}.` : undefined),
    });
    return answer === BACK ? BACK : { ...form, name: answer };
  };
}

type TextField = 'accessKeyId' | 'roleArn' | 'externalId' | 'sessionPolicy' | 'region';

function textStep(field: TextField, question: TextQuestion): Step {
  return async (form, place) => {
    const value = form[field];
    const answer = await askText(place, { ...question, ...(value === undefined ? {} : { value }) });
    return answer === BACK ? BACK : { ...form, [field]: answer };
  };
}

export function problemOf(schema: v.GenericSchema<string>): (value: string) => string | undefined {
  return value => {
    const result = v.safeParse(schema, value);
    return result.success ? undefined : result.issues[0].message;
  };
}

function notEmpty(value: string): string | undefined {
  return value === '' ? 'A name is needed.' : undefined;
}

function active<T>(value: T | undefined): { active?: T } {
  return value === undefined ? {} : { active: value };
}
