// 数据质量 on the fixture: meters against those below them, on a page of its own and under the ledger.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { start } from '../fixture/server.mjs'
import { assertClean, keysShown, shoot, smallTargets, tooWide } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const NOW = '2026-11-22T09:46:00+08:00'
const WIDTHS = [['desk', DESK], ['phone', PHONE]]

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

async function on(trouble, path, viewport, act) {
  const server = await start({ now: NOW, role: 'enterprise', ...trouble })
  const { page, faults, context } = await openPage(browser, viewport)
  try {
    await page.goto(server.url + path)
    await act(page, server)
    await assertClean(page, faults)
    assert.deepEqual(await keysShown(page), [])
  } finally {
    await context.close()
    await server.stop()
  }
}

for (const [width, viewport] of WIDTHS) {
  test(`meters that differ from those below them stand first, and what is missing is named, ${width}`, () =>
    on({}, '/my/quality', viewport, async (page) => {
      const list = page.locator('[data-balances]')
      await list.locator('[data-balance]').first().waitFor()
      assert.match(await list.locator('[data-counts]').innerText(), /共 3 块总表；相差超过 5% 的 1 块，算不出的 1 块/)
      assert.deepEqual(await list.locator('[data-balance]').evaluateAll((rows) => rows.map((row) => `${row.dataset.balance} ${row.dataset.state}`)), ['E041-01 beyond', 'W041-01 unknown'])
      const [first, second] = await list.locator('[data-balance]').allInnerTexts()
      assert.match(first, /461,030[\s\S]*414,927[\s\S]*46,103[\s\S]*\+10\.00%/)
      // No number where a part is missing, and each part that is.
      assert.match(second, /—\s+—\s+算不出[\s\S]*W041-02 只有 82\.1% 的时间有数[\s\S]*W041-03 从 10 月 12 日 ?才开始计量[\s\S]*转供给别家的表数据不全/)
      assert.ok((await tooWide(page)) <= 0)
      if (width === 'phone') assert.deepEqual(await smallTargets(page), [])
      await shoot(page, `quality-${width}`, { fullPage: true })
      await list.locator('[data-all]').click()
      assert.equal(await list.locator('[data-balance]').count(), 3)
    }))
}

test('the same stands under the ledger of a closed month', () =>
  on({}, '/my/ledger/2026-10', DESK, async (page) => {
    await page.locator('[data-balances] [data-balance=E041-01]').waitFor()
  }))
