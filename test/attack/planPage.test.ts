/** The page of a plan: whatever templates, AWS and other programs write becomes text in it, and no part of it runs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Deployment } from '../../src/deployment/deployment.ts';
import { sealPlan } from '../../src/deployment/plan.ts';
import { COMMANDS } from '../../src/ui/contributions.ts';
import { PAGE_COMMANDS, planPage } from '../../src/ui/planView/planHtml.ts';
import { deploymentOf } from '../unit/deployment/history.ts';
import { DRAFTED_STACK, JUDGEMENT } from '../unit/deployment/requests.ts';

const HOSTILE: Readonly<Record<string, string>> = {
  'a script': '<script>alert(1)</script>',
  'an element with a handler': '<img src=x onerror="alert(1)">',
  'a link to a command': '<a href="command:noWing.deployment.approve">ok</a>',
  'the end of an attribute': `"><a href="command:evil.run">x</a><b title="`,
  'the end of an attribute in single quotes': `' onclick='evil()' x='`,
  'the end of a comment and of the style sheet': '--></style></title><script>x</script><!--',
  'a policy of its own': `<meta http-equiv="Content-Security-Policy" content="default-src *">`,
  'a refresh': '<meta http-equiv="refresh" content="0;url=https://evil.example">',
  entities: '&lt;script&gt;&#x3c;b&#x3e;&quot;',
  'back quotes': '`evil()`',
  'text that runs backwards': 'not \u202everified\u2066',
  'nothing to see': '\u200b\ufeff',
};

function page(text: string, canDecide = true): string {
  const verdict = { value: text, limit: text, source: text, resource: text, type: text };
  const wide = [{ address: text, text, isWide: true }];
  const plan = sealPlan(
    {
      ...DRAFTED_STACK,
      stackName: text,
      tool: text,
      identityArn: text,
      sourceIdentity: text,
      region: text,
      serviceRoleArn: text,
      parameters: { [text]: text },
      outputs: [{ name: text, value: text }],
      inputs: { [text]: text },
      changes: [
        {
          address: text,
          type: text,
          action: 'add',
          replacement: 'no',
          detail: text,
          after: JSON.stringify({ [`x${text}`]: text }),
        },
        {
          address: text,
          type: text,
          action: 'remove',
          replacement: 'no',
          detail: text,
          physicalId: text,
          before: text,
        },
        { address: text, type: text, action: 'modify', replacement: 'maybe', detail: text },
      ],
    },
    {
      ...JUDGEMENT,
      guardrails: {
        ...JUDGEMENT.guardrails,
        policyHash: text,
        verdicts: [
          { rule: 'openPorts', verdict: 'refuse', ...verdict },
          { rule: 'stateful', verdict: 'ask', ...verdict },
          { rule: 'regions', verdict: 'pass', ...verdict },
        ],
        cost: { knownUsd: 1, lines: [{ resource: text, what: text, price: { kind: 'unknown', why: text } }] },
      },
      iamChanges: wide,
      networkChanges: wide,
    },
  );
  const deployment: Deployment = {
    ...deploymentOf({ id: text, status: 'awaitingApproval' }),
    agent: text,
    accountAlias: text,
    sourceName: text,
    askedBy: { kind: 'agent', name: text, door: 'command' },
  };
  return planPage(
    { deployment, plan, canDecide, notice: text },
    { style: 'vscode-resource:/planView.css', source: 'vscode-resource:' },
  );
}

/** Every tag as it stands, but for the one thing that may differ: the deployment's id in the address of a command. */
function tagsOf(html: string): string[] {
  return (html.match(/<[^>]*>/g) ?? []).map(tag => tag.replace(/(href="command:[\w.]+)\?[^"]*/, '$1'));
}

describe('a plan whose every text is', () => {
  const harmless = tagsOf(page('harmless'));
  for (const [what, text] of Object.entries(HOSTILE))
    it(what, () => {
      const shown = page(text);
      assert.deepEqual(tagsOf(shown), harmless);
      assert.doesNotMatch(shown, /[\u202a-\u202e\u2066-\u2069]/);
    });
});

describe('the page of a plan', () => {
  it('may load a style sheet and nothing else, and has no script', () => {
    const shown = page('harmless');
    assert.match(shown, /content="default-src &#39;none&#39;; style-src vscode-resource:; base-uri/);
    assert.doesNotMatch(shown, /<script|\son\w+=|<iframe|<form|<style/);
  });

  it('leads to its own commands only, and each of them exists', () => {
    const commands = [...page('x').matchAll(/href="command:([\w.]+)\?/g)].map(([, command]) => command);
    assert.deepEqual(commands, [...PAGE_COMMANDS]);
    for (const command of PAGE_COMMANDS) assert.ok(command in COMMANDS);
  });

  it('has no button to decide where nobody can', () => {
    assert.doesNotMatch(page('x', false), /deployment\.(?:approve|refuse)/);
  });

  it('gives the id of a deployment to a command as one text, whatever it is', () => {
    const [, argument = ''] = /href="command:[\w.]+\?([^"]*)"/.exec(page('"],["evil')) ?? [];
    assert.deepEqual(JSON.parse(decodeURIComponent(argument)), ['"],["evil']);
  });
});
