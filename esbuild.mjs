// Builds dist/: the extension and what it starts, with every dynamic import() as a file of its own that loads on demand.
//   node esbuild.mjs [--production] [--watch] [--target linux-x64] [--outdir dist]
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as esbuild from 'esbuild';

const { values: flags } = parseArgs({
  options: {
    production: { type: 'boolean', default: false },
    watch: { type: 'boolean', default: false },
    target: { type: 'string', default: `${process.platform}-${process.arch}` },
    outdir: { type: 'string', default: 'dist' },
  },
});
const outdir = resolve(flags.outdir);

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  external: ['vscode'],
  minify: flags.production,
  legalComments: 'none',
  logLevel: 'warning',
  // The ES builds of a package can be tree-shaken: a third of the size of its CommonJS build.
  mainFields: ['module', 'main'],
};

// Loaded by VS Code or started as a program. They share chunks.
const lazy = {
  ...shared,
  entryPoints: { extension: 'src/extension.ts' },
  outdir,
  format: 'esm',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  outExtension: { '.js': '.cjs' },
  sourcemap: flags.production ? false : 'inline',
  write: false,
  plugins: [writeAsCommonJs()],
};

// A process of its own, so one file that needs no other.
const standalone = {
  ...shared,
  entryPoints: { keychainWorker: 'src/identity/keychain/worker.ts' },
  outdir,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  sourcemap: flags.production ? false : 'inline',
};

await rm(outdir, { recursive: true, force: true });
await copyKeychainBinary(flags.target);
await (flags.watch ? watch() : Promise.all([esbuild.build(lazy), esbuild.build(standalone)]));

async function watch() {
  const worker = await esbuild.context(standalone);
  await worker.rebuild();
  await worker.watch();
  const extension = await esbuild.context({ ...lazy, plugins: [...lazy.plugins, announce()] });
  await extension.watch();
}

/**
 * esbuild splits only ES modules, and VS Code needs about 10 ms longer to load an ES module than a CommonJS file.
 * So: split as ES modules, then turn each file into CommonJS, where a dynamic import becomes a late require.
 */
function writeAsCommonJs() {
  return {
    name: 'write-as-commonjs',
    setup(build) {
      build.onEnd(async ({ outputFiles = [] }) => {
        await Promise.all(outputFiles.map(file => writeCommonJs(file.path, file.text)));
      });
    },
  };
}

async function writeCommonJs(path, code) {
  const result = await esbuild.transform(code, {
    format: 'cjs',
    platform: 'node',
    target: shared.target,
    minify: flags.production,
    sourcemap: flags.production ? false : 'inline',
    supported: { 'dynamic-import': false },
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, result.code);
}

/** keytar looks for its binary in ./prebuilds/<platform>-<arch> beside the file it is bundled into. */
async function copyKeychainBinary(target) {
  const file = join('prebuilds', target, 'keytar.node');
  await mkdir(dirname(join(outdir, file)), { recursive: true });
  await copyFile(join('node_modules', 'keytar', file), join(outdir, file));
}

/** The lines the editor's background task waits for (.vscode/tasks.json). */
function announce() {
  return {
    name: 'announce',
    setup(build) {
      build.onStart(() => console.log('[watch] build started'));
      build.onEnd(({ errors }) => {
        for (const { text, location } of errors) {
          console.error(`> ${location?.file}:${location?.line}:${location?.column}: error: ${text}`);
        }
        console.log('[watch] build finished');
      });
    },
  };
}
