/** AWS services as people call them: `cloudformation.amazonaws.com` → `CloudFormation`. */
const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'access-analyzer': 'IAM Access Analyzer',
    apigateway: 'API Gateway',
    'application-autoscaling': 'Application Auto Scaling',
    'aws-mcp': 'AWS MCP Server',
    autoscaling: 'Auto Scaling',
    backup: 'Backup',
    cloudformation: 'CloudFormation',
    cloudfront: 'CloudFront',
    cloudtrail: 'CloudTrail',
    codebuild: 'CodeBuild',
    codepipeline: 'CodePipeline',
    config: 'Config',
    delivery: 'CloudWatch Logs',
    dynamodb: 'DynamoDB',
    ecs: 'ECS',
    'ecs-tasks': 'ECS',
    eks: 'EKS',
    elasticloadbalancing: 'Elastic Load Balancing',
    events: 'EventBridge',
    guardduty: 'GuardDuty',
    inspector2: 'Inspector',
    lambda: 'Lambda',
    logs: 'CloudWatch Logs',
    monitoring: 'CloudWatch',
    organizations: 'Organizations',
    'resource-explorer-2': 'Resource Explorer',
    scheduler: 'EventBridge Scheduler',
    secretsmanager: 'Secrets Manager',
    securityhub: 'Security Hub',
    servicecatalog: 'Service Catalog',
    signin: 'AWS sign-in',
    ssm: 'Systems Manager',
    sso: 'IAM Identity Center',
    states: 'Step Functions',
    'support-plans': 'Support',
    trustedadvisor: 'Trusted Advisor',
  }),
);

/** A name that is not in the table is shown by its own first part, in capitals when it is short (`EC2`, `KMS`). */
export function serviceName(principal: string): string {
  const id = /^([\w-]+)(?:\.[\w-]+)*\.amazonaws\.com(?:\.cn)?$/.exec(principal)?.[1];
  if (id === undefined) return principal;
  return NAMES.get(id) ?? (id.length <= 4 ? id.toUpperCase() : id);
}
