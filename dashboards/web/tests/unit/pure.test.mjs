// The parts of the pages that only calculate: address, order, neighbours, numbers, events.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { createServer } from 'vite'

let vite
const load = (path) => vite.ssrLoadModule(path)
before(async () => (vite = await createServer({ appType: 'custom', logLevel: 'error', server: { middlewareMode: true, ws: false }, optimizeDeps: { noDiscovery: true } })))
after(() => vite.close())

test('an address is read, and written in one order without defaults', async () => {
  const { read, write } = await load('/src/view/address.ts')
  const rows = [
    ['', ''],
    ['?k=kwh_per_mu&m=q5&r=ylorbr&g=grade&o=-value', ''],
    ['?g=class', '?g=class'],
    ['?x=src&s=WJ-041&p=2026-10', '?p=2026-10&s=WJ-041&x=src'],
    ['?m=f:1,2,3.5,5&r=viridis', '?m=f:1,2,3.5,5&r=viridis'],
    ['?k=freshness&m=f:90,98', '?k=freshness'],
    ['?p=2026-13&s=%3Cscript%3E&z=1,2&f=class:10&o=name&v=0&utm=x', ''],
    ['?z=120.98071,31.38562,3.20', '?z=120.98071,31.38562,3.20'],
    ['?s=A&s=B', '?s=A'],
    ['?p=2026-10&park=WJ', '?park=WJ&p=2026-10'],
    ['?park=all', '?park=all'],
    ['?k=grade&v=3&p=2025', '?p=2025&v=3&k=grade'],
    ['?v=x', ''],
    ['?c=2025-10&p=2026-10&m=d5&r=rdylbu', '?p=2026-10&c=2025-10'],
    ['?c=2025-10&m=d3', '?c=2025-10&m=d3'],
    ['?c=2025-10&k=grade', '?k=grade'],
    ['?c=2025-10&k=load_per_mu', '?k=load_per_mu'],
    ['?c=2025-13&m=d5', '?m=d5'],
    ['?f=class:2,ind:C39,size:big', '?f=class:2,ind:C39,size:big'],
    ['?f=size:big', '?f=size:big'],
    ['?f=ind:C39,class:2', ''],
    ['?f=,size:big', ''],
    ['?g=grade,base', '?g=grade,base'],
    ['?g=base', ''],
    ['?g=class,base&k=grade', '?k=grade&g=class,base'],
    ['?f=class:2size:big', ''],
  ]
  for (const [search, written] of rows) assert.equal(write(read(search)), written, search)
  // Where the server says that maps begin with energy, that is what is left out.
  const { first } = await load('/src/view/address.ts')
  first.k = 'energy_per_mu'
  for (const [search, written] of [['', ''], ['?k=kwh_per_mu', '?k=kwh_per_mu'], ['?k=energy_per_mu&s=A', '?s=A']]) assert.equal(write(read(search)), written, search)
  assert.equal(read('').k, 'energy_per_mu')
  first.k = 'kwh_per_mu'
})

test('parcels bear their grade, and their class where no year is rated', async () => {
  const { labelOf } = await load('/src/map/scene.ts')
  const rows = [['grade', 'energy_per_mu', '2025', 'grade'], ['grade', 'energy_per_mu', null, 'class'], ['grade', 'grade', null, 'grade'], ['value', 'energy_per_mu', null, 'value'], ['class', 'kwh_per_mu', '2025', 'class']]
  for (const [g, indicator, rated, label] of rows) assert.equal(labelOf(g, { indicator, rated }), label, `${g} ${indicator} ${rated}`)
  assert.equal(labelOf('grade', null), 'class')
  assert.equal(labelOf('grade,base', null), 'class')
  assert.equal(labelOf('value,base', { indicator: 'kwh_per_mu', rated: null }), 'value')
})

test('degrees are shifted for public maps as the vectors say, and back', async () => {
  const { fromGcj02, toGcj02 } = await load('/src/map/gcj02.ts')
  const { gcj02 } = JSON.parse(await readFile(new URL('../../../../tests/data/vectors.json', import.meta.url), 'utf8'))
  const near = (one, other, most) => [0, 1].forEach((axis) => assert.ok(Math.abs(one[axis] - other[axis]) <= most, `${one} ${other}`))
  near(toGcj02(gcj02.wgs84), gcj02.gcj02, 1e-9)
  near(fromGcj02(toGcj02(gcj02.wgs84)), gcj02.wgs84, 1e-13)
  assert.deepEqual(toGcj02([2.35, 48.85]), [2.35, 48.85])
})

