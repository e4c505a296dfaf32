/** What the words of libsecret, macOS, Windows and the dynamic loader mean to a person. */
import { redact } from '../../base/redact.ts';
import type { KeychainTrouble } from './rawKeychain.ts';

const START_KEYRING =
  'Sign in to a desktop session, or start a keyring such as GNOME Keyring or KWallet in this one.';

const MEANINGS: readonly (readonly [RegExp, KeychainTrouble])[] = [
  [
    /locked collection|is locked|interaction is not allowed|user cancel|prompt was dismissed/i,
    { kind: 'locked' },
  ],
  [
    /autolaunch|could not connect|connection refused|connection is closed|session bus/i,
    { kind: 'unavailable', reason: 'there is no D-Bus session bus', remedy: START_KEYRING },
  ],
  [
    /was not provided by any|session wrapping the secret|failed to execute program/i,
    { kind: 'unavailable', reason: 'no keyring is running', remedy: START_KEYRING },
  ],
  [
    /libsecret/i,
    {
      kind: 'unavailable',
      reason: 'the library libsecret is missing',
      remedy: 'Install the package libsecret-1-0 (Fedora and Arch: libsecret).',
    },
  ],
];

export function troubleFrom(message: string): KeychainTrouble {
  const known = MEANINGS.find(([words]) => words.test(message));
  return known?.[1] ?? { kind: 'unavailable', reason: redact(message) };
}

/** The native module could not be loaded. The loader names what is missing, unless it was not asked. */
export function unloadable(message: string, platform: NodeJS.Platform): KeychainTrouble {
  const trouble = troubleFrom(message);
  if (platform !== 'linux' || ('remedy' in trouble && trouble.remedy)) return trouble;
  const remedy =
    'It needs the package libsecret-1-0 (Fedora and Arch: libsecret), and a C library that is glibc.';
  return { kind: 'unavailable', reason: `its module cannot be loaded (${redact(message)})`, remedy };
}

/**
 * Without a session bus libsecret may start one, with an empty keyring that nobody else sees, and call that an answer.
 * @returns undefined when there is a bus to ask.
 */
export function missingSessionBus(
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
  exists: (path: string) => boolean,
): KeychainTrouble | undefined {
  const runtime = env['XDG_RUNTIME_DIR'];
  if (platform !== 'linux' || env['DBUS_SESSION_BUS_ADDRESS']) return undefined;
  return runtime && exists(`${runtime}/bus`) ? undefined : troubleFrom('no session bus');
}
