/** What IAM says of a role, each part known or not: what may not be read is never taken for harmless. */
export type Fact<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  /** `AWS:arn…`, `Service:…`, `*`. */
  readonly principals: readonly string[];
  /** Condition keys, in lower case: `sts:sourceidentity`. */
  readonly conditionKeys: readonly string[];
}

export interface RoleBasics {
  readonly maxSessionSeconds: number;
  readonly trust: readonly Statement[];
  /** The ARN of the boundary. */
  readonly boundary?: string;
}

export interface RoleFacts {
  readonly basics: Fact<RoleBasics>;
  /** Every statement of every policy that the role carries. */
  readonly permissions: Fact<readonly Statement[]>;
  /** Only where there is a boundary. */
  readonly boundary?: Fact<readonly Statement[]>;
}
