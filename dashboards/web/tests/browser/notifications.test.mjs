// The page of notifications on a real demo whose gateways fell silent. Started by tests/it/notification_pages.rs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertClean, shoot, smallTargets, tooWide, until } from './checks.mjs'
import { DESK, launch, openPage, PHONE } from './chromium.mjs'

const world = JSON.parse(process.env.PARKPULSE_WORLD)
let browser
before(async () => (browser = await launch()))
after(() => browser.close())

async function on(role, path, viewport, act) {
  const { page, faults, context } = await openPage(browser, viewport)
  try {
    const door = await context.newPage()
    await door.goto(`${world.url}/api/openapi.json`)
    const status = await door.evaluate(async (choice) => (await fetch('/api/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(choice) })).status, role)
    assert.equal(status, 200)
    await until(() => door.evaluate(async () => (await (await fetch('/api/v1/notifications?limit=1')).json()).items.length > 0), 'a notification')
    await door.close()
    await page.goto(world.url + path)
    await act(page)
    await assertClean(page, faults)
  } finally {
    await context.close()
  }
}
const unread = (page) => page.locator('.unread[data-notification]').count()

test('an enterprise finds its own on a phone, reads one, and goes to what it is about', () =>
  on({ role: 'enterprise', enterprise: world.enterprise }, '/notifications', PHONE, async (page) => {
    const silent = page.locator('[data-notification=gateway_silent]').first()
    await silent.getByText(`网关 ${world.gateway}`).waitFor()
    assert.equal(await page.locator('[data-notification=gateway_silent]', { hasNotText: world.gateway }).count(), 0, 'another one')
    assert.deepEqual(await smallTargets(page), [])
    assert.ok((await tooWide(page)) <= 0)
    await shoot(page, 'notifications-phone')
    const before = await unread(page)
    await silent.getByRole('button', { name: '标为已读' }).click()
    await until(async () => (await unread(page)) === before - 1, 'one less')
    await page.locator('[data-bell]').waitFor()
    await silent.getByRole('link', { name: '查看' }).click()
    await page.waitForURL(`**/my/gateways/${world.gateway}/test`)
  }))

test('an operator reads all, and only unread ones are asked for', () =>
  on({ role: 'operator', park: world.park }, '/today', DESK, async (page) => {
    await page.locator('[data-bell] .count').waitFor()
    await page.locator('[data-bell]').click()
    await page.locator('[data-notification=gateway_silent]').first().waitFor()
    await shoot(page, 'notifications-desk')
    await page.getByRole('button', { name: '全部标为已读' }).click()
    await until(async () => (await unread(page)) === 0, 'all read')
    await page.getByLabel('只看未读').check()
    await page.getByText('没有未读的通知').waitFor()
    assert.match(page.url(), /unread=1$/)
  }))

test('the system administrator sees what was given up and sends it again', () =>
  on({ role: 'sys' }, '/notifications', DESK, async (page) => {
    await page.locator('[data-notification=delivery_dead]').first().waitFor()
    const row = page.locator('[data-delivery]').first()
    await row.getByText('private', { exact: false }).waitFor()
    await shoot(page, 'notifications-sys')
    await row.getByRole('button', { name: '再送一次' }).click()
    await page.getByText('已重新排队').waitFor()
  }))

test('two values of one instant are decided, on a phone too', async () => {
  await on({ role: 'operator', park: world.park }, '/decisions', DESK, async (page) => {
    await page.locator('[data-conflict][data-decided=false]').first().waitFor()
    await shoot(page, 'decisions-desk')
  })
  await on({ role: 'enterprise', enterprise: world.enterprise }, '/decisions', PHONE, async (page) => {
    const one = page.locator('[data-conflict][data-decided=false]').first()
    await one.getByText('1,000.25').waitFor()
    await one.getByRole('radio').nth(1).check()
    await one.getByRole('textbox', { name: '理由' }).fill('补传的是对的')
    assert.deepEqual((await smallTargets(page)).filter((one) => !one.includes('type="radio"')), [])
    assert.ok((await tooWide(page)) <= 0)
    await shoot(page, 'decisions-phone')
    await one.getByRole('button', { name: '裁定' }).click()
    await page.getByText('已裁定').first().waitFor()
    await page.locator('[data-conflict][data-decided=true]').first().waitFor()
  })
})
