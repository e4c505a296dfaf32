/** How long an answer is waited for, in the SDK's form. Identity calls are small: one that takes longer will not come. */
import { SECOND } from '../base/clock.ts';

export interface Patience {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  /** Otherwise the SDK only warns, and waits on. */
  readonly throwOnRequestTimeout: true;
}

export const PATIENCE: Patience = {
  connectionTimeout: 5 * SECOND,
  requestTimeout: 10 * SECOND,
  throwOnRequestTimeout: true,
};
