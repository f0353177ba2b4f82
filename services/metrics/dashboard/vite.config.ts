/** How the page is built: for old domestic browser kernels, on demand, within a budget. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

import vue from '@vitejs/plugin-vue'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import Components from 'unplugin-vue-components/vite'
import { defineConfig, type Plugin } from 'vite'

const GZIP_KIB_MAX = 450
const BROWSER_FLOOR = ['chrome87', 'firefox78', 'safari14']

/** Print what a first visit downloads, and fail the build where that is more than the budget. */
function sizeBudget(folder: string): Plugin {
  return {
    name: 'size-budget',
    apply: 'build',
    closeBundle() {
      const bytes = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .reduce((sum, entry) => sum + gzipSync(readFileSync(join(entry.parentPath, entry.name))).length, 0)
      const kib = bytes / 1024
      console.log(`page: ${kib.toFixed(1)} KiB gzip of ${GZIP_KIB_MAX} KiB`)
      if (kib > GZIP_KIB_MAX) throw new Error(`the page is larger than ${GZIP_KIB_MAX} KiB gzip`)
    },
  }
}

const folder = fileURLToPath(new URL('.', import.meta.url))
const names = join(folder, '../../../shared/contracts/names')

export default defineConfig({
  base: './',
  plugins: [
    vue(),
    Components({ dts: false, dirs: [], resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
    sizeBudget(join(folder, 'dist')),
  ],
  resolve: { alias: { '@': join(folder, 'src'), '@names': names } },
  define: { __VUE_OPTIONS_API__: false, __VUE_I18N_LEGACY_API__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  build: { target: BROWSER_FLOOR, cssTarget: BROWSER_FLOOR, reportCompressedSize: false, chunkSizeWarningLimit: 1500 },
  server: {
    fs: { allow: [folder, names] },
    proxy: { '/v1': process.env.CASETRACK_METRICS ?? 'http://127.0.0.1:8700' },
  },
})
