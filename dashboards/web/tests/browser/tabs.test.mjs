// Seven tabs of one browser: HTTP/1.1 gives a browser six connections to a server, so each line of
// its own would leave none for the page (contract.md 3).
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { drawn } from './checks.mjs'
import { DESK, launch, openPage } from './chromium.mjs'
import { start } from '../fixture/server.mjs'

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

async function until(holds, what) {
  const end = Date.now() + 20_000
  while (!holds()) {
    assert.ok(Date.now() < end, `${what}: not in time`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('with seven tabs open an eighth page loads, all hear what one line says, and it ends with the last', async () => {
  const server = await start({ now: '2026-11-22T09:46:00+08:00' })
  const { page, context, faults } = await openPage(browser, DESK)
  try {
    const tabs = [page]
    while (tabs.length < 7) tabs.push(await context.newPage())
    for (const tab of tabs) {
      await tab.goto(`${server.url}/map?s=WJ-023`)
      await drawn(tab)
    }
    await until(() => server.lines() > 0, 'the live line')
    assert.equal(server.lines(), 1)
    const eighth = await context.newPage()
    await eighth.goto(`${server.url}/map`, { timeout: 10_000 })
    await drawn(eighth)
    const value = {
      enterprise: '91320583MADEMO022X', meter: 'WJ-023-E-01', indicator: 'kwh_register', unit: 'kWh',
      at: '2026-11-22T09:46:10+08:00', received_at: '2026-11-22T09:46:11+08:00', value: '28200.5',
    }
    server.say('readings', { batch: 8, values: [value] }, 8)
    for (const tab of tabs) {
      await tab.bringToFront()
      await tab.locator('[data-meter="WJ-023-E-01"] [data-latest]').getByText('28,200.5').waitFor()
    }
    assert.equal(server.lines(), 1)
    for (const tab of [...tabs, eighth]) await tab.close()
    await until(() => server.lines() === 0, 'the end of the line')
    assert.deepEqual(faults, [])
  } finally {
    await context.close()
    await server.stop()
  }
})
