/** Rules with a list of what is allowed: Regions, types of resources, types of machines. */
import { isKnown } from '../fact.ts';
import { canonicalType } from '../facts/typeAliases.ts';
import { type AllowLists, isAllowed } from '../limits.ts';
import { broken, type Check, examine, isMade, isTouched, notKnown } from './finding.ts';

export const regions: Check<AllowLists> = {
  findings: (lists, { region, resources }) => [
    ...(isAllowed(lists, region) ? [] : [broken(region)]),
    ...resources.filter(isTouched).flatMap(resource => {
      const own = resource.facts.region;
      if (own === undefined || lists.length === 0) return [];
      if (!isKnown(own)) return [notKnown(own.unknown, resource)];
      return isAllowed(lists, own.value) ? [] : [broken(own.value, resource)];
    }),
  ],
  summary: (_lists, { region }) => region,
};

export const resourceTypes: Check<AllowLists> = {
  findings: (lists, { resources }) =>
    lists.length === 0
      ? []
      : resources.filter(isTouched).flatMap(resource => {
          const { type } = resource;
          if (!isAllowed(lists, type, canonicalType(type))) return [broken(type, resource)];
          return examine(resource, undefined, () => []);
        }),
  summary: (_lists, { resources }) => {
    const types = new Set(resources.filter(isTouched).map(({ type }) => type));
    return `${types.size} ${types.size === 1 ? 'type' : 'types'}`;
  },
};

export const instanceTypes: Check<AllowLists> = {
  findings: (lists, { resources }) =>
    lists.length === 0
      ? []
      : resources.filter(isMade).flatMap(resource =>
          examine(resource, resource.facts.machines, machines =>
            machines.flatMap(({ type }) => {
              if (!isKnown(type)) return [notKnown(type.unknown, resource)];
              return isAllowed(lists, type.value) ? [] : [broken(type.value, resource)];
            }),
          ),
        ),
  summary: (_lists, { resources }) => {
    const types = resources
      .filter(isMade)
      .flatMap(({ facts: { machines } }) =>
        machines !== undefined && isKnown(machines)
          ? machines.value.flatMap(({ type }) => (isKnown(type) ? [type.value] : []))
          : [],
      );
    return [...new Set(types)].join(', ') || 'no machines';
  },
};
