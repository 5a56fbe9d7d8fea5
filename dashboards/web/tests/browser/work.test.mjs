// The pages of those who work with the park every day, on a real demo without a simulator: the wizard
// with mosquitto_pub, the credentials, today, the duty screen, the import of a file. Started by
// tests/it/work_pages.rs, which names the world in the environment.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { assertClean, keysShown, shoot, smallTargets, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const world = JSON.parse(process.env.PARKPULSE_WORLD)
const WALL = { width: 1920, height: 1080 }
const OWNER = { role: 'enterprise', enterprise: world.enterprise }
const OPERATOR = { role: 'operator', park: world.park }
const run = promisify(execFile)

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** Opens `path` as one is by one click, and looks at it in the ways of all pages. */
async function on(role, path, viewport, act) {
  const { page, faults, context } = await openPage(browser, viewport)
  try {
    const door = await context.newPage()
    await door.goto(`${world.url}/api/openapi.json`)
    const status = await door.evaluate(async (choice) => (await fetch('/api/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(choice) })).status, role)
    assert.equal(status, 200)
    await door.close()
    await page.goto(world.url + path)
    await act(page, faults)
    await assertClean(page, faults)
    assert.deepEqual(await keysShown(page), [])
  } finally {
    await context.close()
  }
}
const says = (page, text) => page.getByText(text, { exact: false }).first().waitFor({ timeout: 15_000 })
const has = (page, selector) => page.locator(selector).first().waitFor({ timeout: 15_000 })
const post = (body) => fetch(`${world.url}/api/v1/readings`, { method: 'POST', headers: { Authorization: `Bearer ${world.token}` }, body })

/** The line on the page, as a shell takes it apart. */
const runLine = (line) => run('sh', ['-c', line])

test('wizard: a test token, the line from the page, and the message live, good and bad', () =>
  on(OWNER, `/my/gateways/${world.gateway}/test`, DESK, async (page) => {
    await says(page, '等待中')
    await page.locator('[data-act=try]').click()
    const token = await page.locator('[data-token=test]').innerText()
    assert.match(token, /^test-/)
    const line = await page.locator('[data-line]').innerText()
    assert.ok(line.includes(token) && line.startsWith('mosquitto_pub -h 127.0.0.1 -p '), line)
    await runLine(line)
    await page.locator('[data-result=good]').waitFor({ timeout: 4000 })
    await says(page, '已落盘并确认。 测试报文，不计入台账。')
    await says(page, '与服务器差')
    // Eight hours ahead, and a meter that nobody registered: why, and what to do.
    const ahead = line.replace(/"at":"([^"]+)"/, (_, at) => `"at":"${new Date(Date.parse(at) + 16 * 3600_000).toISOString().slice(0, 19)}+08:00"`)
    await runLine(ahead)
    await says(page, '时间在未来：比收到时快 8 小时')
    await says(page, '应为 UTC+8')
    await runLine(line.replace(/"meter":"[^"]+"/, '"meter":"X-404"'))
    await says(page, '未登记的表号 X-404')
    // To the topic of real readings it may not go, and with another token nobody comes in.
    await runLine(line.replace(`/${world.gateway}/test' `, `/${world.gateway}/readings' `))
    await page.locator('[data-result=refused]').waitFor({ timeout: 15_000 })
    await assert.rejects(runLine(line.replace(token, 'wrong')))
    await page.locator('[data-result=stranger]').waitFor({ timeout: 15_000 })
    await says(page, '账号或口令不对')
    await page.locator('[data-heard=stranger]').waitFor()
    await shoot(page, 'wizard-desk')
    await page.getByRole('button', { name: 'Windows' }).click()
    assert.match(await page.locator('[data-line]').innerText(), /-m "\{\\"meter\\":/)
    await page.getByRole('button', { name: '只看地址、主题和格式' }).click()
    await says(page, '客户端编号')
    // A new real token is asked for twice, and the old one goes on.
    await page.locator('[data-act=renew]').click()
    await says(page, '旧口令再用 7 天')
    await page.locator('[data-act=renew]').click()
    await page.locator('[data-token=new]').waitFor()
    await says(page, '旧口令用到')
    assert.equal((await post('{}')).status, 422, 'the old token counts')
  }))

test('gateways: the list, on a phone too, and an operator who sees and gives no token', async () => {
  await on(OWNER, '/my/gateways', PHONE, async (page) => {
    await has(page, `[data-gateway="${world.gateway}"]`)
    assert.deepEqual(await smallTargets(page), [])
    assert.ok((await tooWide(page)) <= 0)
    await shoot(page, 'gateways-phone')
    await page.getByRole('link', { name: '试发报文' }).first().click()
    await says(page, '看结果')
    await page.locator('[data-result=good]').waitFor({ state: 'detached' })
    assert.deepEqual(await smallTargets(page), [])
    assert.ok((await tooWide(page)) <= 0)
    await shoot(page, 'wizard-phone')
  })
  await on(OPERATOR, '/gateways', DESK, async (page) => {
    await has(page, `[data-gateway="${world.gateway}"]`)
    await page.getByRole('searchbox', { name: '按网关、企业查找' }).fill(world.gateway)
    await shoot(page, 'gateways-desk')
    await page.locator(`[data-gateway="${world.gateway}"]`).getByRole('link').click()
    await says(page, '口令由企业自己或安全管理员生成')
    assert.equal(await page.locator('[data-act=try]').count(), 0)
    await has(page, '[data-heard=test]')
  })
})

test('credentials: registered, shown once, revoked after a second word', () =>
  on({ role: 'sec' }, '/sec/credentials', DESK, async (page) => {
    await has(page, '[data-gateway]')
    await page.locator('input[name=gateway]').fill('gw-new.1')
    await page.locator('input[name=enterprise]').fill(world.enterprise)
    await page.locator('[data-form=gateway] button[type=submit]').press('Enter')
    assert.match(await page.locator('[data-token=new]').innerText(), /^[0-9a-f]{64}$/)
    await page.getByRole('searchbox').fill('gw-new.1')
    const row = page.locator('[data-gateway="gw-new.1"]')
    await row.getByRole('button', { name: '吊销 gw-new.1' }).click()
    await row.getByRole('button', { name: '吊销 gw-new.1' }).click()
    await says(page, 'gw-new.1 的口令已全部吊销')
    await row.getByText('已吊销').waitFor()
    await shoot(page, 'sec-credentials')
  }))

test('today: silence, a value beyond its limit as it comes, and where each is mended', async () => {
  await on(OPERATOR, '/today', DESK, async (page) => {
    await has(page, '[data-queue=silent] tbody tr')
    await says(page, '超限值：近 7 天没有')
    await page.locator('.dot:not(.hollow)').first().waitFor()
    const before = await page.locator('[data-queue=silent] tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.key))
    const at = Math.floor(Date.now() / 1000)
    const meter = JSON.parse(await page.evaluate(async (code) => JSON.stringify((await (await fetch(`/api/v1/arrival?enterprise=${code}`)).json()).meters.find((one) => one.indicator === 'kwh_register')), world.enterprise))
    const sent = await post(JSON.stringify({ meter: meter.meter, at, values: { kwh_register: -12.5 } }))
    assert.equal(sent.status, 200)
    await page.locator('[data-queue=beyond] tbody tr').waitFor({ timeout: 20_000 })
    await says(page, '−12.5 / 0 kWh')
    const after = await page.locator('[data-queue=silent] tbody tr').evaluateAll((rows) => rows.map((row) => row.dataset.key))
    assert.deepEqual(after, before, 'rows moved under the hand')
    await shoot(page, 'today-desk')
    const link = page.locator('[data-queue=beyond] tbody a')
    assert.match(await link.getAttribute('href'), new RegExp(`^/arrival\\?(park=${world.park}&)?s=${world.enterprise}$`))
    await link.press('Enter')
    await page.waitForURL('**/arrival?**')
    await has(page, '[data-aside]')
  })
  await on(OPERATOR, '/today', PHONE, async (page) => {
    await has(page, '[data-queue=silent] tbody tr')
    assert.deepEqual(await smallTargets(page), [])
    assert.ok((await tooWide(page)) <= 0)
    await shoot(page, 'today-phone')
  })
})

test('duty: a kiosk sees what is wrong and where, live, with nothing to touch', () =>
  on({ role: 'kiosk', park: world.park }, '/duty', WALL, async (page) => {
    await has(page, '[data-card]')
    await has(page, '[data-gap]')
    await has(page, 'svg [data-mark="1"]')
    await has(page, 'svg [data-mark="甲"]')
    await says(page, '画面实时')
    assert.equal(await page.locator('#page').locator('a, button, input, select').count(), 0)
    const small = await page.evaluate(() => [...document.querySelectorAll('.duty p, .duty dt, .duty dd, .duty h2, .duty li span, .duty small')].filter((one) => one.offsetParent && one.innerText.trim() !== '' && parseFloat(getComputedStyle(one).fontSize) < 22).map((one) => one.outerHTML.slice(0, 80)))
    assert.deepEqual(small, [])
    const tall = await page.evaluate(() => [document.documentElement.scrollHeight, document.querySelector('.right').scrollHeight - document.querySelector('.right').clientHeight])
    assert.ok(tall[0] <= 1080 && tall[1] <= 0, `it does not fit: ${tall}`)
    const clock = await page.locator('.clock').innerText()
    await until(async () => (await page.locator('.clock').innerText()) !== clock, 'the next second')
    await shoot(page, 'duty-wall')
    // The next fault shows by itself.
    const meter = await page.evaluate(async () => (await (await fetch('/api/v1/arrival')).json()).meters.filter((one) => one.indicator === 'gas_m3_register')[0])
    const others = await page.evaluate(async () => (await (await fetch('/api/v1/today')).json()).beyond.length)
    if (meter && meter.enterprise === world.enterprise) {
      await post(JSON.stringify({ meter: meter.meter, at: Math.floor(Date.now() / 1000), values: { gas_m3_register: -3 } }))
      await until(async () => (await page.locator('[data-card]').count()) > others, 'the next card')
    }
  }))

test('duty: on an operator’s desk and phone it is whole, and Esc leaves it', async () => {
  await on(OPERATOR, '/duty', DESK, async (page) => {
    await has(page, '[data-gap]')
    await shoot(page, 'duty-desk')
  })
  await on(OPERATOR, '/duty', PHONE, async (page) => {
    await has(page, '[data-gap]')
    await shoot(page, 'duty-phone', { fullPage: true })
    assert.ok((await tooWide(page)) <= 0)
    await page.keyboard.press('Escape')
    await page.waitForURL((url) => url.pathname !== '/duty')
    await page.locator('#page').waitFor()
  })
})

test('import: every fault by its row, what would change, and only then taken', async () => {
  const file = (text) => ({ name: 'areas.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  const head = 'area,park,name\n'
  await on({ role: 'bureau' }, '/import?kind=areas', DESK, async (page) => {
    await page.locator('[data-kind=areas][aria-pressed=true]').waitFor()
    await page.locator('input[type=file]').setInputFiles(file(`${head}east-1,${world.park},东一区\n!,${world.park},\n`))
    await says(page, '不能入库：')
    await has(page, '[data-fault="3"]')
    assert.equal(await page.locator('[data-act=take]').isDisabled(), true)
    await says(page, '有错的文件不能入库。')
    await shoot(page, 'import-faults')
    await page.locator('input[type=file]').setInputFiles(file(`${head}east-1,${world.park},东一区\neast-2,${world.park},东二区\n`))
    await says(page, '可以入库：共 2 行，没有错。')
    assert.equal(await page.locator('[data-count=added] dd').innerText(), '2')
    assert.equal(await page.locator('[data-done]', { hasText: 'areas.csv' }).count(), 0, 'nothing is taken yet')
    await page.locator('[data-act=take]').press('Enter')
    await says(page, '已入库 2 行')
    await page.locator('[data-done]', { hasText: 'areas.csv' }).getByText('新增 2，修改 0').waitFor()
    await shoot(page, 'import-taken')
    await page.locator('input[type=file]').setInputFiles(file(`${head}east-1,${world.park},东一区\n`))
    await says(page, '与已登记的完全相同')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '下载模板（Excel）' }).click()])
    assert.equal(download.suggestedFilename(), 'areas.xlsx')
    // What was downloaded is read as it is: a header and no rows.
    await page.locator('input[type=file]').setInputFiles(await download.path().then(async (path) => ({ name: 'areas.xlsx', mimeType: '', buffer: await readFile(path) })))
    await says(page, 'Excel 工作簿。')
  })
  await on({ role: 'bureau' }, '/import', PHONE, async (page) => {
    await has(page, '[data-kind]')
    assert.deepEqual((await smallTargets(page)).filter((one) => !one.includes('type="file"')), [])
    assert.ok((await tooWide(page)) <= 0)
    await shoot(page, 'import-phone')
  })
})

test('import: a header that is not ours and a slip of unit are asked, and a file is taken back', () =>
  on({ role: 'bureau' }, '/import?kind=statements', DESK, async (page) => {
    const file = (year, value) => ({ name: `${year}.csv`, mimeType: 'text/csv', buffer: Buffer.from(`统一社会信用代码,期间,指标,投资额,单位,来源\n${world.enterprise},${year},investment,${value},万元,测试局\n`) })
    const box = page.locator('input[type=file]')
    const take = async () => {
      await page.locator('[data-act=take]:enabled').click()
      await says(page, '已入库 1 行')
    }
    await box.setInputFiles(file(2021, 1000))
    await page.locator('[data-pick="投资额"]').waitFor()
    await page.locator('[data-pick="投资额"] select').selectOption('value')
    await says(page, '可以入库：共 1 行')
    await take()
    await box.setInputFiles(file(2022, 9987000))
    await page.locator('[data-pick="投资额"] select').selectOption('value')
    await page.locator('[data-slip]').waitFor()
    await says(page, '合计是去年的 9,987 倍（对上 1 行），像是元。')
    assert.equal(await page.locator('[data-act=take]').isDisabled(), true)
    await shoot(page, 'import-slip')
    await page.locator('[data-unit="元"]').click()
    await says(page, '可以入库：共 1 行')
    await take()
    const done = page.locator('[data-done]', { hasText: '2022.csv' })
    await done.locator('[data-act=look]').press('Enter')
    await says(page, '撤销后 1 行不再计入，0 行恢复为以前的数。')
    await shoot(page, 'import-undo')
    await page.locator('[data-act=undo]').click()
    await says(page, '已撤销（编号')
    await done.getByText('已被').waitFor()
    await page.setViewportSize(PHONE)
    assert.ok((await tooWide(page)) <= 0)
    await shoot(page, 'import-undone-phone', { fullPage: true })
  }))
