/**
 * Where a call came from, as coarse as an address says it: a network, not a computer. Providers hand out other addresses
 * of one network all the time. Services' names (`cloudformation.amazonaws.com`, `AWS Internal`) are no places.
 */
import { isIP } from 'node:net';

export interface Place {
  /** One computer has an address in each family at the same time, so only places of one family are compared. */
  readonly family: 'v4' | 'v6' | 'private';
  readonly network: string;
}

export function placeOf(sourceIp: string | undefined): Place | undefined {
  // IPv4 as an IPv6 socket shows it.
  const ip = (sourceIp ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
  const version = isIP(ip);
  if (version === 4) return PRIVATE_V4.test(ip) ? within(ip) : { family: 'v4', network: `${v4(ip)}.0/24` };
  if (version !== 6) return undefined;
  const groups = expand(ip);
  if (/^f[cd]|^fe[89ab]/.test(groups[0] ?? '')) return { family: 'private', network: 'private IPv6' };
  return { family: 'v6', network: `${groups.slice(0, 3).join(':')}::/48` };
}

/** Inside a VPC, or behind an operator's translation (RFC 1918, RFC 6598). */
const PRIVATE_V4 =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;

function within(ip: string): Place {
  return { family: 'private', network: `${v4(ip)}.0/24` };
}

function v4(ip: string): string {
  return ip.split('.').slice(0, 3).join('.');
}

/** The first groups of an IPv6 address, written out; those after `::` are never needed for a network of 48 bits. */
function expand(ip: string): string[] {
  const [head = ''] = ip.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':').map(group => group.replace(/^0+(?=.)/, ''));
  return [...groups, '0', '0', '0'].slice(0, 3);
}
