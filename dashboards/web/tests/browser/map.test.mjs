// What hand and keyboard do on the map page, on the made-up park.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { map as mapOf } from '../fixture/park.mjs'
import { start } from '../fixture/server.mjs'
import { assertClean, coloursOnMap, drawn, painted, shoot, until } from './checks.mjs'
import { DESK, launch, PHONE, openPage } from './chromium.mjs'

let browser
let server
before(async () => {
  browser = await launch()
  server = await start({ now: '2026-11-22T09:46:00+08:00' })
})
after(async () => {
  await browser.close()
  await server.stop()
})

/** Opens `path`, hands over when it is drawn, and expects a clean page afterwards. */
async function on(path, act) {
  const { page, faults, context } = await openPage(browser, DESK)
  try {
    await page.goto(server.url + path)
    await drawn(page)
    await act(page, context)
    await assertClean(page, faults)
  } finally {
    await context.close()
  }
}

const query = (page) => new URL(page.url()).search
const card = (page) => page.locator('[data-card] h2')
const map = (page) => page.locator('[data-map]')

test('the canvas is not blank and the legend adds up to the parcels', () =>
  on('/map', async (page) => {
    await painted(page)
    assert.ok((await coloursOnMap(page)) > 7)
    const counts = await page.locator('[aria-label^="图例"] button').allInnerTexts()
    const count = (text) => Number(/(\d+) 宗/.exec(text)[1])
    const all = counts.filter((text) => !text.includes('缺数')).reduce((sum, text) => sum + count(text), 0)
    assert.equal(all, 60)
    await shoot(page, 'fixture-desk')
  }))

test('a click selects the parcel, its row and its card; Back undoes it', () =>
  on('/map', async (page) => {
    const box = await map(page).boundingBox()
    // A click is told from a double click only after a while, so each waits for its effect: the
    // next one would move the selection on. Between parcels there is none, and that is told by time.
    const selected = () =>
      page.waitForURL(/s=WJ-/, { timeout: 2000, waitUntil: 'commit' }).then(
        () => true,
        () => false,
      )
    for (let step = 0; step < 40; step += 1) {
      await page.mouse.click(box.x + 60 + 17 * step, box.y + box.height / 2)
      if (await selected()) break
    }
    const parcel = /s=(WJ-\d+)/.exec(query(page))[1]
    await page.locator(`[data-row="${parcel}"][aria-selected="true"]`).waitFor()
    await page.getByText(new RegExp(`^${parcel} ·`)).waitFor()
    await page.goBack()
    assert.equal(query(page), '')
    await page.getByText('点地图上的地块').waitFor()
  }))

test('a row selects the parcel and shows where its number comes from', () =>
  on('/map', async (page) => {
    await page.locator('[data-row="WJ-002"]').click()
    await card(page).getByText('望津第2精密制造').waitFor()
    await page.getByRole('button', { name: '看表底' }).click()
    await page.getByText('12,345.67').first().waitFor()
    assert.equal(query(page), '?s=WJ-002&x=src')
    const lines = await page.locator('[data-source] dt').allInnerTexts()
    assert.deepEqual(lines, ['值', '公式', '代入', '取自', '版本'])
  }))

test('the address restores selection, panel, filter, place, classes and ramp', () => {
  const address = '?p=2026-10&m=j4&r=viridis&s=WJ-023&f=class:3&z=120.98000,31.39000,3.00&g=value&x=src'
  return on(`/map${address}`, async (page) => {
    await card(page).getByText('望津第23精密制造').waitFor()
    await page.getByText('12,345.67').first().waitFor()
    assert.equal(await page.getByRole('button', { pressed: true, name: /1,700/ }).count(), 1)
    await page.getByText('地块里的数字 = kWh/亩').waitFor()
    // The map has been placed: only then could it have changed the address.
    await painted(page)
    assert.equal(query(page), address)
  })
})

