import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import {
  COMMANDS,
  CONTEXT_KEYS,
  SETTING_IDS,
  TERMINAL_PROFILES,
  VIEWS,
} from '../../../src/ui/contributions.ts';

const Manifest = v.object({
  contributes: v.looseObject({
    commands: v.array(
      v.object({
        command: v.string(),
        title: v.string(),
        category: v.string(),
        icon: v.string(),
        enablement: v.optional(v.string()),
      }),
    ),
    configuration: v.object({
      properties: v.record(v.string(), v.looseObject({ scope: v.string(), default: v.unknown() })),
    }),
    views: v.object({ noWing: v.array(v.looseObject({ id: v.string() })) }),
    viewsWelcome: v.array(v.object({ view: v.string(), contents: v.string(), when: v.optional(v.string()) })),
    terminal: v.object({ profiles: v.array(v.looseObject({ id: v.string() })) }),
    menus: v.record(v.string(), v.array(v.looseObject({ command: v.string(), when: v.string() }))),
  }),
  capabilities: v.object({
    untrustedWorkspaces: v.looseObject({ restrictedConfigurations: v.array(v.string()) }),
  }),
});

const read = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const text = read('package.json');
const { contributes, capabilities } = v.parse(Manifest, JSON.parse(text));
const words = v.parse(v.record(v.string(), v.string()), JSON.parse(read('package.nls.json')));

describe('the tables of contributions and package.json say the same', () => {
  it('commands, with the same need for trust', () => {
    const manifest = Object.fromEntries(
      contributes.commands.map(({ command, enablement }) => [command, enablement === 'isWorkspaceTrusted']),
    );
    const table = Object.fromEntries(
      Object.entries(COMMANDS).map(([id, { needsTrust }]) => [id, needsTrust]),
    );
    assert.deepEqual(manifest, table);
  });

  it('settings', () => {
    const keys = Object.keys(contributes.configuration.properties).map(key => key.replace(/^noWing\./, ''));
    assert.deepEqual(keys.sort(), Object.keys(SETTING_IDS).sort());
  });

  it('views', () =>
    assert.deepEqual(
      contributes.views.noWing.map(({ id }) => id),
      [...VIEWS],
    ));

  it('terminal profiles', () =>
    assert.deepEqual(
      contributes.terminal.profiles.map(({ id }) => id),
      Object.values(TERMINAL_PROFILES),
    ));

  it('context keys: every one in a when clause is one that is set', () => {
    const used = new Set(
      [...text.matchAll(/noWing\.(?:has|trail|deployment|template)\w+(?=[\s)"&|=]|$)/g)].map(([key]) => key),
    );
    const known = new Set([...Object.keys(CONTEXT_KEYS), ...VIEWS]);
    assert.deepEqual(
      [...used].filter(key => !known.has(key) && !(key in COMMANDS)),
      [],
    );
  });
});

it('every id in the code is a contributed one', () => {
  const src = new URL('../../../src/', import.meta.url);
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'));
  const ids = files.flatMap(file =>
    [...readFileSync(new URL(file.replaceAll('\\', '/'), src), 'utf8').matchAll(/'(noWing\.[\w.]+)'/g)].map(
      match => match[1] ?? '',
    ),
  );
  const known = new Set([
    ...Object.keys(COMMANDS),
    ...Object.keys(CONTEXT_KEYS),
    ...Object.keys(SETTING_IDS).map(key => `noWing.${key}`),
    ...VIEWS,
    ...Object.values(TERMINAL_PROFILES),
  ]);
  assert.ok(ids.length > 50);
  // The status bar item's own id is no contribution.
  assert.deepEqual(
    [...new Set(ids)].filter(id => !known.has(id) && id !== 'noWing.identity'),
    [],
  );
});

describe('the manifest', () => {
  it('gives every command a category and an icon', () => {
    for (const { category, icon } of contributes.commands)
      assert.deepEqual([category, icon.startsWith('$(')], ['No Wing', true]);
  });

  it('keeps settings away from workspaces', () => {
    for (const [key, { scope }] of Object.entries(contributes.configuration.properties)) {
      assert.ok(['machine', 'application'].includes(scope), key);
    }
    assert.deepEqual(capabilities.untrustedWorkspaces.restrictedConfigurations, [
      'noWing.aws.endpointUrl',
      'noWing.environments',
      'noWing.guardrails.file',
      'noWing.keychain.backend',
      'noWing.trail.regions',
      'noWing.terminal.identity',
      'noWing.terraform.preferred',
      'noWing.terraform.path',
      'noWing.terraform.openTofuPath',
      'noWing.terraform.cliConfigFile',
      'noWing.terraform.backend',
      'noWing.terraform.tenants',
    ]);
  });

  it('has a welcome for every view', () => {
    assert.deepEqual(
      [...new Set(contributes.viewsWelcome.map(({ view }) => view))].sort(),
      [...VIEWS].sort(),
    );
  });

  it('has every text, and no text that nobody shows', () => {
    const used = new Set([...text.matchAll(/"%([^%"]+)%"/g)].map(match => match[1]));
    assert.deepEqual(
      [...used].filter(key => key === undefined || !(key in words)),
      [],
    );
    assert.deepEqual(
      Object.keys(words).filter(key => !used.has(key)),
      [],
    );
  });

  it('links only to commands that exist', () => {
    const links = [
      ...Object.values(words)
        .join('\n')
        .matchAll(/command:([\w.]+)/g),
    ].map(match => match[1] ?? '');
    assert.deepEqual(
      links.filter(id => !(id in COMMANDS)),
      [],
    );
    const inMenus = Object.values(contributes.menus)
      .flat()
      .map(({ command }) => command);
    assert.deepEqual(
      inMenus.filter(id => !(id in COMMANDS)),
      [],
    );
  });
});
