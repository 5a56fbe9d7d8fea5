// Home, arrival, rating list and sources in every state of screens.md 4, at both widths: nothing in
// the console, nothing from axe, nothing cut off, no key instead of a word; and on paper.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { arrival, CODE, parkArrival, partialLedger } from '../fixture/enterprise.mjs'
import { start } from '../fixture/server.mjs'
import { assertClean, keep, keysShown, shoot, smallTargets, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const NOW = '2026-11-22T09:46:00+08:00'
const WIDTHS = [['desk', DESK], ['phone', PHONE]]
/** Name, who looks, where, and what is there when it is there. */
const PAGES = [
  ['home', 'enterprise', '/my', '[data-ledger] tbody tr'],
  ['my-arrival', 'enterprise', '/my/arrival', '[data-meter]'],
  ['my-quarantine', 'enterprise', '/my/quarantine', '[data-heap]'],
  ['my-ledger', 'enterprise', '/my/ledger', '[data-ledger] tbody tr'],
  ['my-grade', 'enterprise', '/my/grade', '[data-grade] tbody tr'],
  ['arrival', 'operator', '/arrival', '[data-firm]'],
  ['rating', 'bureau', `/rating/2025?s=${CODE}`, '[data-opened]'],
  ['rating-public', 'public', '/rating/2025', '[data-unit]'],
  ['source', 'enterprise', `/src/tce_equal:${CODE}:2026-10:2`, '[data-source-view] dl'],
]

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

async function on(trouble, path, viewport, act) {
  const server = await start({ now: NOW, ...trouble })
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
const has = (page, selector) => page.locator(selector).first().waitFor({ timeout: 8000 })

for (const [name, role, path, there] of PAGES) {
  for (const [width, viewport] of WIDTHS) {
    test(`${name}, ${width}: whole`, () =>
      on({ role }, path, viewport, async (page, _, faults) => {
        await has(page, there)
        await page.evaluate(() => document.fonts.ready)
        assert.ok((await tooWide(page)) <= 0, 'wider than its window')
        if (width === 'phone') assert.deepEqual(await smallTargets(page), [])
        assert.deepEqual(await keysShown(page), [])
        await assertClean(page, faults)
        await shoot(page, `${name}-${width}`, { fullPage: true })
      }))

    test(`${name}, ${width}: refused says its number, and comes when it is asked for again`, () =>
      on({ role, refuse: 503 }, path, viewport, async (page, server, faults) => {
        await says(page, '没有读到数据（编号 7F3A）')
        assert.equal(await page.locator(there).count(), 0)
        await assertClean(page, faults.filter((fault) => !fault.includes('503')))
        server.trouble.refuse = 0
        await page.getByRole('button', { name: '重试' }).first().click()
        for (const more of await page.getByRole('button', { name: '重试' }).all()) await more.click({ timeout: 1000 }).catch(() => {})
        await has(page, there)
      }))
  }

  test(`${name}: waits in words; stopped, it says so and nothing of an empty result`, () =>
    on({ role, slow: 15_000 }, path, DESK, async (page, _, faults) => {
      await page.getByText('正在读取').first().waitFor()
      assert.equal(await page.locator('#page').getByText('还没有').count(), 0)
      await says(page, '比平时慢，已等 5 秒。')
      await assertClean(page, faults)
      const stops = page.getByRole('button', { name: '取消' })
      while ((await stops.count()) > 0) await stops.first().click()
      await says(page, '您停止了读取，这里还没有数。')
      assert.equal(await page.getByText('结果还没有公布').count(), 0)
    }))

  test(`${name}: in English`, () =>
    on({ role }, path, DESK, async (page, _, faults) => {
      await has(page, there)
      await page.getByRole('button', { name: 'English' }).click()
      assert.deepEqual(await keysShown(page), [])
      await assertClean(page, faults)
    }))
}

/** Name, trouble, path, words, and where the page leads from there. */
const EMPTY = [
  ['a month that is not closed', { role: 'enterprise' }, '/my/ledger/2026-11', '2026年11月 还没有结账。最近一期是 2026年10月。', '/my/ledger/2026-10'],
  ['a revision that is not there', { role: 'enterprise' }, '/my/ledger/2026-10?v=9', '2026年10月', null],
  ['no quarantine', { role: 'enterprise', arrival: arrival({ quarantine: [] }) }, '/my/quarantine', '没有被隔离的报文', null],
  ['no meter', { role: 'enterprise', arrival: arrival({ meters: [], quarantine: [], gateways: [] }) }, '/my/arrival', '请园区登记表和网关', null],
  ['no meter in the park', { role: 'operator', arrival: arrival({ meters: [], quarantine: [], gateways: [] }) }, '/arrival', '还没有登记表', null],
  ['no grade of that year', { role: 'enterprise' }, '/my/grade/2019', '结果还没有公布。', '/my/grade/2018'],
  ['no result of that year', { role: 'public' }, '/rating/2019', '2019 年度还没有评价结果', '/rating/2025'],
  ['no such figure', { role: 'enterprise' }, '/src/nothing:x:2026-10:1', '没有这个数的来源，或您无权查看。', null],
]
for (const [name, trouble, path, words, leads] of EMPTY) {
  for (const [width, viewport] of WIDTHS) {
    test(`${name}, ${width}`, () =>
      on(trouble, path, viewport, async (page, _, faults) => {
        await says(page, words)
        if (leads) await page.locator(`#page a[href="${leads}"]`).first().waitFor()
        if (width === 'phone') assert.deepEqual(await smallTargets(page), [])
        await assertClean(page, faults.filter((fault) => !fault.includes('404')))
      }))
  }
}

test('the ledger comes in one question, and its table and revisions have addresses', () =>
  on({ role: 'enterprise' }, '/my/ledger/2026-10', DESK, async (page) => {
    // The first visit has asked its own questions by then.
    await has(page, '[data-ledger] tbody tr')
    const asked = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.reload()
    await has(page, '[data-ledger] tbody tr')
    assert.equal(asked.filter((path) => path === `/api/v1/ledgers/${CODE}`).length, 1)
    assert.deepEqual(asked.filter((path) => path.startsWith('/api/v1/accounts')), [])
    const gas = await page.locator('[data-kind="natural_gas_m3"] td').allInnerTexts()
    assert.deepEqual(gas, ['18,888', 'm³', '1.3300 kgce/m³', '25.12', '+3.6', '+5.9', '95.8', '—', '还没有核对核对无误有疑问'])
    assert.equal(await page.locator('[data-kind="electricity_kwh"] .flags').innerText(), '翻转 1 次')
    const table = await page.getByRole('link', { name: '导出 CSV' }).getAttribute('href')
    assert.equal(table, `/api/v1/ledgers/${CODE}/table.csv?month=2026-10`)
    await page.getByRole('link', { name: /第 1 版/ }).click()
    await page.waitForURL('**/my/ledger/2026-10?v=1')
    await has(page, '[data-ledger] tbody tr')
    assert.match(await page.getByRole('link', { name: '导出 CSV' }).getAttribute('href'), /v=1$/)
  }))

for (const path of ['/my', '/my/ledger/2026-10']) {
  for (const [width, viewport] of WIDTHS) {
    test(`a month in which a meter began says since when, ${path}, ${width}`, () =>
      on({ role: 'enterprise', ledger: partialLedger() }, path, viewport, async (page, _, faults) => {
        await has(page, '[data-ledger] tbody tr')
        const own = page.locator('[data-ledger]')
        const cells = (kind) => own.locator(`[data-kind="${kind}"]`)
        assert.match(await cells('electricity_kwh').innerText(), /不完整：自 10 月 12 日起/)
        for (const kind of ['electricity_kwh', 'tce_equal']) assert.equal(await cells(kind).locator('.month, .year').allInnerTexts().then((all) => all.join('')), '——', kind)
        assert.equal(await cells('natural_gas_m3').locator('.year').innerText(), '+5.9')
        for (const words of ['表 E041-02 自 10 月 12 日起才有数，之前的用量不在里面', '2026年10月不完整，不与别的月比', '2026年9月不完整（G041-01 自 9 月 20 日起），不拿它来比', '紫线 = 不完整的月']) assert.equal(await own.getByText(words, { exact: false }).count(), 1, words)
        assert.ok((await tooWide(page)) <= 0)
        await assertClean(page, faults)
        await shoot(page, `ledger-partial-${path.length > 4 ? 'page' : 'home'}-${width}`, { fullPage: true })
      }))
  }
}

for (const [width, viewport] of WIDTHS) {
  test(`the grade says how far the next one is, what would do, when it was published, and the median, ${width}`, () =>
    on({ role: 'enterprise' }, '/my', viewport, async (page, _, faults) => {
      await has(page, '[data-grade] tbody tr')
      const card = page.locator('[data-grade]')
      assert.match(await card.innerText(), /A 线 [\d.]+，差 [\d.]+ 分 · 06-30 公布/)
      const [line, gap] = (await card.innerText()).match(/线 ([\d.]+)，差 ([\d.]+) 分/).slice(1).map(Number)
      const total = Number((await card.locator('strong').innerText()).match(/[\d.]+/)[0])
      assert.equal((total + gap).toFixed(2), line.toFixed(2))
      const filled = await card.locator(width === 'phone' ? '.narrow' : 'td.fill').allInnerTexts()
      assert.equal(filled.length, 3)
      for (const text of filled) assert.match(text, /^(已封顶|到 [\d,.]+（\+[\d,.]+）|封顶只 \+[\d.]+，不够)$/)
      await card.getByText('按 2025 方案试算，别家不变；不是承诺。').waitFor()
      assert.match(await card.locator('[data-median]').innerText(), /^组内总分中位数 [\d.]+ 分$/)
      await assertClean(page, faults)
      await shoot(page, `home-grade-${width}`, { fullPage: true })
      await page.goto(`${new URL(page.url()).origin}/my/grade`)
      await has(page, '[data-grade] tbody tr')
      const medians = await page.locator('[data-grade] tbody tr').evaluateAll((rows) => rows.map((row) => row.querySelectorAll('td.base')[1].innerText))
      assert.equal(medians.length, 6)
      for (const text of medians) assert.match(text, /^[\d,.]+$/)
    }))
}

test('what was sent opens in place', () =>
  on({ role: 'enterprise' }, '/my', DESK, async (page, _, faults) => {
    await page.locator('[data-heap="time_out_of_range"]').getByRole('button', { name: '看原文' }).click()
    await says(page, '"kwh_register":88123.45')
    await assertClean(page, faults)
    await page.getByRole('button', { name: '收起' }).first().click()
    await page.locator('[data-raw]').waitFor({ state: 'detached' })
  }))

test('arrival of a park: by firm, by cause, one firm open, and the way back', () =>
  on({ role: 'operator' }, '/arrival', DESK, async (page, _, faults) => {
    await has(page, '[data-firm]')
    assert.equal(await page.locator('[data-firm]').count(), 40)
    assert.equal(await page.locator('[data-firm]').first().getAttribute('data-state'), 'silent')
    const clock = page.locator('[data-cause="clock"]')
    const count = Number(/\d+/.exec(await clock.innerText())[0])
    await clock.click()
    assert.equal(new URL(page.url()).search, '?f=cause:clock')
    assert.equal(await page.locator('[data-firm]').count(), count)
    await page.locator('[data-firm]').first().getByRole('button').press('Enter')
    await has(page, '[data-opened] [data-meter]')
    assert.match(new URL(page.url()).search, /^\?s=[0-9A-Z]{18}&f=cause:clock$/)
    await assertClean(page, faults)
    await shoot(page, 'arrival-open')
    await page.goBack()
    await page.locator('[data-opened]').waitFor({ state: 'detached' })
    await page.goBack()
    await page.waitForFunction(() => document.querySelectorAll('[data-firm]').length === 40)
    await page.getByRole('searchbox').fill('没有这一家')
    await says(page, '没有符合条件的企业（共 40 户）。')
    await page.getByRole('button', { name: '清除条件' }).click()
    await page.waitForFunction(() => document.querySelectorAll('[data-firm]').length === 40)
  }))

test('arrival of a park: what comes is patched in place, the order holds until it is sorted again', () =>
  on({ role: 'operator' }, '/arrival', DESK, async (page, server) => {
    const order = () => page.locator('[data-firm]').evaluateAll((rows) => rows.map((row) => row.dataset.firm))
    await has(page, '[data-firm]')
    await until(() => server.lines() > 0, 'the live line')
    const before = await order()
    const last = before.at(-1)
    const whole = parkArrival()
    server.trouble.arrival = { ...whole, meters: whole.meters.map((one) => (one.enterprise === last ? { ...one, state: 'silent', cause: { cause: 'not_read', since: null, code: null, ahead_s: null, items: null } } : one)) }
    server.say('gap', { batch: 4 }, 4)
    await page.locator(`[data-firm="${last}"][data-state="silent"]`).waitFor()
    assert.deepEqual(await order(), before)
    await page.getByRole('button', { name: '重新排序' }).click()
    await page.waitForFunction((code) => [...document.querySelectorAll('[data-firm]')].findIndex((row) => row.dataset.firm === code) < 20, last)
  }))

/** Pages that are printed, and what must all be on paper. */
const PRINTED = [['rating', 'bureau', '/rating/2025', '[data-unit]', 44], ['ledger', 'enterprise', '/my/ledger', '[data-kind]', 6], ['arrival', 'operator', '/arrival', '[data-firm]', 40]]
for (const [name, role, path, row, count] of PRINTED) {
  test(`${name} on paper: all rows, no frame, heads on each sheet`, () =>
    on({ role }, path, DESK, async (page) => {
      await has(page, row)
      await page.emulateMedia({ media: 'print' })
      const seen = await page.evaluate((selector) => {
        const shown = (one) => one !== null && one.getClientRects().length > 0
        const rows = [...document.querySelectorAll(selector)]
        const bottom = document.querySelector('#page').getBoundingClientRect().bottom
        return {
          rows: rows.filter((one) => shown(one) && one.getBoundingClientRect().bottom <= bottom + 1).length,
          frame: ['nav', '.button', 'input'].filter((one) => [...document.querySelectorAll(one)].some(shown)),
          head: getComputedStyle(document.querySelector('#page thead')).display,
        }
      }, row)
      assert.deepEqual(seen, { rows: count, frame: [], head: 'table-header-group' })
      const pdf = await page.pdf({ preferCSSPageSize: true })
      await keep(`${name}-paper.pdf`, pdf)
      assert.ok(pdf.length > 5000)
    }))
}

test('the sheet of one enterprise on paper: its row and terms, nobody else', () =>
  on({ role: 'bureau' }, `/rating/2025?s=${CODE}`, DESK, async (page) => {
    await has(page, '[data-opened]')
    await page.evaluate(() => (window.print = () => {}))
    await page.getByRole('button', { name: '打印一企一单' }).click()
    await page.emulateMedia({ media: 'print' })
    const shown = () => page.locator('[data-unit], [data-opened]').evaluateAll((rows) => rows.filter((row) => row.getClientRects().length > 0).map((row) => row.dataset.unit ?? 'terms'))
    assert.deepEqual(await shown(), [CODE, 'terms'])
    await keep('rating-one-paper.pdf', await page.pdf({ preferCSSPageSize: true }))
    await page.evaluate(() => dispatchEvent(new Event('afterprint')))
    assert.ok((await shown()).length > 10, 'the list is whole again')
  }))