test('unknown keys and nonsense are dropped from the address', () =>
  on('/map?k=tax&utm=1&m=q99&s=<x>&z=1', async (page) => {
    assert.equal(query(page), '')
  }))

test('by keyboard alone: into the map, to a neighbour, select, clear, zoom', () =>
  on('/map?s=WJ-023', async (page) => {
    await map(page).focus()
    await page.keyboard.press('ArrowRight')
    await page.locator('[role=status]').getByText('WJ-024').waitFor({ state: 'attached' })
    await page.keyboard.press('Enter')
    await card(page).getByText('望津第24精密制造').waitFor()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await card(page).getByText('望津第34精密制造').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('点地图上的地块').waitFor()
    await page.keyboard.press('+')
    await page.waitForFunction(() => location.search.includes('z='))
    await page.keyboard.press('0')
    await page.waitForFunction(() => !location.search.includes('z='))
  }))

test('a swatch filters map and table, and says so', () =>
  on('/map', async (page) => {
    await page.getByRole('button', { name: /3,400 及以上/ }).click()
    await page.getByText(/\d+ 宗，共 60 宗/).waitFor()
    assert.equal(query(page), '?f=class:5')
    const shown = await page.locator('[data-row] .swatch').evaluateAll((all) => new Set(all.map((one) => one.style.background)).size)
    assert.equal(shown, 1)
  }))

test('two periods: the difference in colours about zero, in the table and in the address', async () => {
  await on('/map', async (page) => {
    await choose(page, '对比', '减 2026年9月')
    await page.waitForURL(/\?c=2026-09$/, { waitUntil: 'commit' })
    await page.getByText('颜色是差值：2026年10月减2026年9月').waitFor()
    await page.getByText('零点两侧 5 级').waitFor()
    await painted(page)
    const heads = await page.locator('th button').allInnerTexts()
    assert.deepEqual(heads.map((head) => head.split(/\s/)[0]).slice(3), ['亩均用电', '对比期', '差值', '差值'])
    const row = await page.locator('[data-row="WJ-002"] td.number').allInnerTexts()
    const [value, base, more] = row.slice(1, 4).map((text) => Number(text.replace(/,/g, '').replace('−', '-')))
    assert.equal(Number((value - base).toFixed(2)), more)
    await shoot(page, 'fixture-compare-desk')
    await page.getByRole('button', { name: /小于 -120|小于 −120/ }).click()
    await page.waitForURL(/f=class:1/, { waitUntil: 'commit' })
    await choose(page, '对比', '不对比')
    await page.waitForURL((url) => url.search === '', { waitUntil: 'commit' })
    await page.goBack()
    await page.waitForURL(/c=2026-09&f=class:1/, { waitUntil: 'commit' })
    await page.getByText('颜色是差值').waitFor()
  })
  const { page, faults, context } = await openPage(browser, PHONE)
  try {
    await page.goto(`${server.url}/map?c=2026-09`)
    await page.locator('[data-row]').first().waitFor()
    await shoot(page, 'fixture-compare-phone')
    await assertClean(page, faults)
  } finally {
    await context.close()
  }
})

/** Chooses in one of the selects of the control row. */
async function choose(page, name, option) {
  // Its own label lies over the field: the click goes where a person's would.
  await page.getByRole('combobox', { name, exact: true }).click({ force: true })
  await page.getByRole('option', { name: option }).click()
}

test('industry and scale filter map and table together with a class, and stand in the address', () =>
  on('/map', async (page) => {
    const { cells } = await (await fetch(`${server.url}/api/v1/map`)).json()
    const names = (holds) => cells.filter((cell) => cell.enterprises.some(holds)).map((cell) => cell.parcel).sort()
    const rows = () => page.locator('[data-row]').evaluateAll((all) => all.map((row) => row.dataset.row).sort())
    await choose(page, '行业', '橡胶塑料 C29')
    assert.equal(query(page), '?f=ind:C29')
    await until(async () => String(await rows()) === String(names((one) => one.industry === 'C29')), 'the industry alone')
    await choose(page, '规模', '规下')
    assert.equal(query(page), '?f=ind:C29,size:small')
    const both = names((one) => one.industry === 'C29' && one.scale === 'below')
    assert.ok(both.length > 1)
    await until(async () => String(await rows()) === String(both), 'both')
    await page.getByRole('button', { name: /3,400 及以上/ }).click()
    assert.equal(query(page), '?f=class:5,ind:C29,size:small')
    const three = both.filter((parcel) => cells.find((cell) => cell.parcel === parcel).class === 5)
    await until(async () => String(await rows()) === String(three), 'all three')
    await page.goBack()
    await until(async () => String(await rows()) === String(both), 'Back takes the last one away')
  }))

