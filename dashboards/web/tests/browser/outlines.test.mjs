// Outlines changed on the map of a real demo: a corner dragged, a parcel cut with its land, two put
// together, a change taken back; by hand and by the list of corners. Started by
// tests/it/outline_pages.rs, which names the world in the environment.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertClean, drawn, keysShown, shoot, smallTargets, tooWide, until } from './checks.mjs'
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
    const features = await door.evaluate(async (park) => (await (await fetch(`/api/v1/parcels?park=${park}`)).json()).features, world.park)
    await door.close()
    await page.goto(world.url + path(features))
    await act(page, features)
    // Whoever comes second is told so, and the console of the browser as well.
    await assertClean(page, faults.filter((fault) => !fault.includes('409')))
    assert.deepEqual(await keysShown(page), [])
  } finally {
    await context.close()
  }
}

const BUREAU = { role: 'bureau' }
const ring = (feature) => feature.geometry.coordinates[0][0]
const named = (features, id) => features.find((one) => one.properties.parcel === id)
const first = (features) => features[0].properties.parcel
const corners = (page) => page.locator('[data-corner]')
const typed = (page) => corners(page).locator('input').evaluateAll((all) => all.map((one) => Number(one.value)))
const faults = (page) => page.locator('[data-fault]').evaluateAll((all) => all.map((one) => one.dataset.fault))
const tryIt = async (page) => {
  await page.locator('[data-try]').click()
  await until(async () => (await page.locator('[data-tried]').count()) === 1 && !(await page.locator('[data-try]').isDisabled()), 'the answer')
}
async function begin(page, mode) {
  await drawn(page)
  await page.locator('[data-edit-outlines]').click()
  await page.locator(`[data-mode="${mode}"]`).click()
}

test('a corner is dragged, undone, typed; what lies over a neighbour is refused in words', () =>
  on(BUREAU, (all) => `/map?park=${world.park}&s=${first(all)}&z=${ring(all[0])[0].join(',')},0.5`, DESK, async (page, all) => {
    await begin(page, 'shape')
    await until(async () => (await corners(page).count()) === ring(all[0]).length - 1, 'the corners')
    const before = await typed(page)
    const box = await page.locator('[data-map]').boundingBox()
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x - 20, y + 15, { steps: 4 })
    await page.mouse.up()
    await until(async () => String(await typed(page)) !== String(before), 'the corner')
    // One corner, and no other; as far as the hand went.
    const after = await typed(page)
    assert.equal(after.filter((value, at) => value !== before[at]).length, 2)
    await page.locator('[data-map]').focus()
    await page.keyboard.press('Control+z')
    await until(async () => String(await typed(page)) === String(before), 'the step back')
    await page.keyboard.press('Control+y')
    await until(async () => String(await typed(page)) === String(after), 'the step again')
    await page.keyboard.press('Control+z')
    // By keyboard alone: a corner far out, over the neighbours.
    const box0 = corners(page).first().locator('input').first()
    await box0.fill(String(ring(all[0])[0][0] + 0.01))
    await box0.press('Tab')
    await page.locator('[name=reason]').fill('试一试')
    await tryIt(page)
    assert.ok((await faults(page)).length > 0)
    assert.ok(await page.locator('[data-make]').isDisabled())
    await shoot(page, 'outlines-faults')
  }))

