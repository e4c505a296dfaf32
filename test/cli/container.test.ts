/**
 * The hard boundary: an agent in a container that has nothing but the folder of `no-wing serve`. A container is made of
 * kernel namespaces, so they stand in for one here: file systems, network and processes of its own; the relay in it
 * does what socat does in the recipe (media/docs/dev-container.md).
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { noWing, type Output, openTerminal, run, serve, type Terminal } from './terminal.ts';

const NAMESPACES = ['--mount', '--net', '--pid', '--ipc', '--fork', '--mount-proc'];
const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
const obstacle =
  process.platform !== 'linux'
    ? 'namespaces are of Linux'
    : spawnSync('unshare', [...asRoot, ...NAMESPACES, 'true']).status === 0
      ? false
      : 'this user may not make namespaces';

let terminal: Terminal;
let shared: string;
let serving: ChildProcess;
let hostPort: number;
const variables: Record<string, string> = {};

describe('an agent in a container', { skip: obstacle }, () => {
  before(async () => {
    terminal = await openTerminal();
    hostPort = await serveWindow();
    shared = join(terminal.computer.folder, 'shared');
    await startServing();
    await relayAws();
  });
  after(async () => {
    serving.kill('SIGTERM');
    await once(serving, 'exit');
    await terminal.close();
  });

  it('acts as the agent', async () => {
    const { stdout, stderr } = await inContainer('aws sts get-caller-identity --query Arn --output text');
    assert.match(stdout, /assumed-role\/.*\/no-wing-copilot-/, stderr);
  });

  it('finds nothing of the user: no files, no processes, no keychain, no broker of the window', async () => {
    const looks = [
      `ls ${terminal.directory}`,
      `test -n "$(ls -A ${terminal.computer.folder})"`,
      `test -e ${keyringBus()}`,
      'ls /proc | grep -c "^[0-9]" | xargs test 12 -lt',
      `cat /proc/${process.pid}/environ`,
      `"$NODE" -e 'require("net").connect(${hostPort}, "127.0.0.1").on("error", () => process.exit(1))'`,
    ];
    for (const look of looks) {
      const { code, stdout } = await inContainer(look);
      assert.notEqual(code, 0, `${look}: ${stdout}`);
    }
  });

  it('gets nothing with the key of another client, and none of the user by any path', async () => {
    const ask = (path: string, key: string): string =>
      `"$NODE" -e 'require("http").get({ host: "127.0.0.1", port: 7411, path: "${path}", headers: { authorization: ${key} } }, r => { r.pipe(process.stdout); r.on("end", () => process.exit(r.statusCode === 200 ? 0 : 1)) })'`;
    const own = 'require("fs").readFileSync("/run/no-wing/token", "utf8")';
    assert.equal((await inContainer(ask('/v1/credentials', own))).code, 0);
    const refused = [
      ask('/v1/credentials', '"nw_0123456789ab_" + "A".repeat(43)'),
      ask('/v1/credentials?profile=alice', own),
      ask('/v1/credentials/alice', own),
      ask('/v1/profiles', own),
    ];
    for (const request of refused) assert.equal((await inContainer(request)).code, 1, request);
  });

  it('its folder holds a key for this agent alone, for this user alone, and loses it at the end', async () => {
    for (const file of ['token', 'broker.sock']) assert.equal(statSync(join(shared, file)).mode & 0o077, 0);
    const other = await noWing(terminal, ['serve', '--as', 'alice', '--folder', join(shared, 'alice')]);
    assert.equal(other.code, 3);
    assert.match(other.stderr, /alice/);
  });
});

async function serveWindow(): Promise<number> {
  return serve(terminal);
}

/** Starts `no-wing serve` and takes the environment from what it prints. */
async function startServing(): Promise<void> {
  serving = spawn(process.execPath, [terminal.cli, 'serve', '--as', 'copilot', '--folder', shared], {
    env: terminal.env,
    cwd: terminal.workspace,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const part of serving.stdout ?? []) {
    text += String(part);
    if (text.includes('NO_WING_AGENT=')) break;
  }
  for (const [, name = '', value = ''] of text.matchAll(/^ {2}(\w+)=(.*)$/gm)) variables[name] = value;
}

/** A container has its own way to AWS; this one's leads through a socket as well. */
async function relayAws(): Promise<void> {
  const socket = join(shared, 'aws.sock');
  rmSync(socket, { force: true });
  const port = Number(new URL(terminal.computer.aws.endpoint).port);
  const server = createServer(from => {
    const to = connect(port, '127.0.0.1');
    from.on('error', () => to.destroy()).pipe(to);
    to.on('error', () => from.destroy()).pipe(from);
  });
  await new Promise<void>(resolve => server.listen(socket, resolve));
  server.unref();
  chmodSync(socket, 0o600);
}

const RELAY = `
const { connect, createServer } = require('node:net');
for (const [port, socket] of [[7411, 'broker.sock'], [Number(process.argv[2]), 'aws.sock']])
  createServer(from => {
    const to = connect('/run/no-wing/' + socket);
    from.on('error', () => to.destroy()).pipe(to);
    to.on('error', () => from.destroy()).pipe(from);
  }).listen(port, '127.0.0.1', () => console.error('relay'));
`;

/** This person's home and store, and where their keyring answers. */
function hidden(): string[] {
  return [terminal.computer.folder, dirname(keyringBus())];
}

function keyringBus(): string {
  const bus = /^unix:path=([^,]+)/.exec(terminal.env['DBUS_SESSION_BUS_ADDRESS'] ?? '')?.[1];
  assert.ok(bus);
  return bus;
}

/** What is hidden is another, empty file system in there. */
function inContainer(command: string): Promise<Output> {
  const { endpoint } = terminal.computer.aws;
  mkdirSync(shared, { recursive: true });
  writeFileSync(join(shared, 'relay.cjs'), RELAY);
  const script = [
    'set -e',
    'ip link set lo up',
    'mount -t tmpfs none /run',
    'mkdir /run/no-wing',
    `mount --bind ${shared} /run/no-wing`,
    ...hidden().map(folder => `mount -t tmpfs none ${folder}`),
    `"$NODE" /run/no-wing/relay.cjs ${new URL(endpoint).port} 2>/run/relay &`,
    'for tries in $(seq 200); do [ "$(wc -l < /run/relay)" = 2 ] && break; sleep 0.05; done',
    'set +e',
    command,
  ].join('\n');
  return run('unshare', [...asRoot, ...NAMESPACES, 'sh', '-c', script], {
    cwd: '/',
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: '/run',
      NODE: process.execPath,
      AWS_ENDPOINT_URL: endpoint,
      ...variables,
    },
  });
}
