// The states of screens.md 4, each with its exact words, on desk and phone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { banded, graded, hiddenCells } from '../fixture/park.mjs'
import { start } from '../fixture/server.mjs'
import { assertClean, drawn, painted, shoot, smallTargets, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** Opens /map on a server with `trouble`, and closes both afterwards. */
async function on(trouble, path, viewport, act) {
  const server = await start(trouble)
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

/** The two sizes of every state. */
const SIZES = [['desk', DESK], ['phone', PHONE]]

/** On a phone the map stands behind a tab. */
async function toMap(page, viewport) {
  const tab = page.getByRole('group', { name: '看表还是看图' }).getByRole('button', { name: '地图' })
  if (viewport === PHONE) await tab.click()
}

/** Clean, nothing cut off, kept as a picture. */
async function settled(page, faults, name) {
  await assertClean(page, faults)
  const wide = await tooWide(page)
  assert.ok(wide <= 0, `${name}: ${wide} px beyond the right edge`)
  await shoot(page, name)
}

const NOTHING = { value: null, numerator: '0', numerator_unit: 'kwh', denominator: '0', denominator_unit: 'mu', parcels: 0 }

const ROWS = [
  ['incomplete', {}, '/map', '完整率 99.4%，缺 31 小时，合计偏低'],
  ['provisional', { over: { closed: false, period: '2026-11', revision: null, closes_at: '2026-12-04T00:00:00+08:00' } }, '/map?p=2026-11', '未结账：数会变，12-04 结账'],
  ['empty-open', { over: { closed: false, period: '2026-11', revision: null, total: NOTHING } }, '/map?p=2026-11', '2026年11月 还没有结账。最近一期是 2026年10月。'],
  ['empty-none-yet', { over: { meters: 0 } }, '/map', '还没有登记表。登记后 1 分钟内能看到数据。'],
  ['empty-parcels', { over: { cells: [], meters: 0, total: NOTHING }, empty: true }, '/map', '还没有登记地块。导入地块后，这里就有地图。'],
  ['empty-filter', {}, '/map?f=state:hidden', '没有符合条件的企业（共 55 户）。'],
  ['empty-filter-parts', {}, '/map?f=ind:C26,size:small', '没有符合条件的企业（共 55 户）。'],
  ['stale', { over: { data_to: '2026-11-22T09:40:00+08:00', data_due: '2026-11-22T09:55:00+08:00' }, now: '2026-11-22T10:10:00+08:00' }, '/map', '数据停在 09:40，应到 09:55。下面是 09:40 的数。'],
  ['old-selection', {}, '/map?s=WJ-999', '链接里的地块 WJ-999 不在这张图里。'],
  ['too-few', { over: { classified: false } }, '/map', '样本少于 5 宗，不分级'],
  ['settling', { over: { settling: 42 } }, '/map', '账期正在结算，已完成 42 %；结完后本页自动更新'],
  ['locked', { over: { layers: [{ indicator: 'kwh_per_mu', shown: 'nothing' }] } }, '/map', '这一层您无权查看'],
  ['hidden-cells', { over: hiddenCells() }, '/map', '不足 3 户'],
]

for (const [name, trouble, path, words] of ROWS) {
  for (const [size, viewport] of SIZES) {
    test(`${name}, ${size}`, () =>
      on(trouble, path, viewport, async (page, _, faults) => {
        if (['too-few', 'hidden-cells'].includes(name)) await toMap(page, viewport)
        await says(page, words)
        await settled(page, faults, `state-${name}-${size}`)
      }))
  }
}

for (const [size, viewport] of SIZES) {
  test(`loading, then slower than usual, then cancelled, ${size}`, () =>
    on({ slow: 90_000 }, '/map?p=2026-10', viewport, async (page, _, faults) => {
      await says(page, '正在读取 2026年10月 的数据')
      await settled(page, faults, `state-loading-${size}`)
      await says(page, '比平时慢，已等 5 秒。')
      await shoot(page, `state-slow-${size}`)
      await page.getByRole('button', { name: '取消' }).click()
      await page.getByText('正在读取').waitFor({ state: 'detached' })
    }))

  test(`a server error keeps the last good figures and says its number, ${size}`, () =>
    on({}, '/map', viewport, async (page, server, faults) => {
      await drawn(page)
      server.trouble.refuse = 503
      await toMap(page, viewport)
      await page.getByRole('button', { name: /2026年9月/ }).click()
      await says(page, '没有读到数据（编号 7F3A）。已存的数据不受影响。请重试；仍不行，把编号告诉管理员。')
      await page.getByText('旧', { exact: true }).waitFor()
      assert.ok((await page.locator('[data-row]').count()) > 5)
      await settled(page, faults.filter((fault) => !fault.includes('503')), `state-error-${size}`)
      server.trouble.refuse = 0
      await page.getByRole('button', { name: '重试' }).click()
      await page.getByText('没有读到数据').waitFor({ state: 'detached' })
    }))

  test(`a park that is not theirs, or none: the same words, ${size}`, () =>
    on({ refuse: 404 }, '/map?park=XX', viewport, async (page, _, faults) => {
      await says(page, '没有这个页面，或您无权查看。换有权限的账号登录后，这个链接仍可用。')
      await settled(page, faults.filter((fault) => !fault.includes('404')), `state-not-theirs-${size}`)
    }))

  test(`disconnected, then back with the last id, then a gap, ${size}`, () =>
    on({}, '/map', viewport, async (page, server, faults) => {
      await drawn(page)
      await until(() => server.lines() > 0, 'the live line')
      server.say('readings', { batch: 7, values: [] }, 7)
      await page.evaluate(() => new Promise((heard) => setTimeout(heard)))
      server.trouble.dead = true
      server.hangUp()
      await page.getByText(/与服务器断开 \d+ 秒，画面停在 \d\d:\d\d:\d\d，正在第 \d+ 次重连/).waitFor()
      await settled(page, faults.filter((fault) => !fault.includes('503')), `state-disconnected-${size}`)
      server.trouble.dead = false
      await page.getByText('与服务器断开').waitFor({ state: 'detached', timeout: 20_000 })
      assert.equal(server.known(), '7')
      server.say('gap', { batch: 9 }, 9)
      await says(page, '有一段实时数据没有跟上，已经重新读取。')
      await shoot(page, `state-gap-${size}`)
    }))
}

test('no such page, or not for you: the same words', () =>
  on({}, '/my/ledger/2026-10', DESK, async (page, _, faults) => {
    await says(page, '没有这个页面，或您无权查看。换有权限的账号登录后，这个链接仍可用。')
    assert.deepEqual(faults.filter((fault) => !fault.includes('404')), [])
  }))

test('English says the same in English', () =>
  on({}, '/map', DESK, async (page, _, faults) => {
    await drawn(page)
    await page.getByRole('button', { name: 'English' }).click()
    await says(page, 'Completeness 99.4%, 31 hours missing, the total is too low')
    assert.equal(await page.locator('html').getAttribute('lang'), 'en')
    await assertClean(page, faults)
    await shoot(page, 'fixture-english')
  }))

test('phone: list first, map second, nothing to touch below 44 px, nothing cut off', () =>
  on({}, '/map', PHONE, async (page, _, faults) => {
    await drawn(page)
    await assertClean(page, faults)
    for (const tab of ['地块表', '地图']) {
      await page.getByRole('group', { name: '看表还是看图' }).getByRole('button', { name: tab }).click()
      if (tab === '地图') await painted(page)
      assert.deepEqual(await smallTargets(page), [])
      const wide = await tooWide(page)
      assert.ok(wide <= 0, `${tab}: ${wide} px beyond the right edge`)
      await shoot(page, `fixture-phone-${tab === '地图' ? 'map' : 'list'}`)
    }
  }))

test('a layer that is not theirs is greyed, focusable, and says why', () =>
  on({}, '/map', DESK, async (page, _, faults) => {
    await drawn(page)
    const locked = page.locator('[data-layer="tax_per_mu"]')
    await locked.focus()
    await page.keyboard.press('Enter')
    await says(page, '税收数据仅市工信局可见；公布后可看等级')
    assert.equal(new URL(page.url()).search, '')
    await page.locator('[data-layer="output_per_mu"]').getByText('分档').waitFor()
    await assertClean(page, faults)
  }))

test('grades are letters on their colours, and a legend that counts and filters them', () =>
  on({ over: graded() }, '/map?k=grade', DESK, async (page, _, faults) => {
    await painted(page)
    await says(page, '2025 年度 · 52 宗有等级')
    await page.getByRole('button', { name: /^A A 级/ }).click()
    assert.equal(new URL(page.url()).search, '?k=grade&f=grade:A')
    const letters = await page.locator('[data-row] .value').allInnerTexts()
    assert.deepEqual([...new Set(letters.map((text) => text.trim()))], ['A'])
    await assertClean(page, faults)
    await shoot(page, 'map-grades')
  }))

test('a map begins with the layer that the server says, bears the grades of the rated year, and the duty screen is one click away', () =>
  on({ me: { first_layer: 'energy_per_mu' }, over: { rated: '2025', indicator: 'energy_per_mu' } }, '/map', DESK, async (page, server, faults) => {
    await painted(page)
    assert.equal(new URL(page.url()).search, '')
    await page.locator('[data-layer="energy_per_mu"][aria-pressed="true"]').waitFor()
    assert.match(server.asked().find((one) => one.path.startsWith('/api/v1/map')).path, /k=energy_per_mu/)
    await says(page, '地块里的字母 = 2025 年度公布等级')
    assert.equal(await page.getByRole('link', { name: '值班大屏' }).last().getAttribute('href'), '/duty')
    assert.equal(await page.locator('.acts a[href="/duty"]').count(), 1)
    await says(page, '演示数据，园区与企业均为虚构')
    await assertClean(page, faults)
    await shoot(page, 'map-first-desk')
  }))

test('bands show the class and no value, and their breaks cannot be chosen', () =>
  on({ over: banded() }, '/map?k=output_per_mu', DESK, async (page, _, faults) => {
    await painted(page)
    await says(page, '这一层只给分档，断点固定')
    assert.equal(await page.getByRole('combobox', { name: '分级' }).count(), 0)
    assert.match(await page.locator('[data-row] .value').first().innerText(), /第 \d 档|—/)
    await assertClean(page, faults)
  }))

/** Somebody signed in, on the ledger, with a doubt half written. */
const signedIn = () => ({ role: 'enterprise', me: { person: '王', demo: false, name: 'wang' } })
async function doubt(page) {
  await page.getByRole('button', { name: '天然气有疑问' }).click()
  await page.locator('.note-form input').fill('比发票少 300 m³')
}
/** The next question is refused, and nobody is signed in any more. */
async function signOut(page, server, { rests }) {
  server.trouble.refuseCheck = 401
  server.trouble.me = { person: null, demo: false, name: 'public' }
  if (rests) await page.evaluate(() => {
    const real = Date.now
    Date.now = () => real() + 31 * 60_000
  })
  await page.locator('.note-form button').click()
}

for (const [size, viewport] of SIZES) {
  test(`signed out after a rest: the exact words, the way back, and what was typed, ${size}`, () =>
    on(signedIn(), '/my/ledger/2026-10', viewport, async (page, server, faults) => {
      await doubt(page)
      await signOut(page, server, { rests: true })
      await says(page, '30 分钟没有操作，已退出。表单已存为草稿。')
      assert.equal(await page.locator('[data-ledger]').count(), 0, 'figures of somebody who is signed out')
      await settled(page, faults.filter((fault) => !fault.includes('401')), `state-signed-out-${size}`)
      await page.getByRole('button', { name: '重新登录' }).click()
      await page.waitForURL('**/login')
      assert.equal(await page.evaluate(() => sessionStorage.getItem('return-to')), '/my/ledger/2026-10')
      Object.assign(server.trouble, { refuseCheck: false, me: signedIn().me })
      await page.goto(`${server.url}/my/ledger/2026-10`)
      const field = page.locator('.note-form input')
      await field.waitFor()
      assert.equal(await field.inputValue(), '比发票少 300 m³')
      // It is handed back once.
      await page.reload()
      await page.locator('[data-ledger] tbody tr').first().waitFor()
      assert.equal(await field.count(), 0)
    }))
}

test('signed out without a rest, by an end elsewhere: so it is said; another person finds no draft', () =>
  on(signedIn(), '/my/ledger/2026-10', DESK, async (page, server) => {
    await doubt(page)
    await signOut(page, server, { rests: false })
    await says(page, '登录已到期，或已在别处退出。表单已存为草稿。')
    Object.assign(server.trouble, { refuseCheck: false, me: { ...signedIn().me, person: '李', name: 'li' } })
    await page.goto(`${server.url}/my/ledger/2026-10`)
    await page.locator('[data-ledger] tbody tr').first().waitFor()
    assert.equal(await page.locator('.note-form').count(), 0)
  }))

test('duty: the last hour of a sign-in says when it ends, no hour before', async () => {
  const now = '2026-11-22T09:46:00+08:00'
  const words = '本次登录到 10:15 为止，之后本屏不再更新。请在此前重新登录。'
  await on({ now, role: 'kiosk', me: { ends_at: '2026-11-22T10:15:00+08:00' } }, '/duty', DESK, (page) => says(page, words))
  await on({ now, role: 'kiosk', me: { ends_at: '2026-11-22T20:15:00+08:00' } }, '/duty', DESK, async (page) => {
    await page.locator('.duty h1').waitFor()
    assert.equal(await page.locator('.ending').count(), 0)
  })
})
