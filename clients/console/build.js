// Copies what the pages need out of node_modules into dist/, which Django serves under /static/vendor/.
// Nothing is bundled or rewritten: the files are the publishers' own, licences beside them.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const from = join(here, 'node_modules');
const to = join(here, 'dist', 'vendor');

const wanted = {
  '@tabler/core': { as: 'tabler', files: ['dist/css/tabler.min.css'] },
  'htmx.org': { as: 'htmx', files: ['dist/htmx.min.js'] },
  leaflet: { as: 'leaflet', files: ['dist/leaflet.js', 'dist/leaflet.css', 'dist/images'] },
};

rmSync(join(here, 'dist'), { recursive: true, force: true });
for (const [name, { as, files }] of Object.entries(wanted)) {
  mkdirSync(join(to, as), { recursive: true });
  for (const file of files) {
    const target = join(to, as, file.replace(/^dist\/(css\/)?/, ''));
    cpSync(join(from, name, file), target, { recursive: true });
    // Maps are not shipped: a page must not ask for what is not there.
    if (/\.(js|css)$/.test(target)) {
      writeFileSync(target, readFileSync(target, 'utf8').replace(/\n?\/[/*]# sourceMappingURL=.*$/m, ''));
    }
  }
  cpSync(join(from, name, 'LICENSE'), join(to, as, 'LICENSE.txt'));
  const { version, license } = JSON.parse(readFileSync(join(from, name, 'package.json'), 'utf8'));
  process.stdout.write(`${name} ${version} (${license})\n`);
}
