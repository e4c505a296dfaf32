/**
 * A source that lay in the store, as it may be planned again. Any program of this user can write there: what a person
 * has agreed to is not taken from it, nor a folder of this computer that files would be read from. Pure.
 */
import type { Source } from './source.ts';

export function fromStore(source: Source): Source {
  switch (source.engine) {
    case 'cloudformation':
      return source;
    case 'cdk': {
      const { assembly: _stored, ...recorded } = source;
      return recorded;
    }
    case 'terraform':
      return { ...source, runsPrograms: false };
  }
}
