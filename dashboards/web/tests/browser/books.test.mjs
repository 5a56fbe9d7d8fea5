// 报表数据, 申报 and 用地明细 at both widths: which figure counts and why, what is asked before a declaration
// is kept, what a lease comes to; and that an operator is told why output is not there.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { statements } from '../fixture/books.mjs'
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
    await act(page, server, faults)
    assert.deepEqual(await keysShown(page), [])
    assert.ok((await tooWide(page)) <= 0, 'wider than the window')
    if (viewport === PHONE) assert.deepEqual(await smallTargets(page), [])
  } finally {
    await context.close()
    await server.stop()
  }
}
const says = (page, text) => page.getByText(text, { exact: false }).first().waitFor({ timeout: 8000 })

for (const [width, viewport] of WIDTHS) {
  test(`sources stand side by side, the corrected figure with its reason, ${width}`, () =>
    on({}, '/my/statements?p=2026', viewport, async (page, _server, faults) => {
      const first = page.locator('[data-figure="2026-Q1 output_value 统计"]')
      await first.waitFor()
      await says(page, '2026年第 1 季度')
      assert.match(await first.innerText(), /5,210\.4 万元[\s\S]*计入[\s\S]*规则：“统计”列第 1 位/)
      assert.match(await first.innerText(), /文件 统计局-2025\.xlsx 第 17 行 · 2026-11-20 10:00 · 市工信局/)
      await first.locator('summary').click()
      await says(page, '更正原因：审计调整')
      await says(page, '原为 5,120.4 万元')
      const second = await page.locator('[data-figure="2026-Q1 output_value 企业自报"]').innerText()
      assert.match(second, /不计入[\s\S]*\+100 万元（\+1\.92%）[\s\S]*页面填报/)
      await shoot(page, `books-statements-${width}`, { fullPage: true })
      await assertClean(page, faults)
    }))

  test(`land is told line by line and by both rules, ${width}`, () =>
    on({}, '/my/land?p=2026', viewport, async (page, _server, faults) => {
      const out = page.locator('[data-line="WJ-041 leased_out"]')
      await out.waitFor()
      assert.match(await out.innerText(), /租出[\s\S]*某商贸公司[\s\S]*出租方（承租方不参评）[\s\S]*−1,000\.00/)
      await says(page, '9,000 m² × 0.0015 ＝ 13.5 亩')
      assert.match(await page.locator('[data-rule]').innerText(), /10,000 m²（15 亩）/)
      await says(page, '只算本企业的')
      await shoot(page, `books-land-${width}`, { fullPage: true })
      await assertClean(page, faults)
    }))
}

test('a declaration needs its unit, and is asked about before it is kept', () =>
  on({}, '/my/statements?p=2026', DESK, async (page, server, faults) => {
    const form = page.locator('[data-declare]')
    await form.waitFor()
    const send = form.getByRole('button', { name: '申报', exact: true })
    await send.click()
    await says(page, '至少填一个数')
    await form.locator('select[name=period]').selectOption('2026-Q1')
    await says(page, '上次报 5,310.4 万元')
    await form.locator('input[name=output_value]').fill('53104000')
    await send.click()
    await says(page, '请先选金额单位')
    assert.equal(server.declared().length, 0)
    await form.locator('select[name=unit]').selectOption('万元')
    server.trouble.asks = { asks: 'unit', indicator: 'output_value', now: '53104000', before: '5210.4', source: '统计', ratio: '10192', likely: '元' }
    await send.click()
    await says(page, '是去年同期（统计：5,210.4 万元）的 10,192 倍，像是单位选错了（元）')
    server.trouble.asks = { asks: 'reason', indicator: 'output_value' }
    await form.locator('select[name=unit]').selectOption('元')
    await send.click()
    await says(page, '工业总产值以前报过')
    await form.locator('input[name=reason]').fill('审计调整')
    server.trouble.asks = null
    await shoot(page, 'books-declare', { fullPage: true })
    await send.click()
    await says(page, '已保存：新报 1 个')
    const last = server.declared().at(-1)
    assert.deepEqual([last.period, last.unit, last.reason, last.sure, last.figures], ['2026-Q1', '元', '审计调整', false, [{ indicator: 'output_value', value: '53104000' }]])
    await assertClean(page, faults.filter((one) => !one.includes('409')))
  }))

test('an operator is told why output is not there, and an empty year says so', () =>
  on({ role: 'operator', statements: { ...statements('2026'), items: [], declares: [], hidden: ['output', 'tax'] } }, '/ent/91320583MADEMO041X/statements', DESK, async (page, _server, faults) => {
    await says(page, '园区在地图上按档查看')
    await says(page, '2026 年还没有人报过数')
    assert.equal(await page.locator('[data-declare]').count(), 0)
    await assertClean(page, faults)
  }))
