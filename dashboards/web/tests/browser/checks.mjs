// The three checks that every page passes, and seeing what the canvas shows.
import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const SHOTS = process.env.SCREENSHOTS ?? fileURLToPath(new URL('../../../../target/screens/', import.meta.url))

/** What axe finds against WCAG 2 A and AA, as `rule: place`. */
export async function axeFaults(page) {
  await page.evaluate(await readFile(AXE, 'utf8'))
  const { violations } = await page.evaluate(() => axe.run({ runOnly: ['wcag2a', 'wcag2aa'] }))
  return violations.flatMap(({ id, impact, nodes }) => nodes.map((node) => `${impact} ${id}: ${node.target.join(' ')}`))
}

/** Nothing in the console, nothing against the policy, nobody asked outside, nothing from axe. */
export async function assertClean(page, faults) {
  assert.deepEqual(await axeFaults(page), [])
  assert.deepEqual(faults, [])
}

/** How many colours the map's canvas shows; a blank one has one. */
export async function coloursOnMap(page) {
  return page.evaluate(() => {
    const seen = new Set()
    for (const canvas of document.querySelectorAll('[data-map] canvas')) {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
      for (let at = 0; at < data.length; at += 4 * 97) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2])
    }
    return seen.size
  })
}

/** The table has rows and the map, where it is in sight, is drawn. */
export async function drawn(page) {
  await page.locator('[data-row]').first().waitFor()
  await page.waitForFunction(() => document.querySelector('[data-map]').offsetParent === null || document.querySelector('[data-map] canvas') !== null)
  await page.evaluate(() => document.fonts.ready)
}

/** Asks again until it holds, for at most `within` milliseconds. */
export async function until(holds, what = 'it', within = 20000) {
  const end = Date.now() + within
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what} did not come in time`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The parcels' colours are on the canvas. */
export const painted = (page) => until(async () => (await coloursOnMap(page)) > 7, 'the map')

/** Kept under target/screens, for people. */
export async function keep(name, bytes) {
  await mkdir(dirname(`${SHOTS}/${name}`), { recursive: true })
  await writeFile(`${SHOTS}/${name}`, bytes)
}

/** What the page shows now, kept as `name.png`. */
export const shoot = async (page, name, more = {}) => keep(`${name}.png`, await page.screenshot(more))

/** Keys of words that stand where a word should, in texts, titles and labels. */
export const keysShown = (page) =>
  page.evaluate(() => {
    const said = [...document.querySelectorAll('[title], [aria-label], [placeholder]')].flatMap((one) => ['title', 'aria-label', 'placeholder'].map((name) => one.getAttribute(name) ?? ''))
    const all = [document.title, document.body.innerText, ...said].join('\n')
    return [...new Set(all.match(/(?<![\w./:-])[a-z_]{2,12}\.[a-z]\w*(?:_\w+)*(?![\w./:-])|\{[a-z_]+\}/g) ?? [])].filter((one) => !/\.(csv|md|pem|toml|xlsx)$/.test(one))
  })


/** What is to be touched and is less than 44 px high, apart from links inside a sentence. */
export const smallTargets = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll('button, select, input, a, [data-row]')]
      .filter((one) => one.offsetParent !== null && !one.closest('.skip, thead, .el-select__selection') && !one.matches('.skip'))
      .map((one) => ({ box: one.getBoundingClientRect(), text: one.outerHTML.slice(0, 90) }))
      .filter(({ box }) => box.width > 0 && box.height < 44)
      .map(({ box, text }) => `${Math.round(box.height)} ${text}`),
  )

/** By how many px the page, or a region of it that scrolls a table sideways, is wider than its place. A
 * row of buttons that moves under the thumb, and a line of code, may be. */
export const tooWide = (page) =>
  page.evaluate(() => {
    const scrolls = (one) => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)
    const all = [document.querySelector('#page'), ...document.querySelectorAll('#page *')].filter((one) => one && one.getClientRects().length > 0 && (one.id === 'page' || (scrolls(one) && one.querySelector('table'))))
    return Math.max(0, ...all.map((one) => one.scrollWidth - one.clientWidth))
  })
