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

for (const [width, viewport] of WIDTHS) {
  test(`where the data went: each count opens where one acts, each register says what it lacks, ${width}`, () =>
    on({}, '/my/quality', viewport, async (page) => {
      const list = page.locator('[data-registers]')
      await list.locator('[data-register]').first().waitFor()
      await page.locator('[data-tile=suspects]').waitFor()
      const tiles = await page.locator('[data-tile] a').evaluateAll((all) => all.map((one) => `${one.closest('[data-tile]').dataset.tile} ${one.getAttribute('href')}`))
      assert.deepEqual(tiles, ['today /my/arrival', 'newest /my/arrival', 'silent /my/arrival', 'aside /my/quarantine', 'clock /my/quarantine', 'conflicts /decisions', 'suspects /decisions', 'reconcile /api/v1/reconcile.csv'])
      assert.match(await page.locator('[data-tile=suspects]').innerText(), /可疑用量待确认 1 条/)
      assert.match(await list.locator('[data-sums]').innerText(), /共 2 个表底；缺数 4 天，估算 1 天，标记 3 次，冲突 3 个/)
      const first = list.locator('[data-register=W041-01]')
      assert.match(await first.innerText(), /82\.1%[\s\S]*90\.0%[\s\S]*可疑[\s\S]*跳数[\s\S]*2,711/)
      assert.deepEqual(await first.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href'))), ['/my/meters/W041-01', '/decisions', '/decisions'])
      assert.ok((await tooWide(page)) <= 0)
      if (width === 'phone') assert.deepEqual(await smallTargets(page), [])
      await shoot(page, `quality-whole-${width}`, { fullPage: true })
      // A closed month: the days as known now against what was closed.
      await list.locator('[name=month]').selectOption('2026-10')
      await list.getByText('已结账第 2 版').waitFor()
      assert.match(await list.locator('[data-register=E041-01]').innerText(), /461,030[\s\S]*425,000[\s\S]*36,030\s*\+8\.48%/)
    }))
}

test('the same stands under the ledger of a closed month', () =>
  on({}, '/my/ledger/2026-10', DESK, async (page) => {
    await page.locator('[data-balances] [data-balance=E041-01]').waitFor()
  }))

for (const [width, viewport] of WIDTHS) {
  test(`a suspect amount is confirmed with a reason, ${width}`, () =>
    on({}, '/decisions', viewport, async (page) => {
      const one = page.locator('[data-suspect=E041-01]')
      await one.waitFor()
      assert.match(await one.innerText(), /表底 1,200，2026-11-21 08:15 表底 1,650\.5，合 54,060 kWh。[\s\S]*最多可能 6,000 kWh/)
      assert.match(await page.locator('[data-suspect=E041-02]').innerText(), /顾工 于 2026-11-20 10:00 驳回，不计入：采集器串了线/)
      await one.getByText('属实，计入台账').click()
      await one.locator('input[name^="suspect reason"]').fill('新生产线试车')
      assert.ok((await tooWide(page)) <= 0)
      if (width === 'phone') assert.deepEqual(await smallTargets(page), [])
      await shoot(page, `suspects-${width}`, { fullPage: true })
      await one.getByRole('button', { name: '裁定' }).click()
      await page.locator('[data-suspect=E041-01][data-decided=confirmed]').waitFor()
      assert.match(await one.innerText(), /确认属实，已计入：新生产线试车/)
    }))

  test(`a replacement is looked at before it is kept, ${width}`, () =>
    on({}, '/my/meters/E041-01', viewport, async (page) => {
      const part = page.locator('[data-replacements]')
      await part.locator('[data-open]').click()
      assert.match(await part.locator('[data-replaced]').innerText(), /旧表止数 981\.25，新表起数 没有抄。到期轮换/)
      await part.locator('[name=at]').fill('2026-11-20T10:15')
      await part.locator('[name=old_final]').fill('1234.5')
      await part.locator('[name=new_initial]').fill('0')
      await part.locator('[name=reason]').fill('雷击损坏')
      await part.getByRole('button', { name: '看台账怎么变' }).click()
      await part.locator('[data-tried]').waitFor()
      assert.match(await part.locator('[data-tried]').innerText(), /310,200[\s\S]*311,460[\s\S]*96\.1%[\s\S]*100\.0%[\s\S]*复位[\s\S]*换表/)
      assert.ok((await tooWide(page)) <= 0)
      if (width === 'phone') assert.deepEqual(await smallTargets(page), [])
      await shoot(page, `replacement-${width}`, { fullPage: true })
      // Another register is another look.
      await part.locator('[name=old_final]').fill('1234.6')
      assert.equal(await part.locator('[data-tried]').count(), 0)
      await part.getByRole('button', { name: '看台账怎么变' }).click()
      await part.getByRole('button', { name: '登记', exact: true }).click()
      await part.getByText('已登记。台账正在重算。').waitFor()
      assert.equal(await part.locator('[data-replaced]').count(), 2)
    }))
}

test('a reading that was written down by hand says so', () =>
  on({}, '/my/meters/E041-01', DESK, async (page) => {
    assert.equal(await page.locator('[data-flag=manual]').first().innerText(), '手工')
  }))

for (const [width, viewport] of WIDTHS) {
  for (const role of ['operator', 'kiosk', 'bureau']) {
    test(`a park's page names the firms and exports for whom it may, ${role}, ${width}`, () =>
      on({ role }, '/quality', viewport, async (page) => {
        await page.locator('[data-register=W041-01]').getByText('砚舟精密电子').waitFor()
        await page.locator('[data-balance=E041-01]').getByText('砚舟精密电子').waitFor()
        await page.locator('[data-tile=silent]').waitFor()
        assert.equal(await page.locator('[data-register=W041-01] a').first().getAttribute('href'), '/arrival?s=91320583DEM000041G')
        assert.equal(await page.locator('a[download]').count(), role === 'kiosk' ? 0 : 3)
        assert.ok((await tooWide(page)) <= 0)
        if (width === 'phone') assert.deepEqual(await smallTargets(page), [])
      }))
  }
}
