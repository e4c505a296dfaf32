/**
 * The document of a webview: nothing in it runs or is loaded but the one script and the one style sheet that ship with the
 * extension. Everything it shows comes as messages and is put there as text, never as HTML.
 */
import { randomBytes } from 'node:crypto';

export interface WebviewParts {
  readonly title: string;
  /** As the webview may load them. */
  readonly script: string;
  readonly style: string;
  /** Where the webview may load styles and fonts from: `webview.cspSource`. */
  readonly source: string;
  /** Of this document alone. */
  readonly nonce: string;
}

/** For what a document cannot guess and no other document has. */
export function newNonce(): string {
  return randomBytes(18).toString('base64url');
}

export function webviewHtml({ title, script, style, source, nonce }: WebviewParts): string {
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${source}`,
    `font-src ${source}`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title>`,
    `<link rel="stylesheet" href="${escaped(style)}">`,
    '</head>',
    '<body>',
    '<main id="page"></main>',
    `<script nonce="${nonce}" src="${escaped(script)}"></script>`,
    '</body>',
    '</html>',
  ].join('\n');
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, sign => `&#${sign.charCodeAt(0)};`);
}
