// How the pages are built: one entry, words from config/text, nothing inlined (strict CSP).
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { parse } from 'smol-toml'
import { defineConfig, type Plugin } from 'vite'

const TEXT = fileURLToPath(new URL('../../config/text/', import.meta.url))

/** `virtual:words`: the TOML tables of both languages, flattened to `table.key`. */
function words(): Plugin {
  const id = 'virtual:words'
  return {
    name: 'words',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(source) {
      if (source !== `\0${id}`) return undefined
      const languages: Record<string, Record<string, string>> = {}
      for (const language of ['zh-CN', 'en']) {
        const file = `${TEXT}${language}.toml`
        this.addWatchFile(file)
        languages[language] = flat(parse(readFileSync(file, 'utf8')))
      }
      return `export default ${JSON.stringify(languages)}`
    },
  }
}

function flat(tables: object): Record<string, string> {
  const all: Record<string, string> = {}
  for (const [table, keys] of Object.entries(tables)) {
    for (const [key, text] of Object.entries(keys as object)) all[`${table}.${key}`] = String(text)
  }
  return all
}

export default defineConfig({
  plugins: [vue(), words()],
  worker: { format: 'es' },
  build: {
    target: 'chrome87',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      output: {
        // The font keeps its name: the server's pictures read the same file.
        assetFileNames: (asset) =>
          asset.names.some((name) => name.endsWith('.ttf')) ? 'font/[name][extname]' : 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
