// The environment of a test process: none of the developer's AWS settings, folders, editor or npm variables get in,
// so that a test can neither use nor change what is theirs.
const foreign =
  /^(AWS_|XDG_|VSCODE_|npm_|ELECTRON_|NODE_OPTIONS$|NODE_TEST_|PORT$|PASSWORD$|DBUS_|DISPLAY$|WAYLAND_DISPLAY$)/;

export type Env = Readonly<Record<string, string>>;

export function cleanEnv(extra: Env = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return { ...Object.fromEntries(kept.map(([name, value]) => [name, value ?? ''])), ...extra };
}