test('the next grade, how far it is, and what each term would have to be', async () => {
  const { filling, nextLine } = await load('/src/rating/reasons.ts')
  const bands = [['A', '110.21'], ['B', '80.5'], ['C', null], ['D', '1']].map(([grade, line]) => ({ group: 'above', grade, line, limit: '1', last_rank: 1 }))
  const thresholds = [{ grade: 'A', from_total: '100' }, { grade: 'B', from_total: '70' }]
  const rating = { bands, groups: [{ group: 'above', thresholds: [] }, { group: 'below', thresholds }] }
  const rows = [
    [{ group: 'above', base_grade: 'B', total: '101.53' }, { grade: 'A', line: '110.21', gap: '8.68' }],
    [{ group: 'above', base_grade: 'A', total: '120' }, null],
    [{ group: 'above', base_grade: 'D', total: '1' }, { grade: 'C', line: null, gap: null }],
    // As many points as the line, and after it by its tax.
    [{ group: 'above', base_grade: 'B', total: '110.21' }, { grade: 'A', line: '110.21', gap: '0.00' }],
    [{ group: 'below', base_grade: 'B', total: '71.5' }, { grade: 'A', line: '100', gap: '28.50' }],
    [{ group: 'above', base_grade: null, total: null }, null],
  ]
  for (const [unit, next] of rows) assert.deepEqual(nextLine(rating, unit), next, JSON.stringify(unit))
  // The three terms of screens/home.png, and those that cannot be tried.
  const term = (value, baseline, weight, score, most, imputed = false) => ({ value, baseline, weight, score, most, imputed })
  const terms = [
    [term('17.92', '20', '40', '35.84', '60'), { value: '22.26', more: '4.34' }],
    [term('0.459', '0.5', '10', '9.18', '15'), { most: '5.82' }],
    [term('26.4', '30', '10', '8.80', '15'), { most: '6.20' }],
    [term('1', '2', '10', '5.00', null), { value: '2.74', more: '1.74' }],
    [term(null, '20', '40', '0', '60'), null],
    [term('3', null, '40', '20', null), null],
    [term('3', '2', '40', '20', '60', true), null],
  ]
  for (const [one, filled] of terms) assert.deepEqual(filling(one, '8.68'), filled, JSON.stringify(one))
})

test('outlines: corners from their differences, holes are outside', async () => {
  const { around, shapeAt, shapesOf } = await load('/src/map/outlines.ts')
  const degree = 10_000_000
  // A square of 4 with a hole of 2 in it, and a triangle whose first corner is told from the square's hole.
  const parcels = [
    ['A', [[1200000000, 310000000, 40000, 0, 0, 40000, -40000, 0], [10000, 10000, 0, 20000, 20000, 0, 0, -20000]]],
    ['B', [[90000, -10000, 20000, 0, 0, 20000]]],
  ]
  const shapes = shapesOf({ degree, parcels })
  const metres = (longitude, latitude) => [(longitude * 20_037_508.342789244) / 180, (Math.log(Math.tan(((90 + latitude) * Math.PI) / 360)) / Math.PI) * 20_037_508.342789244]
  const near = (actual, expected) => actual.forEach((one, at) => assert.ok(Math.abs(one - expected[at]) < 0.001, `${actual} ${expected}`))
  near([...shapes[0].rings[1].slice(4, 6)], metres(120.003, 31.003))
  near([...shapes[1].rings[0].slice(0, 2)], metres(120.01, 31))
  near(around(shapes), [...metres(120, 31), ...metres(120.012, 31.004)])
  const rows = [[120.0005, 31.0005, 'A'], [120.002, 31.002, undefined], [120.0115, 31.001, 'B'], [120.0105, 31.0015, undefined], [119, 31, undefined]]
  for (const [x, y, found] of rows) assert.equal(shapeAt(shapes, ...metres(x, y))?.parcel, found, `${x} ${y}`)
})

