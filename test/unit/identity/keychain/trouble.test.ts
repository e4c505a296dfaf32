import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KeychainTrouble } from '../../../../src/identity/keychain/rawKeychain.ts';
import { missingSessionBus, troubleFrom, unloadable } from '../../../../src/identity/keychain/trouble.ts';

describe('what a keychain says, for a person', () => {
  const said: [message: string, expected: string][] = [
    ['Cannot create an item in a locked collection', 'locked'],
    ['User interaction is not allowed.', 'locked'],
    ['User canceled the operation.', 'locked'],
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', 'there is no D-Bus session bus'],
    ['Could not connect: No such file or directory', 'there is no D-Bus session bus'],
    ['The connection is closed', 'there is no D-Bus session bus'],
    ['The name org.freedesktop.secrets was not provided by any .service files', 'no keyring is running'],
    ['The session wrapping the secret does not exist', 'no keyring is running'],
    [
      'libsecret-1.so.0: cannot open shared object file: No such file or directory',
      'the library libsecret is missing',
    ],
    ['Something new, password=hunter2', 'Something new, password=[secret]'],
  ];
  for (const [message, expected] of said) {
    test(message, () => assert.equal(reasonOf(troubleFrom(message)), expected));
  }

  test('a missing libsecret names the package to install', () => {
    const trouble = unloadable('libsecret-1.so.0: cannot open shared object file', 'linux');
    assert.match(remedyOf(trouble), /libsecret-1-0/);
  });

  test('so does a module that cannot be loaded on Linux for a reason that nobody knows', () => {
    assert.match(remedyOf(unloadable('Failed to load keytar native addon', 'linux')), /libsecret-1-0/);
    assert.equal(remedyOf(unloadable('Failed to load keytar native addon', 'win32')), '');
  });
});

describe('a session bus', () => {
  type Case = [
    what: string,
    platform: NodeJS.Platform,
    env: NodeJS.ProcessEnv,
    files: string[],
    missing: boolean,
  ];
  const cases: Case[] = [
    ['named by the environment', 'linux', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x' }, [], false],
    ['in its usual place', 'linux', { XDG_RUNTIME_DIR: '/run/user/1' }, ['/run/user/1/bus'], false],
    ['not in its usual place', 'linux', { XDG_RUNTIME_DIR: '/run/user/1' }, [], true],
    ['nowhere', 'linux', { DISPLAY: ':0' }, ['/bus'], true],
    ['not needed by Windows', 'win32', {}, [], false],
    ['not needed by macOS', 'darwin', {}, [], false],
  ];
  for (const [what, platform, env, files, missing] of cases) {
    test(what, () => {
      const trouble = missingSessionBus(platform, env, path => files.includes(path));
      assert.equal(trouble !== undefined, missing);
    });
  }
});

function reasonOf(trouble: KeychainTrouble): string {
  return trouble.kind === 'unavailable' ? trouble.reason : trouble.kind;
}

function remedyOf(trouble: KeychainTrouble): string {
  return trouble.kind === 'unavailable' ? (trouble.remedy ?? '') : '';
}