test('a parcel is cut along a line with the land on it, and the change is taken back', () =>
  on(BUREAU, (all) => {
    const xs = ring(all[0]).map((one) => one[0])
    const ys = ring(all[0]).map((one) => one[1])
    return `/map?park=${world.park}&s=${first(all)}&z=${(Math.min(...xs) + Math.max(...xs)) / 2},${(Math.min(...ys) + Math.max(...ys)) / 2},1`
  }, DESK, async (page, all) => {
    const id = first(all)
    await begin(page, 'split')
    const box = await page.locator('[data-map]').boundingBox()
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    await page.locator('[data-draw]').click()
    await page.mouse.click(x, y - 200)
    await page.mouse.dblclick(x + 4, y + 200)
    await until(async () => (await corners(page).count()) === 2, 'the line')
    // Exactly: from south to north through the middle.
    const [xs, ys] = [ring(named(all, id)).map((one) => one[0]), ring(named(all, id)).map((one) => one[1])]
    const middle = ((Math.min(...xs) + Math.max(...xs)) / 2).toFixed(6)
    const wanted = [middle, String(Math.min(...ys) - 0.0005), middle, String(Math.max(...ys) + 0.0005)]
    for (const [at, value] of wanted.entries()) {
      await corners(page).locator('input').nth(at).fill(value)
      await corners(page).locator('input').nth(at).press('Tab')
    }
    await page.locator('[name=reason]').fill('一分为二')
    await tryIt(page)
    assert.deepEqual(await faults(page), ['pieces_unnamed'])
    assert.deepEqual(await page.locator('[data-piece]').evaluateAll((all) => all.map((one) => one.value)), [`${id}-1`, `${id}-2`])
    await tryIt(page)
    if ((await faults(page)).length > 0) {
      assert.deepEqual(await faults(page), ['land_not_shared'])
      assert.ok((await page.locator('[data-holding]').count()) > 0)
      await shoot(page, 'outlines-split')
      await tryIt(page)
    }
    assert.deepEqual(await faults(page), [])
    await page.locator('[data-make]').click()
    await page.locator('[data-made]').waitFor()
    await until(async () => (await page.evaluate(async (park) => (await (await fetch(`/api/v1/parcels?park=${park}`)).json()).features.length, world.park)) === all.length + 1, 'the pieces')
    await page.locator('[data-mode="list"]').click()
    await page.locator('[data-change="1"] button').click()
    await page.locator('[data-tried]').waitFor()
    await shoot(page, 'outlines-changes')
    await page.locator('[data-make]').click()
    await page.locator('[data-change="2"]').waitFor()
    assert.match(await page.locator('[data-change="1"]').innerText(), /一分为二[\s\S]*已由第 2 号撤回/)
    const back = await page.evaluate(async (park) => (await (await fetch(`/api/v1/parcels?park=${park}`)).json()).features.map((one) => one.properties.parcel), world.park)
    assert.deepEqual(back, all.map((one) => one.properties.parcel))
  }))

