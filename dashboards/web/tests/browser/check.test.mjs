// 核对 of a month's ledger: two clicks from home, a question with its note, a save that comes second,
// one that fails; and the lost line on the enterprise's pages.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { arrival, quiet } from '../fixture/enterprise.mjs'
import { start } from '../fixture/server.mjs'
import { assertClean, keysShown, shoot, smallTargets, tooWide, until } from './checks.mjs'
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
  } finally {
    await context.close()
    await server.stop()
  }
}
const says = (page, text) => page.getByText(text, { exact: false }).first().waitFor({ timeout: 8000 })

for (const [width, viewport] of WIDTHS) {
  test(`the month is checked in two clicks from home, ${width}`, () =>
    on({}, '/my', viewport, async (page, server, faults) => {
      await says(page, '10 月台账待核对，11-25 17:00 截止')
      await says(page, '已核对 0 / 4 项')
      await page.getByRole('link', { name: '去核对' }).click()
      await page.waitForURL('**/my/ledger/2026-10')
      await page.locator('[data-checks]').waitFor()
      assert.ok((await tooWide(page)) <= 0)
      if (width === 'phone') assert.deepEqual(await smallTargets(page), [])
      await shoot(page, `check-${width}`, { fullPage: true })
      await page.getByRole('button', { name: '全部核对无误' }).click()
      await says(page, '4 项都已核对')
      assert.equal(await page.getByText('11-22 09:46 核对无误').count(), 4)
      assert.deepEqual(Object.keys(server.checks()).sort(), ['electricity_kwh', 'natural_gas_m3', 'tce_equal', 'water_m3'])
      await assertClean(page, faults)
      await page.goto(`${server.url}/my`)
      await page.locator('[data-todo]').waitFor()
      assert.equal(await page.getByText('台账待核对').count(), 0)
    }))
}

test('a row is questioned with a note, and by keyboard', () =>
  on({}, '/my/ledger/2026-10', DESK, async (page, server, faults) => {
    await page.getByRole('button', { name: '天然气有疑问' }).press('Enter')
    const field = page.getByRole('textbox', { name: '天然气的疑问' })
    await field.press('Enter')
    assert.deepEqual(server.checks(), {}, 'without a note nothing is sent')
    await field.fill('比发票少 300 m³')
    await assertClean(page, faults)
    await field.press('Enter')
    await says(page, '11-22 09:46 有疑问：比发票少 300 m³')
    await says(page, '已核对 1 / 4 项')
    await page.getByRole('button', { name: '水核对无误' }).click()
    await says(page, '已核对 2 / 4 项')
    assert.equal(server.checks().natural_gas_m3.verdict, 'questioned')
  }))

test('what somebody else said meanwhile is shown beside mine, and mine is kept only if I say so', () =>
  on({}, '/my/ledger/2026-10', DESK, async (page, server, faults) => {
    await page.locator('[data-checks]').waitFor()
    server.check(['electricity_kwh'], 'questioned', '倍率不对')
    await page.getByRole('button', { name: '电核对无误' }).click()
    await says(page, '这条记录 09:45 已被别人改过，您的修改还没有保存。')
    assert.equal(server.checks().electricity_kwh.verdict, 'questioned')
    await page.getByRole('button', { name: '看差别' }).click()
    const both = await page.locator('[data-conflict] tbody tr').allInnerTexts()
    assert.deepEqual(both.map((row) => row.split(/\s*\t\s*|\n+/).filter(Boolean)), [['电', '有疑问：倍率不对', '核对无误']])
    await assertClean(page, faults.filter((fault) => !fault.includes('409')))
    await shoot(page, 'check-conflict')
    await page.getByRole('button', { name: '放弃我的' }).click()
    await page.locator('[data-conflict]').waitFor({ state: 'detached' })
    assert.equal(server.checks().electricity_kwh.verdict, 'questioned')
    server.check(['water_m3'], 'confirmed')
    await page.getByRole('button', { name: '电核对无误' }).click()
    await page.getByRole('button', { name: '看差别' }).click()
    await page.getByRole('button', { name: '仍按我的保存' }).click()
    await page.locator('[data-conflict]').waitFor({ state: 'detached' })
    await until(() => server.checks().electricity_kwh.verdict === 'confirmed', 'mine is kept')
  }))

test('a save that fails says so, and nothing is lost', () =>
  on({ refuseCheck: true }, '/my/ledger/2026-10', DESK, async (page, server, faults) => {
    await page.getByRole('button', { name: '水有疑问' }).click()
    await page.getByRole('textbox', { name: '水的疑问' }).fill('抄错一位')
    await page.getByRole('button', { name: '提交' }).click()
    await says(page, '没有保存（编号 7F3A）。台账没有变。')
    assert.equal(await page.getByRole('textbox', { name: '水的疑问' }).inputValue(), '抄错一位')
    await assertClean(page, faults.filter((fault) => !fault.includes('503')))
    server.trouble.refuseCheck = false
    await page.getByRole('button', { name: '提交' }).click()
    await says(page, '有疑问：抄错一位')
  }))

test('an older revision is looked at, and not spoken of', () =>
  on({}, '/my/ledger/2026-10?v=1', DESK, async (page) => {
    await page.locator('[data-ledger] tbody tr').first().waitFor()
    assert.equal(await page.locator('[data-checks]').count(), 0)
    assert.equal(await page.getByRole('button', { name: '电核对无误' }).count(), 0)
  }))

