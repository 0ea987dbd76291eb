// Builds the board into dist: one module and one style sheet beside the page. Names stay: the server says that browsers must ask again.
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
mkdirSync('dist');
await build({
  entryPoints: ['src/board.ts', 'src/style.css'],
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  target: ['chrome111', 'firefox114', 'safari16.4'],
  minify: true,
  charset: 'utf8',
  legalComments: 'none', // the one licence is in licenses.txt
});
copyFileSync('index.html', 'dist/index.html');
const { name, version } = JSON.parse(readFileSync('node_modules/graphql-ws/package.json', 'utf8'));
writeFileSync('dist/licenses.txt', `${name} ${version}\n\n${readFileSync('node_modules/graphql-ws/LICENSE.md', 'utf8')}`);
