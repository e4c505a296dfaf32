/** The settings of Terraform, as the deployment takes them. */
import { backendSetting, type TerraformSettings } from '../deployment/terraform/settings.ts';
import { setting } from './settings.ts';

/** @throws UserError `terraform.backendSetting` */
export function terraformSettings(): TerraformSettings {
  return {
    preferred: setting('terraform.preferred'),
    paths: { terraform: setting('terraform.path'), opentofu: setting('terraform.openTofuPath') },
    cliConfig: setting('terraform.cliConfigFile'),
    backend: backendSetting(setting('terraform.backend')),
    tenants: setting('terraform.tenants'),
  };
}
