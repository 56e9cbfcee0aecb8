import assert from "node:assert/strict";
import { test } from "node:test";

import { found, inHand, keepable, stow, type Kept, type Shelf } from "./keep.ts";
import type { Chair } from "./types.ts";

const secret = "not to be kept";

/** A view with the same words in everything that only the server knows. */
function full(): Chair {
  const act = { act: "session.observe", label: "Observation", sub: secret, enabled: true, beside: [secret], skip: ["x"] };
  return {
    head: 7, cursor: 9, at_ms: 1_000, chair: 3, session: "s", table: "/v1/table-1.json", zone: "Europe/Prague", phase: "infusing", phase_text: "Infusing",
    patient: { name: "Ada Example", initials: "AE", born: "born 4 May 1981", age: "44", weight: secret, allergies: "no known allergies", allergies_known: true },
    headline: [{ text: secret }], staff: "A. Okafor RN",
    alarms: { list: [{ name: secret } as never], also: [{ tone: "red", text: secret }], calm: secret, off: false, sounds: [{ text: secret } as never], primary: "The bedside monitor is primary." },
    hearing: { by: [secret], text: secret, nobody: false, watched: true, last_ms: 25_000, quiet_min: [2, 5] }, link: { state: "linked", text: secret, tone: "plain", monitor: secret },
    who: { person: "p", name: secret, roles: "nurse", device: "tablet at chair 3", chair: 3 },
    tiles: [{ kind: "spo2", label: "SpO₂", text: secret, unit: "%", at_ms: 1, context: secret, mark: secret }], scores: [{ kind: "pain", label: "Pain", text: secret }],
    timeline: { from_ms: 0, to_ms: 1, zone: secret, lanes: [] }, device: [{ kind: "spo2", v: secret, u: "%", at_ms: 1, fresh_ms: 1 }],
    label: { code: secret, patient: secret, drug: secret, by: secret, use_by: secret }, order: [{ part: secret, text: secret }], notices: [{ tone: "amber", text: secret }],
    acts: [act, { ...act, act: "session.start", planned: true, label: secret }, { ...act, act: "session.waste", witness: true, label: secret }, { ...act, act: "session.grade-side-effect", label: secret, body: { side_effect: "1" } }, { act: "session.stop", label: "Stop", enabled: true, body: { a: 1 } }],
    next: { act: "x", text: secret, late: true }, help: { since_ms: 1, undo_until_ms: 2, log: [{ at_ms: 1, time: "", text: secret, by: "" }], acts: [] }, calls: [{ chair: 2, since_ms: 1 }],
    choices: { people: [{ value: "p", label: "A. Okafor RN" }], rates: [{ value: secret, label: secret }], spoken_orders: [{ value: "1", label: secret }] },
    gates: [{ gate: "start", title: secret, open: true, blockers: 0, summary: secret, checks: [] }], entries: [{ position: 1, at_ms: 1, time: "", title: secret, by: "", tone: "plain" }],
  };
}

test("no value, entry, alarm, order or author is kept of a chair", () => {
  const k = keepable(full())!;
  assert.doesNotMatch(JSON.stringify(k), new RegExp(secret));
  assert.equal(k.kept, true);
  assert.deepEqual(k.who, { device: "tablet at chair 3", chair: 3, locked: true });
  assert.deepEqual(k.tiles, [{ kind: "spo2", label: "SpO₂", text: "", empty: "not known" }]);
  assert.deepEqual(k.acts, [{ act: "session.observe", label: "Observation", enabled: true, skip: ["x"] }, { act: "session.stop", label: "Stop", enabled: true, body: { a: 1 } }]);
  assert.equal(k.patient?.name, "Ada Example");
  assert.deepEqual(k.hearing, { by: [], text: "", nobody: false, watched: true, last_ms: 25_000, quiet_min: [2, 5] }, "it sounds as a chair that lost the server");
});

test("nothing is kept of an empty chair, or on a device that is not enrolled", () => {
  assert.equal(keepable({ ...full(), session: "" }), undefined);
  assert.equal(keepable({ ...full(), who: { person: "p", name: "A. Okafor RN" } }), undefined);
});

function shelf(): Shelf & { held: Map<string, string> } {
  const held = new Map<string, string>();
  return {
    held,
    match: async (at) => (held.has(String(at)) ? new Response(held.get(String(at))) : undefined),
    put: async (at, r) => void held.set(String(at), await r.text()),
    delete: async (at) => held.delete(String(at)),
  };
}

test("what is kept is this chair's and of today, or it is forgotten", async () => {
  const k: Kept = { view: keepable(full())!, heard: 1_000_000, offset: 5 };
  for (const [chair, later, there] of [[3, 1_000, true], [4, 1_000, false], [3, 13 * 3_600_000, false], [3, -13 * 3_600_000, false]] as const) {
    const s = shelf();
    await stow(s, k);
    const got = await found(s, chair, k.heard + later);
    assert.equal(got !== undefined, there, `chair ${chair} after ${later} ms`);
    assert.equal(s.held.size, there ? 1 : 0);
  }
  const s = shelf();
  await stow(s, k);
  await stow(s, undefined);
  assert.equal(s.held.size, 0, "the visit is over");
});

test("a reload goes on with the hand that was here; a new tab, or a long pause, finds a locked screen", () => {
  const hand = { grant: "g", person: "p", name: "A. Okafor RN", touched: 1_000_000, idle_ms: 300_000 };
  for (const [reloaded, later, there] of [[true, 299_000, true], [true, 300_000, false], [true, -300_000, false], [false, 1_000, false]] as const) {
    const box = new Map([["stillwatch-hand", JSON.stringify(hand)]]);
    const got = inHand({ getItem: (n) => box.get(n) ?? null, setItem: (n, v) => void box.set(n, v), removeItem: (n) => void box.delete(n) }, reloaded, hand.touched + later);
    assert.equal(got !== undefined, there, `reloaded ${reloaded} after ${later} ms`);
    assert.equal(box.size, there ? 1 : 0, "the grant goes with it");
  }
});
