/** Deployments and what happened in them. */
export const deploymentSchema = '';
