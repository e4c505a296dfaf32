/** How one type of resource is made, changed and removed. */
import type { Fields } from '../../values.ts';
import type { ServiceCalls } from '../serviceCalls.ts';

export interface Made {
  readonly physicalId: string;
  readonly attributes: Fields;
}

export interface Existing extends Made {
  readonly logicalId?: string;
  readonly properties: Fields;
}

export interface ResourceType {
  /** The property that names it; when absent from a template, CloudFormation makes up a name. */
  readonly nameProperty?: string;
  readonly nameOf?: (generated: string) => string;
  /** Properties whose change needs a new resource. */
  readonly createOnly: readonly string[];
  readonly required?: readonly string[];
  create(properties: Fields, calls: ServiceCalls, logicalId: string): Promise<Made>;
  update(existing: Existing, properties: Fields, calls: ServiceCalls): Promise<Made>;
  remove(existing: Existing, calls: ServiceCalls): Promise<void>;
  /** What it is now, in the words of its properties; absent where drift is not compared. */
  read?(existing: Existing, calls: ServiceCalls): Promise<Fields>;
}
