// Builds the playground into ../dist: hashed modules, one style sheet, one font, the licences, and the page's template.
import { build } from 'esbuild';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';

const dist = '../dist';
const base = '/playground/assets/';
const entries = {
  main: 'src/main.tsx',
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
};

rmSync(dist, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: entries,
  outdir: join(dist, 'assets'),
  entryNames: '[name]-[hash]',
  chunkNames: 'part-[hash]',
  assetNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['chrome111', 'firefox114', 'safari16.4'],
  minify: true,
  legalComments: 'none', // the whole texts go to licenses.txt
  charset: 'utf8',
  define: { 'process.env.NODE_ENV': '"production"' },
  loader: { '.ttf': 'file' },
  alias: { 'prettier/parser-graphql': 'prettier/plugins/graphql' }, // the same, which GraphiQL loads under both names
  metafile: true,
  plugins: [{ name: 'smaller', setup: smaller }],
});

// smaller swaps two modules of the libraries for ours.
function smaller({ onResolve }) {
  const ours = (file) => () => ({ path: resolve('src', file) });
  onResolve({ filter: /\/edcore\.main\.js$/ }, ours('monaco.js'));
  onResolve({ filter: /^\.\.?\/.*jsonc\.js$/ }, ours('jsonc.js'));
}

// A module loaded late brings a style sheet of its own that nobody links: main's has it all.
for (const file of readdirSync(join(dist, 'assets'))) {
  if (/^part-.*\.css$/.test(file)) rmSync(join(dist, 'assets', file));
}

writeFileSync(join(dist, 'index.html'), page());
writeFileSync(join(dist, 'licenses.txt'), licences());
if (process.env.META) writeFileSync(process.env.META, JSON.stringify(metafile));

// page fills the template with the hashed names; %CONFIG% stays for the server.
function page() {
  const built = {};
  let style = '';
  for (const [path, out] of Object.entries(metafile.outputs)) {
    const name = Object.keys(entries).find((entry) => out.entryPoint?.endsWith(entries[entry]));
    if (!name) continue;
    built[name] = base + basename(path);
    if (out.cssBundle) style = base + basename(out.cssBundle);
  }
  const { main, ...workers } = built;
  return readFileSync('index.html', 'utf8')
    .replace('%STYLE%', style)
    .replace('%MAIN%', main)
    .replace('%WORKERS%', JSON.stringify(workers, Object.keys(workers).sort()));
}

// licences is the licence text of every package that has a byte in the bundle, as those licences ask.
function licences() {
  const roots = new Set();
  for (const path of Object.values(metafile.outputs).flatMap((out) => Object.keys(out.inputs))) {
    const found = path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/);
    if (found) roots.add(found[0]);
  }
  return [...roots].sort().map((root) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const files = readdirSync(root).filter((entry) => /^(licen[cs]e|notice|third-?party-?notices)/i.test(entry)).sort();
    const text = files.map((file) => readFileSync(join(root, file), 'utf8').trim()).join('\n\n');
    return `${name} ${version}\n\n${text || `Licence: ${license}. The package ships no licence file.`}\n`;
  }).join('\n----------------------------------------\n\n');
}
