import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, span, stale, wall, zoneMS } from "./age.ts";
import { moved, newer } from "./merge.ts";
import type { Chair, Live, Tile } from "./types.ts";

const tile: Tile = { kind: "spo2", label: "SpO₂", text: "97", unit: "%", at_ms: 10_000, fresh_ms: 15_000 };

test("a value is live up to its age and never beyond", () => {
  assert.equal(stale(tile, 24_999, false), false);
  assert.equal(stale(tile, 25_000, false), true);
});

test("nothing looks live while the server is lost", () => {
  assert.equal(stale(tile, 10_000, true), true);
});

test("a value without a time never looks live", () => {
  const { at_ms: _, ...timeless } = tile;
  assert.equal(stale(timeless, 10_000, false), true);
  assert.equal(stale({ ...tile, text: "" }, 10_000, false), true);
});

test("an elapsed time is written as a running clock", () => {
  assert.deepEqual([7_000, 760_000, 3_723_000].map(span), ["0:07", "12:40", "1:02:03"]);
});

test("wall-clock times follow the clinic's zone, also over a clock change", () => {
  const now = Date.UTC(2026, 10, 23, 9, 12);
  assert.equal(clock("Europe/Berlin", now), "10:12");
  assert.equal(zoneMS("Asia/Kathmandu", now), 345 * 60_000);
  assert.equal(wall("Europe/Berlin", now, 0, 6, 15), Date.UTC(2026, 10, 23, 5, 15));
  assert.equal(wall("Europe/Berlin", now, -1, 22, 0), Date.UTC(2026, 10, 22, 21, 0));
  // 25 October 2026: summer time ends at 3:00. Yesterday evening was still summer.
  const sunday = Date.UTC(2026, 9, 25, 9, 0);
  assert.equal(wall("Europe/Berlin", sunday, -1, 22, 0), Date.UTC(2026, 9, 24, 20, 0));
});

const chair = (over: Partial<Chair> = {}): Chair => ({
  head: 10, cursor: 100, at_ms: 1, chair: 3, session: "s", table: "", phase: "infusing", phase_text: "", staff: "",
  link: { state: "linked", text: "", tone: "plain" }, who: {}, tiles: [], scores: [], acts: [],
  alarms: { list: [], also: [], calm: "No alarm.", off: false, sounds: [], primary: "" }, hearing: { by: [], text: "", nobody: false, watched: false, last_ms: 0 },
  ...over,
});
const live = (over: Partial<Live> = {}): Live => ({
  chair: 3, head: 10, cursor: 101, at_ms: 2, tiles: [tile], link: { state: "linked", text: "", tone: "plain" }, ...over,
});

test("who hears the chair follows every frame", () => {
  const nobody = { by: [], text: "no one hears this chair", nobody: true, watched: true, last_ms: 25_000 };
  assert.deepEqual(moved(chair(), live({ hearing: nobody })).hearing, nobody);
});

test("an older view never replaces a newer one", () => {
  const shown = chair();
  assert.equal(newer(shown, chair({ head: 9 })), shown);
  assert.equal(newer(shown, chair({ cursor: 99 })), shown);
  const next = chair({ head: 11, cursor: 90 });
  assert.equal(newer(shown, next), next);
  const other = chair({ head: 1, session: "next patient" });
  assert.equal(newer(shown, other), other);
});

test("a rate that still runs goes on with the clock, one that ended does not", () => {
  const at = (phase: string, to: number) => {
    const rate = [{ from_ms: 0, to_ms: to, rate: 0.3, text: "" }];
    return newer(undefined, chair({ phase, at_ms: 60_000, timeline: { from_ms: 0, to_ms: 1, zone: "UTC", lanes: [], rate } })).timeline!.rate![0]!.to_ms;
  };
  assert.equal(at("infusing", 60_000), 0);
  assert.equal(at("infusing", 50_000), 50_000);
  assert.equal(at("paused", 60_000), 60_000);
});

test("a live frame that is late or of another chair is dropped", () => {
  const shown = chair();
  assert.equal(moved(shown, live({ cursor: 99 })), shown);
  assert.equal(moved(shown, live({ at_ms: 0 })), shown);
  assert.equal(moved(shown, live({ chair: 4 })), shown);
  assert.deepEqual(moved(shown, live()).tiles, [tile]);
});

