/** A filled form → a draft; what is missing stops it. Pure. */
import { randomUUID } from 'node:crypto';
import type { ProfileDraft, Source } from '../identity/profile.ts';
import type { ProfileForm } from './profileForm.ts';

export function profileDraft(form: ProfileForm): ProfileDraft {
  return {
    id: randomUUID(),
    kind: form.kind,
    name: needed(form.name),
    region: needed(form.region),
    environment: needed(form.environment),
    source: sourceOf(form),
  };
}

function sourceOf(form: ProfileForm): Source {
  switch (needed(form.sourceType)) {
    case 'keys':
      return { type: 'keys', accessKeyId: needed(form.accessKeyId) };
    case 'sharedConfig':
      return { type: 'sharedConfig', profile: needed(form.sharedProfile) };
    case 'assumeRole':
      return {
        type: 'assumeRole',
        roleArn: needed(form.roleArn),
        from: needed(form.from),
        durationSeconds: needed(form.durationSeconds),
        ...(form.externalId ? { externalId: form.externalId } : {}),
        ...(form.sessionPolicy ? { sessionPolicy: form.sessionPolicy } : {}),
      };
  }
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The form has not been filled in');
  return value;
}
