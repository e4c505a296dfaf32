import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UserError } from '../../../src/base/userError.ts';
import type { FileChange, ToolState } from '../../../src/broker/agents/agentSetUps.ts';
import {
  launchText,
  setUpQuestion,
  shortPath,
  stateText,
  undoQuestion,
  wayText,
} from '../../../src/ui/setUpAgentText.ts';
import { agentProfile, tool } from '../broker/agents/world.ts';

const HOME = '/home/alice';
const COPILOT = agentProfile();

function change(changes: Partial<FileChange> = {}, file: Partial<FileChange['file']> = {}): FileChange {
  const path = `${HOME}/.claude/settings.json`;
  return {
    tool: tool('claudeCode'),
    agent: 'copilot',
    file: { path, target: path, text: '{}', mode: 0o600, ...file },
    after: '{}',
    warnings: [],
    apply: () => undefined,
    ...changes,
  };
}

describe('a path is short where it is in the home folder', () => {
  const cases = [
    [`${HOME}/.claude/settings.json`, '~/.claude/settings.json'],
    ['/home/alicex/settings.json', '/home/alicex/settings.json'],
    ['/etc/x\n\u202egone', '/etc/x gone'],
  ] as const;
  for (const [path, shown] of cases)
    it(JSON.stringify(path), () => assert.equal(shortPath(path, HOME), shown));
});

describe('the state of a tool', () => {
  const cases: readonly (readonly [string, ToolState['state'], string])[] = [
    ['codex', { state: 'none' }, 'not set up'],
    ['copilotCli', { state: 'none' }, ''],
    ['codex', { state: 'setUp', agent: 'copilot' }, 'set up for copilot'],
    [
      'codex',
      { state: 'changed', agent: 'copilot', names: ['AWS_REGION'] },
      'set up for copilot, changed since: AWS_REGION',
    ],
    ['codex', { state: 'unreadable', error: new UserError('x', 'y') }, 'its file cannot be read'],
  ];
  for (const [id, state, text] of cases)
    it(text || 'nothing', () => assert.equal(stateText({ tool: tool(id), state }), text));
});

describe('how a tool is set up', () => {
  const cases: readonly (readonly [string, string | undefined, string])[] = [
    ['codex', `${HOME}/.codex/config.toml`, '~/.codex/config.toml'],
    ['kiroCli', undefined, 'Started with no-wing exec -- kiro-cli chat'],
    ['cline', undefined, 'Runs in terminals of this window'],
  ];
  for (const [id, file, text] of cases)
    it(text, () => assert.equal(wayText({ tool: tool(id), file }, HOME), text));
});

describe('the question before a file is written', () => {
  it('says which identity and account, which file, and what wins over it', () => {
    const warnings = [`${HOME}/orders/.claude/settings.json wins over it: it sets AWS_PROFILE.`];
    const { title, detail, verb } = setUpQuestion(change({ warnings }), COPILOT, HOME);
    assert.equal(title, 'Set up Claude Code to act as agent copilot?');
    assert.equal(verb, 'Apply to ~/.claude/settings.json');
    assert.match(detail, /sessions of agent copilot in 1111-2222-3333, and no credentials of yours/);
    assert.match(detail, /\n~\/\.claude\/settings\.json\n/);
    assert.match(detail, /• ~\/orders\/\.claude\/settings\.json wins over it/);
    assert.match(detail, /through Amazon Bedrock, it does so as the agent/);
  });

  it('says where a link leads, and that a file is new', () => {
    const linked = setUpQuestion(change({}, { target: '/srv/dotfiles/x' }), COPILOT, HOME).detail;
    assert.match(linked, /~\/\.claude\/settings\.json, which leads to \/srv\/dotfiles\/x/);
    assert.match(
      setUpQuestion(change({}, { text: undefined }), COPILOT, HOME).detail,
      /settings\.json \(new\)/,
    );
  });

  it('and before it is undone: as whom its commands act then', () => {
    const { verb, detail } = undoQuestion(change(), HOME);
    assert.equal(verb, 'Undo in ~/.claude/settings.json');
    assert.match(detail, /What you changed in it since stays as it is\. .*your credentials/);
    assert.match(undoQuestion(change({ after: undefined }), HOME).detail, /The file goes/);
  });
});

it('the line that starts a tool stands alone', () => {
  const { title, detail } = launchText(tool('copilotCli'), COPILOT, 'no-wing exec --as copilot -- copilot');
  assert.equal(title, 'Start GitHub Copilot CLI as agent copilot with this line');
  assert.match(detail, /^no-wing exec --as copilot -- copilot\n\n/);
});