test('a filter has parts that hold together', async () => {
  const { filter, withPart } = await load('/src/map/scene.ts')
  const cell = (parcel, state, cls, ...enterprises) => ({ parcel, state, class: cls, completeness: '99.9', enterprises: enterprises.map(([industry, scale]) => ({ industry, scale })) })
  const cells = [cell('1', 'value', 1, ['C39', 'above']), cell('2', 'value', 1, ['C39', 'below'], ['C17', 'above']), cell('3', 'value', 2, ['C17', 'below']), cell('4', 'not_counted', null)]
  const rows = [['', '1234'], ['class:1', '12'], ['state:not_counted', '4'], ['ind:C39', '12'], ['size:big', '12'], ['ind:C17,size:big', '2'], ['class:2,ind:C17', '3'], ['class:1,ind:C39,size:small', '2']]
  for (const [f, found] of rows) assert.equal(cells.filter(filter(f)).map((one) => one.parcel).join(''), found, f)
  assert.equal(withPart('class:1,size:big', { industry: 'C39' }), 'class:1,ind:C39,size:big')
  assert.equal(withPart('class:1,ind:C39', { mark: '' }), 'ind:C39')
  assert.equal(withPart('size:big', { size: '' }), '')
})

test('the nearest parcel in a direction', async () => {
  const { neighbour } = await load('/src/map/neighbour.ts')
  const places = [
    { parcel: 'here', x: 0, y: 0 },
    { parcel: 'east', x: 10, y: 1 },
    { parcel: 'far east', x: 30, y: 0 },
    { parcel: 'north', x: 2, y: 12 },
    { parcel: 'askew', x: -50, y: 3 },
  ]
  const rows = [['right', 'east'], ['up', 'north'], ['left', 'askew'], ['down', undefined]]
  for (const [direction, found] of rows) assert.equal(neighbour(places[0], direction, places)?.parcel, found, direction)
})

test('numbers and times as screens.md 11 writes them, whatever the zone of the browser', async () => {
  const { number, signed, minute, clock, periodName } = await load('/src/words/numbers.ts')
  const rows = [
    [number('1234567.80'), '1,234,567.80'], [number('-0.5'), '−0.5'], [number('0'), '0'], [number(null), '—'], [number('999'), '999'],
    [signed('8.1'), '+8.1'], [signed('-23.5'), '−23.5'], [signed('0.0'), '0.0'], [signed('-0.0'), '0.0'], [signed(null), '—'],
    [minute('2026-10-31T16:00:00Z'), '2026-11-01 00:00'], [minute('2026-11-01T00:00:00+08:00'), '2026-11-01 00:00'],
    [clock('2026-11-22T09:40:00+08:00', Date.parse('2026-11-22T01:41:00Z')), '09:40'],
    [clock('2026-11-21T23:59:00+08:00', Date.parse('2026-11-21T16:00:00Z')), '11-21 23:59'],
    [periodName('2026-10'), '2026年10月'], [periodName('now'), '现在'],
  ]
  for (const [written, expected] of rows) assert.equal(written, expected)
})

test('events come whole out of pieces of any size', async () => {
  const { EventReader } = await load('/src/api/events.ts')
  const text = ': hello\n\nid: 7\nevent: readings\ndata: {"a":\ndata: 1}\n\nevent: state\r\ndata:{}\r\n\r\ndata: cut'
  const expected = [{ id: '7', event: 'readings', data: '{"a":\n1}' }, { id: null, event: 'state', data: '{}' }]
  for (const size of [1, 2, 3, 7, 1000]) {
    const reader = new EventReader()
    const found = []
    for (let at = 0; at < text.length; at += size) found.push(...reader.push(text.slice(at, at + size)))
    assert.deepEqual(found, expected, `pieces of ${size}`)
  }
})

test('rows without the figure come last in both directions', async () => {
  const { order } = await load('/src/map/order.ts')
  const cell = (parcel, value) => ({ parcel, value, enterprises: [] })
  // As they come: by id, which decides between equal figures.
  const cells = [cell('P-1', '3'), cell('P-10', '3'), cell('P-2', null), cell('P-9', '20')]
  assert.deepEqual(order(cells, '-value'), ['P-9', 'P-1', 'P-10', 'P-2'])
  assert.deepEqual(order(cells, 'value'), ['P-1', 'P-10', 'P-9', 'P-2'])
  assert.deepEqual(order(cells, 'parcel'), ['P-1', 'P-2', 'P-9', 'P-10'])
})