test('river and roads lie under the parcels', () =>
  on('/map', async (page) => {
    const pixels = (red, green, blue) =>
      page.evaluate(([red, green, blue]) => {
        const canvas = document.querySelector('[data-map] canvas')
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        let found = 0
        for (let at = 0; at < data.length; at += 4) if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255) found += 1
        return found
      }, [red, green, blue])
    await until(async () => (await pixels(0xb4, 0xcf, 0xe7)) > 500, 'water')
    assert.ok((await pixels(255, 255, 255)) > 500, 'roads')
    await painted(page)
  }))

test('parcels of other parks are faint outlines with a count, and nothing else', async () => {
  // One square east of the park, as /api/v1/parcels?beside= writes it.
  const beside = { degree: 10_000_000, parcels: [['YX-001', [[1210035000, 313900000, 30000, 0, 0, 30000, -30000, 0]]]] }
  const server = await start({ now: '2026-11-22T09:46:00+08:00', beside })
  const { page, faults, context } = await openPage(browser, DESK)
  try {
    await page.goto(`${server.url}/map`)
    await drawn(page)
    await page.getByText('邻园仅轮廓').waitFor()
    assert.match(await page.locator('.beside').innerText(), /1 宗/)
    assert.equal(await page.locator('[data-row="YX-001"]').count(), 0)
    const faint = () =>
      page.evaluate(() => {
        const canvas = document.querySelector('[data-map] canvas')
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        let found = 0
        for (let at = 0; at < data.length; at += 4) if (data[at] === 0xe4 && data[at + 1] === 0xe7 && data[at + 2] === 0xea) found += 1
        return found
      })
    await until(async () => (await faint()) > 50, 'the faint outline')
    await assertClean(page, faults)
  } finally {
    await context.close()
    await server.stop()
  }
})

test('the table sorts by its head and keeps what has no figure last', () =>
  on('/map', async (page) => {
    const values = async () => (await page.locator('[data-row] .value').allInnerTexts()).map((text) => Number(text.replace(/[^\d.]/g, '')))
    const falling = await values()
    assert.deepEqual(falling, [...falling].sort((a, b) => b - a))
    await page.getByRole('columnheader', { name: '亩均用电' }).getByRole('button').click()
    const rising = await values()
    assert.deepEqual(rising, [...rising].sort((a, b) => a - b))
  }))

test('search finds, zooms and selects', () =>
  on('/map', async (page) => {
    await page.keyboard.press('/')
    await page.keyboard.type('第41')
    await page.getByRole('option', { name: /望津第41精密制造/ }).waitFor()
    await page.keyboard.press('Enter')
    await card(page).getByText('望津第41精密制造').waitFor()
    assert.match(query(page), /s=WJ-041&z=/)
    await page.keyboard.press('/')
    await page.getByRole('combobox', { name: /搜企业/ }).fill('wjd42j')
    await page.getByRole('option', { name: /望津第42精密制造/ }).waitFor()
    await page.getByRole('combobox', { name: /搜企业/ }).fill('没有的')
    await page.getByText('没有找到。会找：企业名、拼音首字母、信用代码、地块号、表号。').waitFor()
    await page.keyboard.press('Escape')
  }))

