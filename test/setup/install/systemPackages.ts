// Programs and libraries of the operating system.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findChromium } from '../browser.ts';
import { runStep } from './runStep.ts';

export type Purpose =
  | 'browser'
  | 'keyring'
  | 'host'
  | 'moto'
  | 'aws'
  | 'cdk'
  | 'jq'
  | 'duckDb'
  | 'build'
  | 'venv';

interface SystemPackage {
  readonly for: Purpose;
  readonly what: string;
  readonly debian: string;
  readonly fedora: string;
  present(): boolean;
}

/** Installs what is missing, as root on Debian. @throws with the command to run elsewhere. */
export async function ensureSystemPackages(purposes: readonly Purpose[]): Promise<void> {
  const missing = systemPackages.filter(entry => purposes.includes(entry.for) && !entry.present());
  if (missing.length === 0) return;
  const names = missing.map(entry => entry.what).join(', ');
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || !isDebian()) throw new Error(`Missing: ${names}. Run: ${commandFor(missing)}`);
  const packages = [...new Set(missing.map(entry => entry.debian))];
  console.log(`Setting up: ${packages.join(' ')} (apt-get)`);
  await runStep('apt-get', ['update', '-qq'], aptEnv);
  await runStep('apt-get', [...aptInstall, ...packages], aptEnv);
}

const systemPackages: readonly SystemPackage[] = [
  {
    for: 'browser',
    what: 'Chromium',
    debian: 'chromium',
    fedora: 'chromium',
    present: () => !!findChromium(),
  },
  {
    for: 'browser',
    what: 'a font',
    debian: 'fonts-dejavu-core',
    fedora: 'dejavu-sans-fonts',
    present: () => existsSync('/usr/share/fonts'),
  },
  program('keyring', 'gnome-keyring-daemon', 'gnome-keyring', 'gnome-keyring'),
  program('keyring', 'dbus-daemon', 'dbus-daemon', 'dbus-daemon'),
  program('keyring', 'dbus-send', 'dbus-bin', 'dbus-tools'),
  library('keyring', 'libsecret-1.so.0', 'libsecret-1-0', 'libsecret'),
  program('moto', 'python3', 'python3', 'python3'),
  program('jq', 'jq', 'jq', 'jq'),
  program('aws', 'aws', 'awscli', 'awscli2'),
  {
    for: 'aws',
    what: 'boto3',
    debian: 'python3-boto3',
    fedora: 'python3-boto3',
    present: () => spawnSync('python3', ['-c', 'import boto3'], { stdio: 'ignore' }).status === 0,
  },
  program('build', 'g++', 'build-essential', 'gcc-c++'),
  program('build', 'make', 'build-essential', 'make'),
  program('build', 'python3', 'python3', 'python3'),
  program('build', 'pkg-config', 'pkg-config', 'pkgconf-pkg-config'),
  header('build', 'gssapi/gssapi.h', 'libkrb5-dev', 'krb5-devel'),
  header('build', 'libsecret-1/libsecret/secret.h', 'libsecret-1-dev', 'libsecret-devel'),
  header('build', 'X11/Xlib.h', 'libx11-dev', 'libX11-devel'),
  header('build', 'X11/extensions/XKBrules.h', 'libxkbfile-dev', 'libxkbfile-devel'),
  {
    for: 'venv',
    what: 'Python venv',
    debian: 'python3-venv',
    fedora: 'python3',
    present: hasVenv,
  },
];

const aptInstall = ['install', '-y', '-qq', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
const aptEnv = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };

function program(purpose: Purpose, name: string, debian: string, fedora: string): SystemPackage {
  const present = () => (process.env['PATH'] ?? '').split(delimiter).some(dir => existsSync(join(dir, name)));
  return { for: purpose, what: name, debian, fedora, present };
}

function library(purpose: Purpose, name: string, debian: string, fedora: string): SystemPackage {
  const present = () => libraryFolders().some(dir => existsSync(join(dir, name)));
  return { for: purpose, what: name, debian, fedora, present };
}

function header(purpose: Purpose, name: string, debian: string, fedora: string): SystemPackage {
  const present = () => ['/usr/include', '/usr/local/include'].some(dir => existsSync(join(dir, name)));
  return { for: purpose, what: name, debian, fedora, present };
}

function libraryFolders(): string[] {
  const multiarch = existsSync('/usr/lib')
    ? readdirSync('/usr/lib').filter(name => name.includes('-linux-'))
    : [];
  return [...multiarch.map(name => join('/usr/lib', name)), '/usr/lib64', '/usr/lib', '/usr/local/lib'];
}

// Debian takes the part of Python that makes virtual environments out of its main package.
function hasVenv(): boolean {
  return spawnSync('python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' }).status === 0;
}

function isDebian(): boolean {
  return (
    existsSync('/etc/os-release') &&
    /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  );
}

function commandFor(missing: readonly SystemPackage[]): string {
  const isFedora = existsSync('/usr/bin/dnf');
  const names = new Set(missing.map(entry => (isFedora ? entry.fedora : entry.debian)));
  const install = isFedora ? 'dnf install -y' : 'apt-get install -y --no-install-recommends';
  return `sudo ${install} ${[...names].join(' ')}`;
}
