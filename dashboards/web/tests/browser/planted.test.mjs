// Each check of checks.mjs sees the fault it is for: a check that cannot fail is a defect.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { start } from '../fixture/server.mjs'
import { axeFaults, coloursOnMap, drawn, until } from './checks.mjs'
import { DESK, launch, openPage } from './chromium.mjs'

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** The faults of a page into which `extra` was planted. */
async function faultsWith(extra, { silent = false, ...options } = {}) {
  const server = await start({ extra })
  const { page, faults, context } = await openPage(browser, DESK, options)
  await page.goto(`${server.url}/map`)
  await drawn(page)
  // The fault is in the page already; what it causes is heard of a moment later.
  await until(() => faults.length > 0 || silent, 'the fault', 5000).catch(() => undefined)
  const found = { faults, axe: await axeFaults(page) }
  await context.close()
  await server.stop()
  return found
}

test('a console error is seen', async () => {
  const { faults } = await faultsWith('<script type="module" src="/assets/gone.js"></script>')
  assert.match(faults.join('\n'), /^console: .*404/m)
})

test('a violation of the policy is seen', async () => {
  const { faults } = await faultsWith('<p style="color: red">x</p><script>document.title = 1</script>')
  assert.match(faults.join('\n'), /CSP: style-src/)
  assert.match(faults.join('\n'), /CSP: script-src/)
})

test('a request that leaves the machine is seen', async () => {
  const { faults } = await faultsWith('<img alt="" src="http://192.0.2.1/tile.png">', { bypassCSP: true })
  assert.match(faults.join('\n'), /leaves the machine: http:\/\/192\.0\.2\.1/)
})

test('a fault against WCAG is seen', async () => {
  const { axe } = await faultsWith('<main><button></button><img src="/mark.svg"></main>', { silent: true })
  assert.match(axe.join('\n'), /critical button-name/)
  assert.match(axe.join('\n'), /critical image-alt/)
})

test('a blank map is seen', async () => {
  const server = await start({ empty: true })
  const { page, context } = await openPage(browser, DESK)
  await page.goto(`${server.url}/map`)
  await page.locator('[data-map]').waitFor({ state: 'attached' })
  await page.locator('[data-map] canvas').first().waitFor({ state: 'attached' })
  assert.ok((await coloursOnMap(page)) <= 1)
  await context.close()
  await server.stop()
})
