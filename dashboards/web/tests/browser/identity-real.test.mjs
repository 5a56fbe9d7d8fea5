// Signing in with a real identity server (tests/identity/provider.mjs), as people do it: on its page, and
// back. Started by tests/it/identity_bound.rs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertClean, shoot } from './checks.mjs'
import { DESK, launch, openPage } from './chromium.mjs'

const HERE = process.env.PARKPULSE_URL

let browser
before(async () => (browser = await launch()))
after(() => browser.close())

/** Goes there from the sign-in page, by keyboard, and says who one is: a word that is `sub` there, and the name. */
async function there(page, faults, who) {
  await page.goto(`${HERE}/login`)
  const way = page.locator('[data-identity]')
  await way.waitFor({ timeout: 15_000 })
  await way.press('Enter')
  await page.locator('input[name=login]').fill(who)
  await page.locator('input[name=password]').fill('x')
  await page.locator('input[name=password]').press('Enter')
  await page.locator('input[value=consent]').waitFor({ state: 'attached' })
  await page.locator('button[type=submit]').press('Enter')
  await page.waitForURL(`${HERE}/**`)
  // What that server's page did (it asks for a font of the internet) is not ours.
  faults.length = 0
}

async function on(act) {
  const { page, faults, context } = await openPage(browser, DESK)
  try {
    await act(page, faults)
  } finally {
    await context.close()
  }
}

test('a clerk comes back signed in; the same name of somebody else does not', async () => {
  await on(async (page, faults) => {
    await there(page, faults, '42~clerk.one')
    await page.waitForURL(`${HERE}/my`)
    await page.locator('h1').first().waitFor()
    const me = await page.evaluate(async () => (await fetch('/api/v1/me')).json())
    assert.deepEqual([me.name, me.role], ['clerk.one', 'enterprise'])
    await shoot(page, 'identity-signed-in')
  })
  await on(async (page, faults) => {
    await there(page, faults, '43~clerk.one')
    await page.getByText('统一身份认证没有确认您的身份', { exact: false }).waitFor()
    assert.equal(new URL(page.url()).pathname, '/login')
    await assertClean(page, faults)
  })
})

test('whoever has a second factor here shows it here', () =>
  on(async (page, faults) => {
    await there(page, faults, 'op.one')
    const code = page.locator('input[name=code]')
    await code.waitFor()
    assert.equal(await page.evaluate(async () => (await (await fetch('/api/v1/me')).json()).role), 'public')
    await code.fill(process.env.PARKPULSE_CODE)
    await code.press('Enter')
    await page.waitForURL(`${HERE}/map*`)
    await page.locator('[data-layer]').first().waitFor()
    assert.equal(await page.evaluate(async () => (await (await fetch('/api/v1/me')).json()).role), 'operator')
    await assertClean(page, faults)
  }))
