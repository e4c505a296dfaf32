/**
 * Settings of the AWS provider and of a configured backend that would make them act as somebody else than the agent, or
 * talk to something else than AWS: a plan and its yes are for one identity, and what is deployed must be done by it.
 */
import { UserError } from '../../base/userError.ts';
import type { Section } from './section.ts';

/** All that may be set for the AWS provider: whatever is new there is refused until it is looked at. */
const HARMLESS =
  /^(?:region|alias|version|default_tags|ignore_tags|(?:allowed|forbidden)_account_ids|max_retries|retry_mode|token_bucket_rate_limiter_capacity|use_(?:dualstack|fips)_endpoint|skip_\w+|s3_use_path_style|s3_us_east_1_regional_endpoint|sts_region|tag_policy_compliance|user_agent|\/\/)$/;

/** @returns the names that are refused. */
export function foreignSettings(names: readonly string[]): string[] {
  return names.filter(name => !HARMLESS.test(name));
}

const OTHER_ACCESS =
  /^(?:profile|shared_\w+|access_key|secret_key|token|assume_role\w*|role_arn|external_id|session_name|endpoints?|\w+_endpoint|insecure|\w+_proxy|custom_ca_bundle)$/;

export function foreignBackendSettings(names: readonly string[]): string[] {
  return names.filter(name => OTHER_ACCESS.test(name) && !/^use_/.test(name));
}

export interface ForeignIdentities {
  readonly identities: readonly string[];
  readonly backendIdentities: readonly string[];
}

/** As far as the files of one folder tell; what they hide the plan says. */
export function foreignIdentities(sections: readonly Section[]): ForeignIdentities {
  const aws = awsNames(sections);
  const providers = sections.filter(({ type, labels }) => type === 'provider' && aws.has(labels[0] ?? ''));
  return {
    identities: [
      ...providers.flatMap(provider =>
        told(`provider ${provider.labels[0]}`, foreignSettings(provider.names)),
      ),
      ...sections.flatMap(remoteState),
    ],
    backendIdentities: sections
      .filter(({ type }) => type === 'terraform')
      .flatMap(section => section.inside('backend', 1))
      .filter(({ labels }) => labels[0] === 's3')
      .flatMap(backend => told('backend s3', foreignBackendSettings(backend.names))),
  };
}

/** The provider may go by another name. */
function awsNames(sections: readonly Section[]): ReadonlySet<string> {
  const required = sections.flatMap(section =>
    section.type === 'terraform' ? section.inside('required_providers', 0) : [],
  );
  const others = required.flatMap(section =>
    section.names.filter(name => /hashicorp\/aws"/.test(section.raw(name) ?? '')),
  );
  return new Set(['aws', ...others]);
}

function remoteState({ type, labels, raw }: Section): string[] {
  if (type !== 'data' || labels[0] !== 'terraform_remote_state') return [];
  const words = (raw('config') ?? '').match(/\w+/g) ?? [];
  return told(`data.terraform_remote_state.${labels[1] ?? ''}`, [...new Set(foreignBackendSettings(words))]);
}

function told(what: string, names: readonly string[]): string[] {
  return names.length === 0 ? [] : [`${what} sets ${names.join(', ')}`];
}

/** @param others as `foreignIdentities` tells them. */
export function otherIdentity(stackName: string, others: readonly string[]): UserError {
  return new UserError(
    'terraform.otherIdentity',
    `${stackName} would act with other credentials or addresses than the agent's: ${others.join('; ')}. Nothing was changed.`,
    {
      hint: 'Remove these settings: Terraform gets the credentials and the Region of the agent by itself. For another role or account, add it as an agent of its own.',
    },
  );
}
