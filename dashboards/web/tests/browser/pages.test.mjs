// The enterprise's home, the rating list, sources and roles: each page and state, on desk and
// phone, as its user finds it. On made-up answers; the real server shows them in city.test.mjs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checkedLedger, arrival, CODE, noLedger, quiet } from '../fixture/enterprise.mjs'
import { start } from '../fixture/server.mjs'
import { assertClean, shoot, smallTargets, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const NOW = '2026-11-22T09:46:00+08:00'
const CLERK = { role: 'enterprise', now: NOW }

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** Opens `path` on a server with `trouble`, and closes both afterwards. */
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
const has = (page, selector) => page.locator(selector).first().waitFor()

test('home, desk: work first, with the cause in words', () =>
  on(CLERK, '/my', DESK, async (page, _, faults) => {
    await says(page, '要您办的 3 件事')
    await says(page, '冷冻站 3 小时 16 分没有数据')
    await says(page, '原因：网关时间快 8 小时，13 条被隔离')
    await says(page, '3 条报文的表号没有登记')
    await says(page, '今日应到 190 条，实到 177 条（93.1%）')
    const states = await page.locator('[data-meter]').evaluateAll((rows) => rows.map((row) => [row.dataset.meter, row.dataset.state]))
    assert.deepEqual(states[0], ['E041-03', 'silent'])
    assert.equal(states.length, 5)
    await says(page, '被隔离的报文 16 条')
    await says(page, '网关改为 UTC+8；已隔离的可按 −8 小时重放')
    await says(page, '11-03 结账，第 2 版')
    await says(page, '望津智造园 WJ-041、WJ-042 · 用地 47.75 亩 · 规上 · ')
    await says(page, '表 G041-01：只知道 95.8% 的用量，合计偏低')
    const changes = await page.locator('[data-ledger] [data-kind="electricity_kwh"] td.number').allInnerTexts()
    assert.deepEqual(changes, ['461,030', '−1.2', '+8.5'])
    const numbers = await page.locator('[data-ledger] tbody td.number a').allInnerTexts()
    assert.deepEqual(numbers, ['461,030', '18,888', '3,912', '163.43'])
    await has(page, '[data-grade] table tbody tr')
    // Two pieces: the gap of the morning is left open.
    await page.waitForFunction(() => document.querySelectorAll('.load path.now').length === 2)
    await assertClean(page, faults)
    await shoot(page, 'home-desk')
  }))

test('home, phone: one column, tabs, nothing to touch below 44 px, nothing cut off', () =>
  on(CLERK, '/my', PHONE, async (page, _, faults) => {
    await says(page, '要您办的 3 件事')
    await has(page, '[data-ledger] tbody tr')
    await has(page, '[data-grade] table tbody tr')
    assert.deepEqual(await smallTargets(page), [])
    assert.ok((await tooWide(page)) <= 0)
    await assertClean(page, faults)
    await shoot(page, 'home-phone')
    await page.getByRole('navigation').getByRole('link', { name: '台账' }).click()
    await has(page, '[data-ledger] tbody tr')
    assert.equal(await page.locator('[data-todo]').count(), 0)
    assert.deepEqual(await smallTargets(page), [])
    await shoot(page, 'home-phone-ledger')
  }))

test('home: nothing to do says so', () =>
  on({ ...CLERK, arrival: quiet(), ledger: checkedLedger() }, '/my', DESK, async (page, _, faults) => {
    await says(page, '今天没有要您办的事。5 块表全部正常。')
    await says(page, '没有被隔离的报文')
    await assertClean(page, faults)
  }))

test('home: no meter, no account, no grade yet', () =>
  on({ ...CLERK, arrival: arrival({ meters: [], quarantine: [], gateways: [] }), none: ['ratings'], ledger: noLedger() }, '/my', DESK, async (page, _, faults) => {
    await says(page, '还没有登记表。登记后 1 分钟内能看到数据。')
    await says(page, '还没有结过账的月份')
    await says(page, '结果还没有公布。')
    await assertClean(page, faults.filter((fault) => !fault.includes('404')))
    await shoot(page, 'home-empty')
  }))

test('home: stale data say where they stand', () => {
  const late = arrival().meters.map((one) => ({ ...one, state: 'late', latest_at: '2026-11-22T09:00:00+08:00', cause: { cause: 'gateway_offline', since: '2026-11-22T09:02:00+08:00', code: null, ahead_s: null, items: null } }))
  return on({ ...CLERK, arrival: arrival({ meters: late, quarantine: [] }) }, '/my', DESK, async (page, _, faults) => {
    await says(page, '数据停在 09:00，应到 09:45。下面是 09:00 的数。')
    await says(page, '网关 44 分离线')
    await assertClean(page, faults)
  })
})

test('home: slow, then cancelled; refused keeps what was shown', () =>
  on({ ...CLERK, slow: 20_000 }, '/my', DESK, async (page) => {
    await says(page, '正在读取数据')
    await says(page, '比平时慢，已等 5 秒。')
    await page.getByRole('button', { name: '取消' }).first().click()
  }))

test('home: a server error says its number, keeps the figures, and is retried', () =>
  on(CLERK, '/my', DESK, async (page, server, faults) => {
    // Every part has its first answer: what is refused is the next one of what the live line moves.
    for (const part of ['[data-arrival] tbody tr', '[data-ledger] tbody tr', '[data-grade] .own', '.load svg']) await has(page, part)
    await until(() => server.lines() > 0)
    server.trouble.refuse = 503
    server.say('gap', { batch: 3 }, 3)
    await says(page, '没有读到数据（编号 7F3A）。已存的数据不受影响。')
    await page.getByText('旧', { exact: true }).first().waitFor()
    assert.equal(await page.locator('[data-meter]').count(), 5)
    server.trouble.refuse = 0
    await page.getByRole('button', { name: '重试' }).first().click()
    await page.getByText('没有读到数据').waitFor({ state: 'detached' })
    await assertClean(page, faults.filter((fault) => !fault.includes('503')))
  }))

test('home: every part has an address of its own', async () => {
  const rows = [
    ['/my/arrival', '[data-arrival]', '[data-ledger]'],
    ['/my/quarantine', '[data-aside] .detail', '[data-arrival]'],
    ['/my/ledger/2026-09', '[data-ledger] tbody tr', '[data-todo]'],
    ['/my/grade/2025', '[data-grade] .division', '[data-arrival]'],
  ]
  for (const [path, here, elsewhere] of rows) {
    await on(CLERK, path, DESK, async (page, _, faults) => {
      await has(page, here)
      assert.equal(await page.locator(elsewhere).count(), 0, path)
      await assertClean(page, faults)
    })
  }
})

test('readings of a meter open in place, and the test message has a line to run', () =>
  on(CLERK, '/my', DESK, async (page, _, faults) => {
    await page.locator('[data-meter="E041-01"]').getByRole('button', { name: '看读数' }).click()
    await page.locator('[data-readings] li').first().waitFor()
    await page.getByRole('button', { name: '看测试报文怎么发' }).click()
    await says(page, `parkpulse/v1/${CODE}/GW-041-2/test`)
    assert.match(await page.locator('pre').first().innerText(), /^mosquitto_pub -h 127\.0\.0\.1 -p 1883 .* -P '…'/)
    await assertClean(page, faults)
  }))

test('a figure opens to its five lines, deeper, and back', () =>
  on(CLERK, '/my', DESK, async (page, _, faults) => {
    await page.locator('[data-ledger]').getByText('163.43').click()
    const lines = () => page.locator('[data-source-view] dt').allInnerTexts()
    await has(page, '[data-source-view] dl')
    assert.deepEqual(await lines(), ['值', '公式', '代入', '取自', '版本'])
    await says(page, '电 + 天然气')
    await says(page, '× 0.3000 kgce/kWh ÷ 1,000')
    await says(page, '比上一版 +0.40')
    await assertClean(page, faults)
    await shoot(page, 'source-panel')
    await page.locator('[data-source-panel]').getByText('461,030').click()
    await says(page, '表 E041-01：表底 12,345.67（10-01 00:00）→ 25,680（11-01 00:00），倍率 30，完整率 99.6%')
    await page.getByRole('button', { name: '上一层' }).click()
    await says(page, '电 + 天然气')
    await page.keyboard.press('Escape')
    await page.locator('[data-source-panel]').waitFor({ state: 'detached' })
  }))

test('a source has an address; one that is not there says so', async () => {
  await on(CLERK, `/src/tce_equal:${CODE}:2026-10:2`, DESK, async (page, _, faults) => {
    await has(page, '[data-source-view] dl')
    await assertClean(page, faults)
  })
  await on(CLERK, '/src/nothing:x:2026-10:1', PHONE, async (page) => says(page, '没有这个数的来源，或您无权查看。'))
})

test('rating, bureau: lines with their arithmetic, terms that add up, reasons', () =>
  on({ role: 'bureau' }, '/rating/2025', DESK, async (page, _, faults) => {
    await says(page, 'A 线：第 8 名（8 ÷ 43 ＝ 18.60 % ≤ 20 %）')
    await says(page, '不参加排名 1 户（否决，名额不占 D）')
    await says(page, '生产安全死亡事故，否决')
    await page.getByRole('button', { name: '砚舟精密电子有限公司' }).click()
    assert.equal(new URL(page.url()).search, `?s=${CODE}`)
    const terms = await page.locator('[data-opened] li').allInnerTexts()
    assert.equal(terms.length, 6)
    for (const term of terms) {
      const [, value, baseline, weight, score] = /([\d.,]+) ÷ ([\d.,]+) × (\d+) = ([\d.]+)/.exec(term).map((text) => Number(text.replace(/,/g, '')))
      assert.ok(Math.abs(Math.min(1.5, value / baseline) * weight - score) < 0.02, term)
    }
    const cells = await page.locator(`[data-unit="${CODE}"] td.score`).allInnerTexts()
    const total = cells.slice(0, 6).reduce((sum, text) => sum + Number(text.replace('*', '')), 0) + Number(cells[6].replace('—', '0')) - Number(cells[7].replace(/[−—]/g, '') || 0)
    assert.equal(total.toFixed(2), (await page.locator(`[data-unit="${CODE}"] td.total`).innerText()))
    await assertClean(page, faults)
    await shoot(page, 'rating-desk')
  }))

test('rating, bureau: groups, parts, search, order and the way back', () =>
  on({ role: 'bureau' }, '/rating/2025', DESK, async (page, _, faults) => {
    await has(page, '[data-unit]')
    await page.getByRole('button', { name: /^规下/ }).click()
    assert.equal(new URL(page.url()).search, '?f=below')
    await page.getByRole('columnheader', { name: /单位电耗税收/ }).waitFor()
    await page.goBack()
    await page.getByRole('columnheader', { name: /研发占比/ }).waitFor()
    await page.getByRole('columnheader', { name: '总分' }).getByRole('button').click()
    await page.getByRole('columnheader', { name: '总分' }).getByRole('button').click()
    assert.equal(new URL(page.url()).search, '?o=total')
    const totals = (await page.locator('td.total').allInnerTexts()).map(Number)
    assert.deepEqual(totals, [...totals].sort((a, b) => a - b))
    await page.getByRole('button', { name: /^缺数代填/ }).click()
    assert.ok((await page.locator('[data-unit] td.imputed').count()) > 0)
    await page.getByRole('searchbox', { name: '在名单里找' }).fill('没有这一家')
    await says(page, '没有符合条件的企业（共 44 户）。')
    await page.getByRole('button', { name: '清除条件' }).click()
    await page.waitForFunction(() => document.querySelectorAll('[data-unit]').length === 44)
    await assertClean(page, faults)
  }))

test('rating, bureau: the file holds what is shown', () =>
  on({ role: 'bureau' }, '/rating/2025', DESK, async (page) => {
    await has(page, '[data-unit]')
    const waiting = page.waitForEvent('download')
    await page.getByRole('button', { name: '导出 CSV' }).click()
    const stream = await (await waiting).createReadStream()
    const chunks = []
    for await (const chunk of stream) chunks.push(chunk)
    const lines = Buffer.concat(chunks).toString('utf8').replace(/^\ufeff/, '').split('\r\n')
    const shown = await page.locator('[data-unit]').evaluateAll((rows) => rows.map((row) => [row.dataset.unit, row.querySelector('.total').textContent.trim(), row.dataset.gradeOf]))
    const head = lines[0].split(',')
    const written = lines.slice(1, shown.length + 1).map((line) => line.split(',')).map((cells) => [cells[head.indexOf('enterprise')], cells[head.indexOf('total')], cells[head.indexOf('grade')]])
    assert.deepEqual(written, shown)
  }))

for (const role of ['operator', 'enterprise', 'public']) {
  test(`rating, ${role}: grades, and no score of anybody else`, () =>
    on({ role }, '/rating/2025', DESK, async (page, _, faults) => {
      await has(page, '[data-unit]')
      await says(page, '这里只列等级')
      assert.equal(await page.locator('td.total, td.rank').count(), 0)
      const open = await page.locator('[data-unit] button').count()
      assert.equal(open, role === 'enterprise' ? 1 : 0)
      await assertClean(page, faults)
      if (role !== 'enterprise') await shoot(page, `rating-${role}`)
    }))
}

test('rating, phone: rows of two lines, nothing cut off', () =>
  on({ role: 'bureau' }, `/rating/2025?s=${CODE}`, PHONE, async (page, _, faults) => {
    await has(page, '[data-opened]')
    assert.ok((await tooWide(page)) <= 0)
    assert.deepEqual(await smallTargets(page), [])
    await assertClean(page, faults)
    await shoot(page, 'rating-phone')
  }))

test('a year without a result says so', () =>
  on({ role: 'bureau' }, '/rating/2019', DESK, async (page) => says(page, '结果还没有公布。')))

test('one click makes one somebody else', () =>
  on({}, '/map', DESK, async (page, _, faults) => {
    await page.getByRole('button', { name: /园区运营/ }).click()
    await page.getByRole('button', { name: '企业 · 砚舟精密电子有限公司' }).waitFor()
    await page.getByRole('searchbox', { name: '换一家企业看' }).fill('塑胶')
    await page.getByRole('button', { name: '砚舟塑胶制品有限公司' }).waitFor()
    await assertClean(page, faults)
    await shoot(page, 'roles')
    const asked = page.waitForRequest((request) => request.url().endsWith('/api/v1/session') && request.method() === 'POST')
    await page.getByRole('button', { name: '市工信局' }).click()
    assert.deepEqual((await asked).postDataJSON(), { role: 'bureau' })
  }))

test('the live line of who one was is cut, and begins anew as who one is', () =>
  on({}, '/map', DESK, async (page, server) => {
    // Another tab, whose own new beginning hangs: the line that both share must not live on for it.
    const other = await page.context().newPage()
    await other.goto(`${server.url}/map`)
    await other.locator('[data-row]').first().waitFor()
    await other.route(/\/map$/, () => {})
    await until(() => server.lines() === 1, 'the live line')
    server.say('readings', { batch: 7, values: [] }, 7)
    // This made-up server answers as the operator whatever one chose: what counts here is the line.
    for (const [role, session] of [['市工信局', '1'], ['公众', '2']]) {
      await page.getByRole('button', { name: /园区运营/ }).click()
      await page.getByRole('button', { name: role, exact: true }).click()
      await until(() => String(server.sessions()) === session, `one line, of choice ${session}`)
      assert.equal(server.known(), null, 'nothing of the old line is asked for')
      await page.locator('[data-row]').first().waitFor()
    }
  }))

test('data arrival of an operator: whose, and why, the worst first', () =>
  on({ role: 'operator' }, '/arrival', DESK, async (page, _, faults) => {
    await has(page, '[data-state="silent"]')
    await says(page, '网关时间快 8 小时，13 条被隔离')
    await assertClean(page, faults)
    await shoot(page, 'arrival-desk')
  }))

const NOT_THEIRS = [['enterprise', '/arrival'], ['operator', '/my'], ['public', '/map'], ['public', '/my/ledger/2026-10']]
for (const [role, path] of NOT_THEIRS) {
  test(`${path} is not there for ${role}`, () => on({ role }, path, DESK, (page) => says(page, '没有这个页面，或您无权查看。换有权限的账号登录后，这个链接仍可用。')))
}