test('the time bar steps by arrow and plays with fixed breaks', () =>
  on('/map', async (page) => {
    await page.getByRole('button', { name: /2026年9月，/ }).focus()
    const asked = page.waitForRequest((request) => request.url().includes('p=2026-09'))
    await page.keyboard.press('ArrowLeft')
    await asked
    const playing = page.waitForRequest((request) => decodeURIComponent(request.url()).includes('m=f:900,1800,2700,3500'))
    await page.getByRole('button', { name: '播放' }).click()
    await playing
    await page.getByText('断点固定', { exact: true }).waitFor()
    await page.getByRole('button', { name: '停' }).click()
  }))

test('every period is taken as a picture by the same breaks', () =>
  on('/map', async (page) => {
    const asked = []
    await page.route('**/api/v1/map.png*', (route) => {
      asked.push(decodeURIComponent(new URL(route.request().url()).search))
      return route.fulfill({ contentType: 'image/png', body: Buffer.from('89504e47', 'hex') })
    })
    await page.getByRole('button', { name: '图组' }).click()
    await page.getByText('已导出 4 张').waitFor()
    assert.deepEqual(asked, ['2026-08', '2026-09', '2026-10', '2026-11'].map((p) => `?p=${p}&k=kwh_per_mu&m=f:900,1800,2700,3500&r=ylorbr`))
  }))

test('live values move nothing but themselves; two tabs share one line', () =>
  on('/map?s=WJ-023', async (page, context) => {
    await page.locator('[data-meter="WJ-023-E-01"] [data-latest]').waitFor()
    const before = await page.locator('[data-row]').evaluateAll((rows) => rows.map((row) => row.dataset.row))
    const second = await context.newPage()
    await second.goto(`${server.url}/map`)
    await drawn(second)
    await until(() => server.lines() > 0, 'the live line')
    assert.equal(server.lines(), 1)
    const value = {
      enterprise: '91320583MADEMO022X', meter: 'WJ-023-E-01', indicator: 'kwh_register', unit: 'kWh',
      at: '2026-11-22T09:46:10+08:00', received_at: '2026-11-22T09:46:11+08:00', value: '28200.5',
    }
    server.say('readings', { batch: 8, values: [value] }, 8)
    await page.locator('[data-meter="WJ-023-E-01"] [data-latest]').getByText('28,200.5').waitFor()
    const afterwards = await page.locator('[data-row]').evaluateAll((rows) => rows.map((row) => row.dataset.row))
    assert.deepEqual(afterwards, before)
    await second.close()
  }))

/** In the page: counts the drawings of each sheet of the map; `rested` forgets them when no more come. */
function countDrawings() {
  window.drawings = new Map()
  const clear = CanvasRenderingContext2D.prototype.clearRect
  // Every drawing of a sheet begins with an empty one.
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    if (this.canvas.closest('[data-map]')) window.drawings.set(this.canvas, (window.drawings.get(this.canvas) ?? 0) + 1)
    clear.apply(this, box)
  }
  window.rested = async () => {
    for (let still = 0; still < 30; still += 1) {
      await new Promise((next) => requestAnimationFrame(next))
      if (window.drawings.size > 0 || document.fonts.status !== 'loaded') still = 0
      window.drawings.clear()
    }
  }
}

