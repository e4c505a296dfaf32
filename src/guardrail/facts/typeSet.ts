/** Tables of resource types, one line for each service. */
export type TypeTable = Readonly<Record<string, string>>;

/** `{ EC2: 'VPC Subnet' }` holds `AWS::EC2::VPC` and `AWS::EC2::Subnet`; a `*` at the end of a name is any ending. */
export function typeSet(table: TypeTable): (type: string) => boolean {
  const names = Object.entries(table).flatMap(([service, types]) =>
    types.split(' ').map(type => `AWS::${service}::${type}`),
  );
  const exact = new Set(names.filter(name => !name.endsWith('*')));
  const beginnings = names.filter(name => name.endsWith('*')).map(name => name.slice(0, -1));
  return type => exact.has(type) || beginnings.some(beginning => type.startsWith(beginning));
}
