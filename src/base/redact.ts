/**
 * The one redactor: everything that goes to a log, a notification or the journal passes through it.
 * It is the second line of defence, behind `Secret`; it works on text of unknown origin (SDK errors, tool output).
 */
const RULES: readonly (readonly [RegExp, string])[] = [
  // JSON, INI, environment and XML forms of the AWS secret fields.
  [
    /((?:secret_?access_?key|session_?token|security_?token|x-amz-security-token|x-amz-signature|authorization|password|client_?secret)["']?\s*(?:[:=>]|=>)\s*["']?)[^\s"'<>&,;]+/gi,
    '$1[secret]',
  ],
  [/(Signature=)[0-9a-f]{64}/gi, '$1[secret]'],
  [/(Bearer\s+)[\w.~+/=-]{8,}/gi, '$1[secret]'],
  // Session tokens are long base64 texts with a well-known start (IQoJ, FwoG, AQoD).
  [/\b(?:IQoJ|FwoG|FQoG|AQoD)[\w+/=-]{60,}/g, '[secret]'],
  // A bare secret access key: 40 base64 characters of mixed kind (a SHA-1 in hex has no upper case).
  [/(?<![\w+/=])(?=[\w+/]*[A-Z])(?=[\w+/]*[a-z])(?=[\w+/]*\d)[A-Za-z0-9+/]{40}(?![\w+/=])/g, '[secret]'],
];

export function redact(text: string): string {
  return RULES.reduce((soFar, [pattern, replacement]) => soFar.replace(pattern, replacement), text);
}

/** An access key id as it is shown: its kind and last four characters, `ASIA…X4Q2`. It identifies, it opens nothing. */
export function shortKeyId(accessKeyId: string): string {
  return accessKeyId.length <= 8 ? accessKeyId : `${accessKeyId.slice(0, 4)}…${accessKeyId.slice(-4)}`;
}