test('search: enterprises before parcels, the beginning before the middle, eight at most', async () => {
  const { find } = await load('/src/map/find.ts')
  const cell = (parcel, name) => ({ parcel, enterprises: [{ name, enterprise: `9132${parcel}` }] })
  const cells = [cell('WJ-1', '东砚舟'), cell('WJ-2', '砚舟精密'), ...Array.from({ length: 12 }, (_, at) => cell(`X-${at}`, `厂${at}`))]
  assert.deepEqual(find('砚舟', cells).map((hit) => hit.parcel), ['WJ-2', 'WJ-1'])
  assert.equal(find('x-', cells).length, 8)
  assert.deepEqual(find('  ', cells), [])
})

test('search: pinyin initials and meter ids lead to the enterprise that they are of', async () => {
  const { find } = await load('/src/map/find.ts')
  const cells = [{ parcel: 'WJ-1', enterprises: [{ name: '砚舟精密', enterprise: '9132A' }] }, { parcel: 'WJ-2', enterprises: [{ name: '重庆长江', enterprise: '9132B' }] }]
  const known = { initials: new Map([['砚舟精密', 'yzjm'], ['重庆长江', 'cqcj']]), meters: [{ meter: 'E041-03', enterprise: '9132B' }, { meter: 'E999', enterprise: '9132Z' }] }
  assert.deepEqual(find('YZJ', cells, known), [{ group: 'enterprises', name: '砚舟精密', parcel: 'WJ-1' }])
  assert.deepEqual(find('041', cells, known), [{ group: 'meters', name: 'E041-03', parcel: 'WJ-2' }])
  assert.deepEqual(find('e999', cells, known), [], 'a meter of nobody on this map')
})

test('the rating list: lines between ranks, the vetoed and the not rated below, searches without lines', async () => {
  const { rowsOf } = await load('/src/rating/rows.ts')
  const unit = (enterprise, rank, grade, reasons = []) => ({ enterprise, name: enterprise, group: 'above', rank, grade, reasons, imputed: [], total: rank === null ? null : String(100 - rank), sub_scores: {} })
  const rating = {
    scores: true, groups: [{ group: 'above', ranked: 3, terms: [] }],
    bands: [{ group: 'above', grade: 'A', limit: '0.34', last_rank: 1, line: '99' }, { group: 'above', grade: 'B', limit: '1', last_rank: 3, line: '97' }],
    units: [unit('C', 3, 'B'), unit('A', 1, 'A'), unit('V', null, 'D', ['veto:fatal_accident']), unit('T', null, null, ['exempt:no_land']), unit('B', 2, 'B')],
  }
  const view = { group: 'above', part: '', o: 'rank', s: '' }
  const shape = (rows) => rows.map((row) => (row.kind === 'unit' ? row.unit.enterprise : row.kind === 'band' ? `line ${row.band.grade}` : row.vetoed ? 'vetoed' : 'not rated'))
  assert.deepEqual(shape(rowsOf(rating, view, '')), ['A', 'line A', 'B', 'C', 'vetoed', 'V', 'not rated', 'T'])
  const outside = rowsOf({ ...rating, units: [...rating.units, unit('W', null, 'C', ['veto:fire'])] }, view, '').find((row) => row.kind === 'outside')
  assert.deepEqual(outside.grades, ['C', 'D'], 'the scheme says which grade an event sets')
  assert.deepEqual(shape(rowsOf(rating, { ...view, o: '-total' }, '')), ['A', 'B', 'C', 'T', 'V'])
  assert.deepEqual(shape(rowsOf(rating, { ...view, part: 'veto' }, '')), ['V'])
  assert.deepEqual(shape(rowsOf(rating, view, 'b')), ['B'])
})