/** The place in the middle of an outline's box, and each corner's. */
const middle = (feature) => [0, 1].map((axis) => {
  const all = ring(feature).map((one) => one[axis])
  return (Math.min(...all) + Math.max(...all)) / 2
})
/** A strip of land beside the first edge of a parcel, as wide as a lane. */
function strip(feature) {
  const [[ax, ay], [bx, by]] = ring(feature)
  const [mx, my] = middle(feature)
  const length = Math.hypot(bx - ax, by - ay)
  const normal = [(by - ay) / length, (ax - bx) / length].map((part) => part * 4e-5)
  const away = (ax - mx) * normal[0] + (ay - my) * normal[1] > 0 ? 1 : -1
  const [dx, dy] = normal.map((part) => part * away)
  return [[ax, ay], [ax + dx, ay + dy], [bx + dx, by + dy], [bx, by], [ax, ay]]
}
/** A change made by the API alone. */
const changed = (page, body) => page.evaluate(async (body) => {
  const send = async (body) => (await fetch('/api/v1/parcels/changes', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json()
  return send({ ...body, confirm: (await send(body)).digest })
}, body)
const picked = (page) => page.locator('[data-picked]').innerText()

test('parcels are picked by clicks, let go by another, put together, and the change is taken back', () =>
  on(BUREAU, (all) => `/map?park=${world.park}&s=${first(all)}`, DESK, async (page, all) => {
    const [one, other] = [first(all), 'STRIP']
    const land = strip(named(all, one))
    const made = await changed(page, { act: 'draw', parcel: other, park: world.park, outline: [[land]], reason: '路边一条' })
    assert.equal(made.taken, true, JSON.stringify(made))
    const beside = [0, 1].map((axis) => (land[0][axis] + land[2][axis]) / 2)
    await page.goto(`${world.url}/map?park=${world.park}&s=${one}&z=${beside.join(',')},0.2`)
    await begin(page, 'merge')
    await until(async () => (await picked(page)) === one, 'the first parcel')
    const box = await page.locator('[data-map]').boundingBox()
    const click = () => page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    // In, out, and in again: a click on the one that was clicked last lets it go.
    await click()
    await until(async () => (await picked(page)) === `${one}、${other}`, 'the second parcel')
    // A second click soon after the first would be a double click, which moves the map.
    await page.waitForFunction((since) => performance.now() - since > 600, await page.evaluate(() => performance.now()))
    await click()
    await until(async () => (await picked(page)) === one, 'it to be let go')
    assert.ok(await page.locator('[data-try]').isDisabled(), 'one alone is no merging')
    await page.waitForFunction((since) => performance.now() - since > 600, await page.evaluate(() => performance.now()))
    await click()
    await until(async () => (await picked(page)) === `${one}、${other}`, 'the second parcel again')
    assert.equal(await page.locator('[name=into]').inputValue(), one)
    await page.locator('[name=reason]').fill('两宗并一宗')
    await tryIt(page)
    assert.deepEqual(await faults(page), [])
    await shoot(page, 'outlines-merge')
    await page.locator('[data-make]').click()
    await page.locator('[data-made]').waitFor()
    const names = () => page.evaluate(async (park) => (await (await fetch(`/api/v1/parcels?park=${park}`)).json()).features.map((feature) => feature.properties.parcel), world.park)
    assert.deepEqual(await names(), all.map((feature) => feature.properties.parcel))
    await page.locator('[data-mode="list"]').click()
    await page.locator('[data-change] button').first().click()
    await page.locator('[data-tried]').waitFor()
    await page.locator('[data-make]').click()
    await until(async () => (await names()).includes(other), 'both back')
    const undone = await changed(page, { act: 'undo', undoes: made.number, reason: '收回路边一条' })
    assert.equal(undone.taken, true, JSON.stringify(undone))
  }))

test('a drawn outline snaps to the corner of a neighbour', () =>
  on(BUREAU, (all) => `/map?park=${world.park}&z=${ring(all[0])[0].join(',')},0.5`, DESK, async (page, all) => {
    await begin(page, 'new')
    await page.locator('[data-draw]').click()
    const box = await page.locator('[data-map]').boundingBox()
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    // Away from the parcel whose corner it is.
    const [corner, inside] = [ring(all[0])[0], middle(all[0])]
    const [right, down] = [Math.sign(corner[0] - inside[0]), -Math.sign(corner[1] - inside[1])]
    await page.mouse.move(x + 5 * right, y + 6 * down)
    await page.mouse.click(x + 5 * right, y + 6 * down)
    await page.mouse.move(x + 60 * right, y + 16 * down, { steps: 3 })
    await page.mouse.click(x + 60 * right, y + 16 * down)
    await page.mouse.move(x + 16 * right, y + 60 * down, { steps: 3 })
    await page.mouse.dblclick(x + 16 * right, y + 60 * down)
    await until(async () => (await corners(page).count()) === 3, 'the outline')
    const drawnThere = await typed(page)
    const near = [0, 1].map((axis) => Math.abs(drawnThere[axis] - corner[axis]))
    // 5 px are 2.5 m, more than 2e-5 of a degree: the hand was beside it, the corner is not.
    assert.ok(near.every((off) => off < 1e-7), `${drawnThere.slice(0, 2)} ${corner}`)
    await shoot(page, 'outlines-snapped')
  }))

test('whoever comes second is told, and loses nothing that was typed', () =>
  on(BUREAU, (all) => `/map?park=${world.park}&s=${first(all)}`, DESK, async (page, all) => {
    const id = first(all)
    await begin(page, 'shape')
    await until(async () => (await corners(page).count()) > 2, 'the corners')
    await page.locator('[name=reason]').fill('复测')
    await tryIt(page)
    assert.deepEqual(await faults(page), [])
    // Meanwhile somebody else draws the same parcel: a corner more, on the same edge.
    const there = await page.evaluate(async ([parcel, outline]) => {
      const send = async (body) => (await fetch('/api/v1/parcels/changes', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json()
      const [a, b] = outline[0][0]
      outline[0][0].splice(1, 0, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2])
      const body = { act: 'draw', parcel, outline, reason: '先到' }
      return send({ ...body, confirm: (await send(body)).digest })
    }, [id, all[0].geometry.coordinates])
    assert.equal(there.taken, true, JSON.stringify(there))
    const [answered] = await Promise.all([page.waitForResponse((one) => one.url().endsWith('/api/v1/parcels/changes') && one.request().method() === 'POST'), page.locator('[data-make]').click()])
    assert.equal(answered.status(), 409)
    await page.locator('[data-conflict]').waitFor()
    assert.match(await page.locator('[data-conflict]').innerText(), /这条记录 .* 已被别人改过，您的修改还没有保存。[\s\S]*看差别[\s\S]*放弃我的/)
    assert.equal(await page.locator('[name=reason]').inputValue(), '复测')
    await page.getByRole('button', { name: '看差别' }).click()
    await until(async () => (await page.locator('[data-conflict]').count()) === 0 && !(await page.locator('[data-make]').isDisabled()), 'the second try')
  }))

test('on a phone it fits, and an operator has no such button', async () => {
  await on(BUREAU, (all) => `/map?park=${world.park}&s=${first(all)}`, PHONE, async (page) => {
    await page.locator('[data-edit-outlines]').click()
    await until(async () => (await corners(page).count()) > 2, 'the corners')
    assert.equal(await tooWide(page), 0)
    assert.deepEqual(await smallTargets(page), [])
    await shoot(page, 'outlines-phone')
  })
  await on({ role: 'operator', park: world.park }, () => '/map', DESK, async (page) => {
    await drawn(page)
    assert.equal(await page.locator('[data-edit-outlines]').count(), 0)
  })
})
