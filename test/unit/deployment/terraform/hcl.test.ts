/** The outline of HCL: what is read, and that what cannot be read is never told as if it were. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attributeOf, blocksOf, literalText, outlineOf } from '../../../../src/deployment/terraform/hcl.ts';

describe('the outline of HCL', () => {
  const cases: [name: string, text: string, outline: string][] = [
    ['attributes and blocks', 'a = 1\nb {\n  c = 2\n}\n', 'a, b{}'],
    ['labels, quoted or not', 'resource "x" y {}\n', 'resource:x:y{}'],
    ['comments of all kinds', '# a = 1\n// b = 1\n/* c = 1\n d {} */ e = 1\n', 'e'],
    ['braces in strings and templates', `a = "}\${"{"}%{ if true }x%{ endif }"\nb = 1`, 'a, b'],
    ['escapes', 'a = "\\"}"\nb = "$${x"\nc = 1', 'a, b, c'],
    ['heredocs with anything in them', 'a = <<-EOT\n  } b = 1\n  EOT\nc = 1\n', 'a, c'],
    ['expressions over lines', 'a = [\n  1,\n  { b = 2 },\n]\nc = f(\n  1\n)\n', 'a, c'],
    ['a comment behind a value', 'a = 1 # }\nb = 2', 'a, b'],
    ['nothing', '', ''],
    ['one that is not closed', 'a = 1\nb {\n', 'a …'],
    ['a string that is not closed', 'a = 1\nb = "x\n', 'a …'],
    ['a comment that is not closed', 'a = 1\nb = 2 /* x', 'a …'],
    ['a heredoc that is not closed', 'a = <<EOT\nx\n', '…'],
    ['something else', 'a = 1\n}\n', 'a …'],
  ];
  for (const [name, text, outline] of cases) {
    it(name, () => {
      const { items, isWhole } = outlineOf(text);
      const words = items.map(item =>
        item.kind === 'block' ? `${[item.type, ...item.labels].join(':')}{}` : item.name,
      );
      assert.equal(words.join(', ') + (isWhole ? '' : `${words.length > 0 ? ' ' : ''}…`), outline);
    });
  }

  it('gives attributes as they are written, and where', () => {
    const text = 'x = 1\npassword = "a" # why\n';
    const found = outlineOf(text).items[1];
    assert.ok(found?.kind === 'attribute');
    assert.equal(text.slice(found.start, found.end), 'password = "a" # why');
    assert.equal(attributeOf('a = true\n', 'a'), 'true');
    assert.deepEqual(
      blocksOf('a {}\nb "c" {\n d = 1\n}', 'b').map(({ labels }) => labels),
      [['c']],
    );
  });

  it('reads literals, and nothing that is put together', () => {
    assert.equal(literalText('"../parts"'), '../parts');
    assert.equal(literalText('"a\\"b"'), 'a"b');
    for (const other of [`"\${path.module}/x"`, 'var.x', '"a" + "b"', undefined])
      assert.equal(literalText(other), undefined);
  });

  it('ends on a hostile text, and soon', () => {
    for (const text of [
      '{'.repeat(5000),
      `a = ${'['.repeat(5000)}`,
      '/*'.repeat(50_000),
      `a = "${'${'.repeat(5000)}`,
    ]) {
      const began = performance.now();
      try {
        outlineOf(text);
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
      assert.ok(performance.now() - began < 2000, text.slice(0, 10));
    }
  });
});
