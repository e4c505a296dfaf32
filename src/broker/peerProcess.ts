/**
 * Who is at the other end of a connection, as Linux tells it: the user, and the terminal's session. Elsewhere nothing
 * tells it, and the API key alone decides. Source: proc(5), `/proc/net/tcp`, `/proc/PID/stat`.
 */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { type KnownProcess, startOf } from '../base/runningProcess.ts';
import type { Connection } from './httpServer.ts';

export interface Peers {
  /** A process of this user, or of the administrator. */
  isOfThisUser(connection: Connection): Promise<boolean>;
  /** A process that runs in the terminal with this shell. */
  isInTerminal(connection: Connection, shell: KnownProcess): Promise<boolean>;
  /** Can it be told at all? */
  readonly canTell: boolean;
}

export function createPeers(platform: NodeJS.Platform = process.platform): Peers {
  if (platform !== 'linux') {
    return { canTell: false, isOfThisUser: async () => true, isInTerminal: async () => true };
  }
  return {
    canTell: true,
    async isOfThisUser(connection) {
      const uid = (await peerSocket(connection))?.uid;
      return uid !== undefined && (uid === process.getuid?.() || uid === 0);
    },
    async isInTerminal(connection, { processId, processStart }) {
      // Another process with the number of a shell that has ended is not that terminal.
      if (processStart === undefined || startOf(processId) !== processStart) return false;
      const socket = await peerSocket(connection);
      if (!socket) return false;
      for (const pid of await processesOf(processId)) if (await holds(pid, socket.inode)) return true;
      return false;
    },
  };
}

interface PeerSocket {
  readonly uid: number;
  readonly inode: string;
}

/** The other end's own entry: its local address is our remote one. */
async function peerSocket({ port, peerPort }: Connection): Promise<PeerSocket | undefined> {
  const [theirs, ours] = [hexPort(peerPort()), hexPort(port)];
  const v4 = entry(await text('/proc/self/net/tcp'), `0100007F:${theirs} 0100007F:${ours} `);
  if (v4) return v4;
  // A program that speaks IPv6 reaches us with a mapped address.
  const mapped = '0000000000000000FFFF00000100007F';
  return entry(await text('/proc/self/net/tcp6'), `${mapped}:${theirs} ${mapped}:${ours} `);
}

function entry(table: string, addresses: string): PeerSocket | undefined {
  const at = table.indexOf(addresses);
  if (at < 0) return undefined;
  // After the addresses: state, queues, timer, retransmissions, uid, timeout, inode.
  const fields = table.slice(at + addresses.length, table.indexOf('\n', at)).split(/ +/);
  const [uid, inode] = [Number(fields[4]), fields[6]];
  return Number.isInteger(uid) && inode !== undefined && inode !== '0' ? { uid, inode } : undefined;
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** Ids of the processes whose session is the shell's. */
async function processesOf(session: number): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const sessions = await Promise.all(pids.map(async pid => sessionOf(await text(`/proc/${pid}/stat`))));
  return pids.filter((_, at) => sessions[at] === session);
}

/** `pid (name) state ppid pgrp session ...`, where the name may have brackets and blanks of its own. */
function sessionOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}

async function holds(pid: string, inode: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(files.map(file => readlink(`${folder}/${file}`).catch(() => '')));
  return targets.includes(`socket:[${inode}]`);
}

/** A process that has ended meanwhile has no files. */
function text(path: string): Promise<string> {
  return readFile(path, 'latin1').catch(() => '');
}