test('fifty parcels that change at once are one drawing of the map, live values none', async () => {
  const own = await start({ now: '2026-11-22T09:46:00+08:00' })
  const { page, faults, context } = await openPage(browser, DESK)
  try {
    await page.addInitScript(countDrawings)
    // Drawn again once for each: the neighbours come last of what the page asks for, then a font.
    const neighbours = page.waitForResponse((response) => new URL(response.url()).searchParams.has('beside'))
    await page.goto(`${own.url}/map?o=parcel&g=value`)
    await drawn(page)
    await painted(page)
    await (await neighbours).finished()
    await until(() => own.lines() > 0, 'the live line')
    await page.evaluate(() => window.rested())
    const drawings = () => page.evaluate(() => new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(() => told([...window.drawings.values()])))))
    const usual = mapOf()
    const changed = usual.cells.filter((cell) => cell.state === 'value').slice(0, 50)
    assert.equal(changed.length, 50)
    const cells = usual.cells.map((cell) => (changed.includes(cell) ? { ...cell, value: '1.25', class: 1 } : cell))
    own.trouble.over = { cells }
    // All fifty are heard of; one of them was silent, so the page asks for the map anew by itself.
    const values = changed.map((cell) => ({ enterprise: cell.enterprises[0].enterprise, meter: `${cell.parcel}-E-01`, indicator: 'kwh_register', unit: 'kWh', at: '2026-11-22T09:46:10+08:00', received_at: '2026-11-22T09:46:11+08:00', value: '28200.5' }))
    // Its answer is held back until the values alone have been looked at.
    let release
    own.trouble.held = new Promise((resolve) => (release = resolve))
    own.say('readings', { batch: 9, values }, 9)
    assert.deepEqual(await drawings(), [])
    release()
    await page.locator(`[data-row="${changed[0].parcel}"] .value`).getByText('1.25').waitFor()
    assert.deepEqual(await drawings(), [1])
    await assertClean(page, faults)
  } finally {
    await context.close()
    await own.stop()
  }
})

const PARKS = { me: { parks: [{ park: 'WJ', name: '望津智造园' }, { park: 'YX', name: '砚溪新材园' }, { park: 'LW', name: '岚湾精机园' }] } }

test('whoever sees several parks begins with the first, all of them are one choice, links keep it', async () => {
  const several = await start({ now: '2026-11-22T09:46:00+08:00', ...PARKS })
  const { page, faults, context } = await openPage(browser, DESK)
  const asked = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (searchParams.has('beside')) return
    if (pathname === '/api/v1/map' || pathname === '/api/v1/parcels') asked.push(`${pathname.split('/').pop()} ${searchParams.get('park')}`)
  })
  const heard = (park) => until(() => asked.includes(`map ${park}`) && asked.includes(`parcels ${park}`), `map and outlines of ${park}`)
  try {
    await page.goto(`${several.url}/map`)
    await drawn(page)
    assert.equal(query(page), '?park=WJ')
    await heard('WJ')
    assert.deepEqual([...new Set(asked)].sort(), ['map WJ', 'parcels WJ'], 'nothing else was asked for')
    const scope = page.getByRole('combobox', { name: '看哪个园区' })
    assert.deepEqual(await scope.locator('option').allInnerTexts(), ['望津智造园', '砚溪新材园', '岚湾精机园', '全部园区（3 个）'])
    await shoot(page, 'fixture-several-parks')
    await scope.selectOption('YX')
    await heard('YX')
    assert.equal(query(page), '?park=YX')
    await scope.selectOption('all')
    await heard('null')
    assert.equal(query(page), '?park=all')
    await page.goBack()
    assert.equal(query(page), '?park=YX')
    assert.equal(await scope.inputValue(), 'YX')
    asked.length = 0
    await page.goto(`${several.url}/map?park=all&k=load_per_mu`)
    await heard('null')
    assert.equal(query(page), '?park=all&k=load_per_mu')
    assert.ok(!asked.includes('map WJ'))
    await assertClean(page, faults)
  } finally {
    await context.close()
    await several.stop()
  }
})

