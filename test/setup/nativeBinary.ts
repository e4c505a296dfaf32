// Tells for which platform and processor a native binary was built, from its header.
export function targetOfBinary(bytes: Buffer): string {
  if (bytes.length < 64) return 'unknown';
  if (bytes.readUInt32BE(0) === 0x7f454c46) return named('linux', elfMachines, bytes.readUInt16LE(18));
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return named('darwin', machProcessors, bytes.readUInt32LE(4));
  if (bytes.toString('latin1', 0, 2) === 'MZ') return named('win32', peMachines, peMachine(bytes));
  return 'unknown';
}

const elfMachines: Codes = { 62: 'x64', 183: 'arm64' };
const machProcessors: Codes = { 16777223: 'x64', 16777228: 'arm64' };
const peMachines: Codes = { 34404: 'x64', 43620: 'arm64' };

type Codes = Readonly<Record<number, string>>;

function named(platform: string, processors: Codes, code: number): string {
  return `${platform}-${processors[code] ?? `0x${code.toString(16)}`}`;
}

function peMachine(bytes: Buffer): number {
  const header = bytes.readUInt32LE(0x3c);
  return header + 6 <= bytes.length ? bytes.readUInt16LE(header + 4) : 0;
}