for (const [width, viewport] of WIDTHS) {
  test(`home says that the line is lost, for how long and where the screen stands, ${width}`, () =>
    on({ dead: true }, '/my', viewport, async (page, server, faults) => {
      await page.locator('[data-meter]').first().waitFor()
      await page.getByText(/与服务器断开 \d+ 秒，画面停在 \d\d:\d\d:\d\d，正在第 \d+ 次重连/).waitFor({ timeout: 15_000 })
      assert.ok((await page.locator('[data-meter]').count()) > 0, 'the figures stay')
      await assertClean(page, faults.filter((fault) => !fault.includes('503')))
      await shoot(page, `home-lost-${width}`)
      server.trouble.dead = false
      await page.getByText('与服务器断开').waitFor({ state: 'detached', timeout: 20_000 })
    }))

  test(`arrival of ninety days, ${width}`, () =>
    on({}, '/my/arrival', viewport, async (page, _, faults) => {
      await page.locator('[data-meter]').first().waitFor()
      assert.equal(await page.locator('[data-meter="E041-03"] .strip g').count(), 90)
      const label = await page.locator('[data-meter="E041-03"] .strip').getAttribute('aria-label')
      assert.equal(label, '冷冻站 近 90 天：86 天齐，2 天缺数，2 天没有')
      if (width === 'desk') await says(page, '近 90 天完整率（08-25 至 11-22）')
      assert.equal(await page.getByRole('link', { name: '导出 CSV' }).first().getAttribute('href'), '/api/v1/arrival.csv?days=90')
      assert.ok((await tooWide(page)) <= 0)
      assert.deepEqual(await keysShown(page), [])
      await assertClean(page, faults)
      await shoot(page, `arrival-90-${width}`, { fullPage: true })
    }))
}

test('nothing to do says so only when the ledger is checked, too', () =>
  on({ arrival: quiet() }, '/my', DESK, async (page, server) => {
    await says(page, '要您办的 1 件事')
    server.check(['electricity_kwh', 'natural_gas_m3', 'water_m3', 'tce_equal'], 'confirmed')
    await page.reload()
    await says(page, '今天没有要您办的事。5 块表全部正常。')
    assert.equal(arrival().meters.length, 5)
  }))

for (const [width, viewport] of WIDTHS) {
  test(`a heap is taken in again with a reason, its times moved where one clock was off, ${width}`, () =>
    on({}, '/my/quarantine', viewport, async (page, server, faults) => {
      const heap = page.locator('[data-heap="time_out_of_range"]')
      await heap.getByRole('button', { name: '按 −8 小时重放' }).click()
      const field = heap.getByRole('textbox', { name: '为什么现在可以收下' })
      await field.press('Enter')
      assert.deepEqual(server.replays(), [], 'without a reason nothing is sent')
      await field.fill('网关已改为 UTC+8')
      assert.ok((await tooWide(page)) <= 0)
      if (width === 'phone') assert.deepEqual(await smallTargets(page), [])
      await assertClean(page, faults)
      await shoot(page, `replay-${width}`, { fullPage: true })
      await field.press('Enter')
      await says(page, '重放 13 条：收下 26 个值，仍有错或待下次 0 条。')
      assert.deepEqual(server.replays(), [{ number: 92, shift: true, reason: '网关已改为 UTC+8' }])
      // The heap is gone, what came of it stays.
      await heap.waitFor({ state: 'detached' })
      await says(page, '重放 13 条：收下 26 个值，仍有错或待下次 0 条。')
      assert.equal(await page.locator('[data-heap="unknown_meter"]').getByRole('button', { name: /小时重放/ }).count(), 0)
    }))

  test(`an operator takes in what a wrong meter number sent, as another meter of that firm, ${width}`, () =>
    on({ role: 'operator' }, '/arrival', viewport, async (page, server, faults) => {
      const heap = page.locator('[data-heap="unknown_meter"]')
      assert.equal(await page.locator('[data-heap="time_out_of_range"]').getByRole('button', { name: '改表号重放' }).count(), 0)
      await heap.getByRole('button', { name: '改表号重放' }).click()
      const meters = heap.getByRole('combobox', { name: '其实是哪块表' })
      assert.deepEqual((await meters.locator('option').allInnerTexts()).slice(1), ['E-006 1# 进线总表', 'G-006'])
      const field = heap.getByRole('textbox', { name: '为什么现在可以收下' })
      await field.fill('网关把表号写错了')
      await field.press('Enter')
      assert.deepEqual(server.replays(), [], 'without a meter nothing is sent')
      await meters.selectOption('E-006')
      assert.ok((await tooWide(page)) <= 0)
      if (width === 'phone') assert.deepEqual(await smallTargets(page), [])
      await assertClean(page, faults)
      await shoot(page, `replay-mapped-${width}`, { fullPage: true })
      server.trouble.refuseReplay = true
      await field.press('Enter')
      await says(page, '没有重放（编号 7F3A）。隔离的报文都还在。')
      server.trouble.refuseReplay = false
      await field.press('Enter')
      await heap.waitFor({ state: 'detached' })
      await says(page, '重放 13 条：收下 26 个值，仍有错或待下次 0 条。')
      assert.deepEqual(server.replays(), [{ number: 77, shift: false, reason: '网关把表号写错了', meter_as: 'E-006' }])
      await assertClean(page, faults.filter((fault) => !fault.includes('503')))
    }))
}
