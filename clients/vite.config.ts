import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { defineConfig, type Plugin } from 'vite'
import uni from '@dcloudio/vite-plugin-uni'

// vite-plugin-uni is CommonJS; under "type": "module" its default export is nested.
const uniPlugin = (uni as unknown as { default?: typeof uni }).default ?? uni

/**
 * uni-app ships a download from its vendor's CDN in both outputs (a page shadow picture, the app's id in its path), and
 * addresses of its advertising. Drop them all: no code may even know where to ask.
 */
function noVendorBeacon(): Plugin {
  return {
    name: 'no-vendor-beacon',
    enforce: 'post',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'asset' && typeof file.source === 'string')
          file.source = file.source.replace(/url\(["']?https:\/\/cdn\d*\.dcloud\.net\.cn[^)]*\)/g, 'none')
        if (file.type === 'chunk')
          file.code = file.code.replace(/wx\.preloadAssets\(/g, '(()=>{})(').replace(/https?:\/\/[\w.-]*dcloud\.(net\.cn|io)[\w./-]*/g, '')
      }
    },
  }
}

/** In H5: keeps the shell of this version on the phone, so that a nurse without a signal can open it again. */
function keepShell(): Plugin {
  return {
    name: 'keep-shell',
    apply: 'build',
    enforce: 'post',
    generateBundle(_options, bundle) {
      if (process.env.UNI_PLATFORM !== 'h5') return
      const files = Object.keys(bundle).filter((name) => !name.endsWith('.html'))
      const version = createHash('sha256').update(files.sort().join()).digest('hex').slice(0, 12)
      const source = readFileSync(new URL('./src/sw.js', import.meta.url), 'utf8')
        .replace('__VERSION__', JSON.stringify(version))
        .replace('__FILES__', JSON.stringify(files))
      this.emitFile({ type: 'asset', fileName: 'sw.js', source })
    },
  }
}

export default defineConfig({
  plugins: [uniPlugin(), noVendorBeacon(), keepShell()],
  define: {
    __INTLIFY_JIT_COMPILATION__: true,
    __INTLIFY_DROP_MESSAGE_COMPILER__: true,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  // One file in H5: a page that is opened first where there is no signal must already be there.
  build: process.env.UNI_PLATFORM === 'h5' ? { rollupOptions: { output: { inlineDynamicImports: true } } } : {},
  server: { port: 5273, proxy: { '/api': 'http://127.0.0.1:8000', '/live': 'http://127.0.0.1:8000' } },
})
