// Builds dist/: the extension and what it starts, with every dynamic import() as a file of its own that loads on demand.
//   node esbuild.mjs [--production] [--watch] [--target linux-x64] [--outdir dist]
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
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

// A process or thread of its own, so one file that needs no other.
const standalone = {
  ...shared,
  entryPoints: {
    keychainWorker: 'src/identity/keychain/worker.ts',
    trailWorker: 'src/trail/import/worker.ts',
  },
  outdir,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  sourcemap: flags.production ? false : 'inline',
};

// What runs in webviews, each with a style sheet of its own name.
const pages = {
  ...shared,
  entryPoints: [
    { in: 'src/ui/trailPage/page.mts', out: 'trailPage' },
    { in: 'src/ui/trailPage/page.css', out: 'trailPage' },
  ],
  outdir,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  sourcemap: flags.production ? false : 'inline',
};

// The `no-wing` command: one file that needs no other to start.
const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const command = {
  ...lazy,
  entryPoints: { cli: 'src/cli.ts' },
  define: { 'process.env.NO_WING_VERSION': JSON.stringify(version) },
  sourcemap: false,
  plugins: [writeAsOneFile()],
};

await rm(outdir, { recursive: true, force: true });
await copyKeychainBinary(flags.target);
await (flags.watch ? watch() : Promise.all([lazy, standalone, pages, command].map(esbuild.build)));

async function watch() {
  for (const options of [standalone, pages, command]) {
    const context = await esbuild.context(options);
    await context.rebuild();
    await context.watch();
  }
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
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, await asCommonJs(code, flags.production ? false : 'inline'));
}

async function asCommonJs(code, sourcemap) {
  const result = await esbuild.transform(code, {
    format: 'cjs',
    platform: 'node',
    target: shared.target,
    minify: flags.production,
    sourcemap,
    supported: { 'dynamic-import': false },
  });
  return result.code;
}

/**
 * Node needs 40 ms to compile the whole command, nearly all of it AWS's SDK, which most runs never use. So its parts lie
 * in the file as texts, and each is compiled when it is first required. `.js` is an ES module in a package like ours.
 */
function writeAsOneFile() {
  return {
    name: 'write-as-one-file',
    setup(build) {
      build.onEnd(async ({ outputFiles = [] }) => {
        const parts = outputFiles.map(async ({ path, text }) => [
          basename(path),
          await asCommonJs(text, false),
        ]);
        const texts = JSON.stringify(Object.fromEntries(await Promise.all(parts)));
        await mkdir(outdir, { recursive: true });
        await writeFile(join(outdir, 'cli.js'), oneFile(texts));
      });
    },
  };
}

/** As CommonJS does it: a part is known before it runs, so that two may require each other. */
function oneFile(texts) {
  return `#!/usr/bin/env node
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
const outside = createRequire(import.meta.url);
const texts = ${texts};
const loaded = new Map();
function load(name) {
  if (!loaded.has(name)) {
    const module = { exports: {} };
    loaded.set(name, module);
    const run = compileFunction(texts[name], ['require', 'module', 'exports'], { filename: 'no-wing/' + name });
    run(inside, module, module.exports);
  }
  return loaded.get(name).exports;
}
function inside(id) {
  return id.startsWith('.') ? load(id.slice(id.lastIndexOf('/') + 1)) : outside(id);
}
load('cli.cjs');
`;
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