test('the link follows the newest, or keeps the revision that is shown', () =>
  on('/map?s=WJ-002', async (page, context) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const copied = async (option) => {
      await page.getByRole('button', { name: '复制链接' }).click()
      await page.getByRole('menuitem', { name: option }).click()
      return page.evaluate(() => navigator.clipboard.readText())
    }
    assert.equal(await copied('跟随最新'), `${server.url}/map?s=WJ-002`)
    const fixed = await copied('固定这一版（第 2 版）')
    assert.equal(fixed, `${server.url}/map?p=2026-10&v=2&s=WJ-002`)
    await page.getByText('链接已复制，固定在第 2 版').waitFor()
    const asked = page.waitForRequest((request) => request.url().includes('/api/v1/map?') && request.url().includes('v=2'))
    await page.goto(fixed)
    await asked
    await drawn(page)
    await page.getByText('固定在第 2 版，这也是最新的一版。').waitFor()
    await page.getByRole('button', { name: '导出' }).click()
    assert.ok((await page.locator('.take').first().getAttribute('href')).includes('v=2'))
    await page.keyboard.press('Escape')
    // Another period is another thing: the revision goes with its own.
    await page.getByRole('button', { name: /2026年9月，/ }).click()
    await page.waitForURL(/p=2026-09/)
    assert.equal(query(page), '?p=2026-09&s=WJ-002')
    await page.goBack()
    assert.equal(query(page), '?p=2026-10&v=2&s=WJ-002')
    await page.locator('[data-fixed]').getByRole('button', { name: '跟随最新' }).click()
    await page.locator('[data-fixed]').waitFor({ state: 'detached' })
  }))

test('breaks with a name are chosen by it, those of last year are asked for', () =>
  on('/map?m=f:1,2,3', async (page) => {
    await choose(page, '断点', '方案基准线')
    assert.equal(query(page), '?m=f:1000,2000,3000')
    const then = page.waitForRequest((request) => request.url().includes('p=2025-10') && request.url().includes('m=q5'))
    await choose(page, '断点', '去年断点')
    await then
    await page.waitForFunction(() => location.search === '?m=f:860,1700,2600,3400')
  }))

test('the exports lead to the server with the same query', () =>
  on('/map?m=j4&r=viridis&f=class:5,size:big', async (page) => {
    await page.getByRole('button', { name: '导出' }).click()
    const links = await page.locator('.take').evaluateAll((all) => all.map((one) => one.getAttribute('href')))
    assert.deepEqual(links.map((link) => link.split('?')[0]), ['/api/v1/map.svg', '/api/v1/map.png', '/api/v1/map.pdf', '/api/v1/map.geojson', '/api/v1/map.xlsx', '/api/v1/map.csv'])
    // Pictures too: what is seen is what is taken away.
    const asked = '?p=2026-10&k=kwh_per_mu&m=j4&r=viridis&f=class%3A5%2Csize%3Abig'
    assert.deepEqual(links.map((link) => link.slice(link.indexOf('?'))), links.map(() => asked))
    await page.keyboard.press('Escape')
  }))

test('the total opens to what each enterprise adds, and each of those to its account', () =>
  on('/map', async (page) => {
    assert.match(await page.locator('.heading').innerText(), /55 户中 52 户有数/)
    await page.locator('[data-total-source]').click()
    const rows = page.locator('[data-added] tbody tr')
    await rows.first().waitFor()
    assert.deepEqual(await rows.evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.innerText.trim()))), [
      ['91320583MADEMO037X', '461,030.0000', '47.7500', '完整来源'],
      ['91320583MADEMO001X', '1,000.0000', '10.0000', ''],
    ])
    await shoot(page, 'total-source-desk')
    await rows.getByRole('link', { name: '完整来源' }).click()
    await page.getByText('GB/T 2589-2020').first().waitFor()
  }))

test('the choices stand in one row, the bottom line names the factor, and grey parcels say what they are', () =>
  on('/map', async (page) => {
    const tops = await page.locator('.controls > *').evaluateAll((all) => all.filter((one) => one.offsetParent !== null).map((one) => Math.round(one.getBoundingClientRect().top + one.getBoundingClientRect().height / 2)))
    assert.ok(Math.max(...tops) - Math.min(...tops) < 8, `two rows: ${tops}`)
    assert.match(await page.locator('.map-page .foot').innerText(), /等价值 0\.3000 kgce\/kWh（演示）/)
    const counted = page.locator('nav .count')
    assert.equal(await counted.first().innerText(), '3')
    await page.getByRole('button', { name: /^不统计|不统计/ }).first().click()
    await page.locator('[data-row] .name', { hasText: '空地' }).first().waitFor()
  }))
