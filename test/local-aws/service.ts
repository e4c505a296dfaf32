/** What a service answered by ourselves gives back. */
export interface ServiceResult {
  readonly result: unknown;
  /** What CloudTrail notes beside the parameters and the result. */
  readonly record?: {
    readonly resources?: readonly {
      readonly accountId: string;
      readonly type: string;
      readonly ARN: string;
    }[];
    /** Another account that gets a copy of the event. */
    readonly alsoIn?: string;
  };
}