test("what moves with the clock moves although the monitor is silent", () => {
  const shown = chair({ headline: [{ text: "51.3 mg given" }], notices: [] });
  const got = moved(shown, live({
    cursor: shown.cursor, at_ms: 60_000,
    headline: [{ text: "54.5 mg given" }], notices: [{ tone: "amber", text: "15 min late" }],
  }));
  assert.deepEqual(got.headline, [{ text: "54.5 mg given" }]);
  assert.deepEqual(got.notices?.map((n) => n.text), ["15 min late"]);
  assert.deepEqual(moved(got, live({ at_ms: 61_000 })).headline, got.headline);
});

test("a call at another chair comes and goes with live frames", () => {
  const called = moved(chair(), live({ calls: [{ chair: 4, since_ms: 5 }] }));
  assert.deepEqual(called.calls, [{ chair: 4, since_ms: 5 }]);
  assert.equal(moved(called, live({ calls: [{ chair: 4, since_ms: 5 }] })).calls, called.calls);
  assert.deepEqual(moved(called, live({ calls: null })).calls, []);
});

test("a part that says the same again is the part that is shown, and one that differs is not", () => {
  const shown = chair({ headline: [{ text: "51.3 mg given" }], notices: [{ tone: "amber", text: "15 min late" }] });
  const got = moved(shown, live({
    headline: [{ text: "51.3 mg given" }], notices: [{ tone: "amber", text: "16 min late" }], link: { ...shown.link },
  }));
  assert.equal(got.headline, shown.headline);
  assert.equal(got.link, shown.link);
  assert.notEqual(got.notices, shown.notices);
});

test("cuffs and gaps that are shown already make no new picture", () => {
  const gaps = [{ from_ms: 1, to_ms: 2, text: "no signal" }];
  const before = chair({ timeline: {
    from_ms: 0, to_ms: 10, zone: "UTC", lanes: [], series: [{ kind: "spo2", points: [[1, 97]], gaps }], cuffs: [{ at_ms: 1, sys: 1, dia: 1, text: "" }],
  } });
  const got = moved(before, live({
    series: [{ kind: "spo2", points: [[3, 97]], gaps: structuredClone(gaps) }], cuffs: [{ at_ms: 1, sys: 1, dia: 1, text: "" }],
  }));
  assert.equal(got.timeline?.cuffs, before.timeline?.cuffs);
  assert.equal(got.timeline?.series?.[0]?.gaps, gaps);
});

test("live points are appended once, and a frame without device values withdraws them", () => {
  const shown = chair({
    device: [{ kind: "spo2", v: "97", u: "%", at_ms: 1, fresh_ms: 1 }],
    timeline: {
      from_ms: 0, to_ms: 10, zone: "UTC", lanes: [],
      series: [{ kind: "spo2", points: [[1, 97], [2, 96]] }],
      cuffs: [{ at_ms: 1, sys: 1, dia: 1, text: "" }],
    },
  });
  const got = moved(shown, live({
    series: [{ kind: "spo2", points: [[2, 96], [3, 95]] }, { kind: "pulse", points: [[3, 70]] }],
    cuffs: [{ at_ms: 1, sys: 1, dia: 1, text: "" }, { at_ms: 3, sys: 2, dia: 2, text: "" }],
  }));
  assert.deepEqual(got.timeline?.series?.[0]?.points, [[1, 97], [2, 96], [3, 95]]);
  assert.equal(got.timeline?.series?.[1]?.kind, "pulse");
  assert.deepEqual(got.timeline?.cuffs?.map((c) => c.at_ms), [1, 3]);
  assert.deepEqual(got.device, []);
});

test("two sites of one sign stay two curves, and two cuffs at one instant two", () => {
  const before: Chair = {
    ...chair(),
    timeline: {
      from_ms: 0, to_ms: 1, zone: "UTC", lanes: [],
      series: [{ kind: "spo2", site: "1.2.1.1", points: [[1, 97]] }, { kind: "spo2", site: "1.2.2.1", points: [[1, 88]] }],
      cuffs: [{ at_ms: 1, sys: 120, dia: 70, text: "", site: "1.3.1" }],
    },
  };
  const got = moved(before, live({
    series: [{ kind: "spo2", site: "1.2.2.1", points: [[2, 87]] }],
    cuffs: [{ at_ms: 1, sys: 160, dia: 90, text: "", site: "1.3.2" }],
  }));
  assert.deepEqual(got.timeline?.series?.map((s) => s.points), [[[1, 97]], [[1, 88], [2, 87]]]);
  assert.deepEqual(got.timeline?.cuffs?.map((c) => c.sys), [120, 160]);
});