test('honours and events behind the points, by name and as often as they count', async () => {
  const { creditsOf } = await load('/src/rating/reasons.ts')
  const { say } = await load('/src/words/index.ts')
  const points = { little_giant: '5.00', smart_factory: '3', high_tech: '2' }
  const both = creditsOf(points, { conduct: { smart_factory: 2, little_giant: 1, env_penalty: 1 } })
  assert.equal(both, `${say('event.little_giant')} 5、${say('event.smart_factory')} 3 × 2`)
  assert.equal(creditsOf(points, { conduct: {} }), '')
  assert.equal(creditsOf({}, { conduct: { high_tech: 1 } }), '')
})

test('a file of the rating holds what a spreadsheet would calculate as text', async () => {
  const { csvOf } = await load('/src/rating/export.ts')
  const rating = { year: '2025', revision: 1, as_of: '', digest: null, scheme: { id: 'S' }, scores: false, groups: [] }
  const text = csvOf(rating, [{ enterprise: '9132A', name: '=1+1', park: 'P,1', group: 'above', grade: null }])
  assert.equal(text.split('\r\n')[1], "9132A,'=1+1,\"P,1\",above,T")
})

test('decimals are rounded as text, half away from zero, and shares are cut', async () => {
  const { fixed, share } = await load('/src/words/numbers.ts')
  const rows = [
    [fixed('47.745', 2), '47.75'], [fixed('-47.745', 2), '-47.75'], [fixed('9.995', 2), '10.00'], [fixed('0.005', 2), '0.01'], [fixed('-0.004', 2), '0.00'],
    [fixed('461030.5', 0), '461031'], [fixed('12', 2), '12.00'], [fixed('9007199254740993.5', 0), '9007199254740994'],
    [share('1.0000'), '100.0'], [share('0.9999'), '99.9'], [share('0.9583'), '95.8'], [share('0.29'), '29.0'], [share(null), '—'], [share('x'), '—'],
  ]
  for (const [written, expected] of rows) assert.equal(written, expected)
})

test('firms: counts are added up, the worst meter speaks, the order on the screen holds', async () => {
  const { firmsOf, keptInOrder } = await load('/src/my/firms.ts')
  const { inOrderOf } = await load('/src/my/order.ts')
  const meter = (id, enterprise, state, cause = null) => ({ meter: id, enterprise, state, cause, latest_at: '2026-11-22T09:00:00+08:00', strip: [{ expected: 4, received: state === 'silent' ? 1 : 4 }] })
  const clock = { cause: 'quarantined', ahead_s: 28800, code: 'time_out_of_range', items: 3, since: null }
  const arrival = {
    days: ['2026-11-22'], enterprises: [{ enterprise: 'A', name: '甲', park: 'P' }, { enterprise: 'B', name: '乙', park: 'P' }],
    meters: [meter('a1', 'A', 'on_time'), meter('a2', 'A', 'on_time'), meter('b1', 'B', 'on_time'), meter('b2', 'B', 'silent', clock)],
  }
  const firms = firmsOf(arrival)
  assert.deepEqual(firms.map((one) => [one.enterprise, one.state, one.filters]), [['B', 'silent', ['clock']], ['A', 'on_time', ['well']]])
  assert.deepEqual(firms[0].strip, [{ expected: 8, received: 5 }])
  assert.deepEqual(keptInOrder(firms, ['A', 'B']).map((one) => one.enterprise), ['A', 'B'])
  assert.deepEqual(inOrderOf(['d', 'c', 'new', 'b'], (one) => one, ['b', 'c', 'd']), ['b', 'c', 'd', 'new'])
})

test('a file of a source holds its five lines in order', async () => {
  const { csvOf } = await load('/src/source/export.ts')
  const version = { revision: 2, digest: null, factors: ['GB'], revisions: [] }
  const text = csvOf({
    id: 'k:x:2026-10:2', kind: 'k', key: 'x', period: '2026-10', value: '3', unit: 't', as_of: '', formula: { code: 'sum', times: null, of: ['a'] },
    inputs: [{ what: 'a', figure: null, value: '-3', unit: 't', sign: '-', steps: [], lacks_factor: false }], taken_from: [], added: [], version,
  })
  const lines = text.replace('\ufeff', '').split('\r\n').map((line) => line.split(',')[0])
  assert.deepEqual(lines, ['line', '值', '公式', '代入', '版本', '版本', ''])
  assert.ok(text.includes(',-3,t,'), 'a number below zero stays a number')
})
