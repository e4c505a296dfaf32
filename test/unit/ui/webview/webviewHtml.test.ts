import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newNonce, webviewHtml } from '../../../../src/ui/webview/webviewHtml.ts';

const PARTS = {
  title: 'A & B',
  script: 'https://host/dist/page.js?x="><script>alert(1)</script>',
  style: 'https://host/dist/page.css',
  source: 'https://host',
  nonce: 'N0nce',
};

test('nothing runs but the one script, and nothing is loaded from elsewhere', () => {
  const html = webviewHtml(PARTS);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#39;', "'");
  assert.equal(
    policy,
    "default-src 'none'; script-src 'nonce-N0nce'; style-src https://host; font-src https://host; base-uri 'none'; form-action 'none'",
  );
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.doesNotMatch(html, /\son\w+=|style=|<style|unsafe-|javascript:/);
});

test('addresses and titles are text', () => {
  const html = webviewHtml(PARTS);
  assert.match(html, /<title>A &#38; B<\/title>/);
  assert.doesNotMatch(html, /alert\(1\)<\/script>/);
});

test('every document has a nonce of its own', () => {
  const nonces = new Set(Array.from({ length: 100 }, newNonce));
  assert.equal(nonces.size, 100);
  for (const nonce of nonces) assert.match(nonce, /^[\w-]{24}$/);
});
