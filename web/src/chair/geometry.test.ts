import assert from "node:assert/strict";
import { test } from "node:test";

import { axis, frame, gapRect, offScale, place, runs, scale, stands, thin, when, x, y } from "./geometry.ts";
import type { Lane, Point, Timeline } from "./types.ts";

const nine = Date.UTC(2026, 10, 23, 9);
const minute = 60_000;
const lane = (kind: string, low: number, high: number): Lane => ({ kind, label: kind, unit: "", low, high });
const timeline: Timeline = {
  from_ms: nine,
  to_ms: nine + 132 * minute,
  zone: "UTC",
  lanes: [lane("rate", 0, 0.5), lane("nibp", 60, 180), lane("pulse", 50, 110), lane("spo2", 90, 100), lane("rr", 6, 24)],
};
const f = frame(timeline, 764, 600);

test("lanes stand one below the other without overlap and leave room for events and axis", () => {
  let at = f.top;
  for (const s of f.strips) {
    assert.ok(Math.abs(s.top - at) < 1e-9);
    assert.ok(s.bottom > s.top);
    at = s.bottom;
  }
  assert.ok(Math.abs(f.events.top - at) < 1e-9);
  assert.equal(f.events.bottom, f.bottom);
  assert.ok(f.height - f.bottom >= 40);
});

test("pressure has the most room", () => {
  const heights = f.strips.map((s) => s.bottom - s.top);
  assert.equal(heights.indexOf(Math.max(...heights)), 1);
});

test("the picture stands while nothing would be drawn elsewhere", () => {
  const column = (f.to - f.from) / (f.right - f.left);
  const start = Math.ceil((nine + 60 * minute) / column) * column;
  const points: Point[] = [[start, 97], [start + 1000, 98]];
  const t: Timeline = { ...timeline, series: [{ kind: "spo2", points, gaps: [] }] };
  const at = (now: number): string => JSON.stringify(stands(f, t, now));
  // Where a column of the now line and one of growing begin.
  const now = Math.ceil((start + 5_000) / 5_000) * 5_000;
  const before = at(now);
  points.push([now, 97]);
  assert.equal(at(now), before, "the same again");
  points.push([now, 88]);
  assert.notEqual(at(now + 5_000), before, "a fall within the newest column");
  const fallen = at(now + 5_000);
  points.push([start + column, 97]);
  assert.notEqual(at(now + 5_000), fallen, "the next column");
  assert.notEqual(at(now + column), at(now), "the now line");
  assert.notDeepEqual(stands(f, { ...t, events: [{ at_ms: now, mark: "note", text: "", tone: "plain" }] }, now), stands(f, t, now), "an event");
  assert.notDeepEqual(stands(f, { ...t, cuffs: [{ at_ms: now, sys: 120, dia: 70, text: "" }] }, now), stands(f, t, now), "a cuff");
});

test("an instant and its place are inverse", () => {
  assert.equal(x(f, f.from), f.left);
  assert.equal(x(f, f.to), f.right);
  assert.equal(Math.round(when(f, x(f, nine + 17 * minute))), nine + 17 * minute);
  assert.equal(when(f, -50), f.from);
});

test("a value off the scale stays visible at the edge of its lane", () => {
  const s = f.strips[1]!;
  assert.equal(y(s, 240), y(s, 180));
  assert.equal(y(s, 10), y(s, 60));
  assert.ok(y(s, 140) < y(s, 100));
});

const each = (n: number, from = nine, step = 1000): Point[] => Array.from({ length: n }, (_, i) => [from + i * step, 70 + (i % 3)]);

test("a named gap is never joined, though the points lie close", () => {
  const points = each(20);
  const gap = { from_ms: nine + 9_500, to_ms: nine + 9_600, text: "no signal" };
  assert.deepEqual(runs(points, [gap]).map((r) => r.length), [10, 10]);
});

test("a gap nobody has named yet is not joined either", () => {
  const points = [...each(5), ...each(5, nine + 3 * minute)];
  assert.deepEqual(runs(points).map((r) => r.length), [5, 5]);
});

test("no points make no line", () => {
  assert.deepEqual(runs([]), []);
});

test("thinning keeps the shortest dip and both ends", () => {
  const points = each(3600);
  points[1800] = [points[1800]![0], 31];
  const kept = thin(points, 60_000);
  assert.ok(kept.length < 400);
  assert.ok(kept.some((p) => p[1] === 31));
  assert.deepEqual(kept[0], points[0]);
  assert.deepEqual(kept.at(-1), points.at(-1));
  assert.deepEqual(kept, [...kept].sort((a, b) => a[0] - b[0]), "in order of time");
});

test("a gap that still lasts reaches to now and no further", () => {
  const now = nine + 72 * minute;
  const r = gapRect(f, f.strips[3]!, { from_ms: nine + 60 * minute, text: "" }, now)!;
  assert.ok(Math.abs(r.x + r.w - x(f, now)) < 1e-6);
});

test("a gap of a second can still be seen", () => {
  const r = gapRect(f, f.strips[3]!, { from_ms: nine, to_ms: nine + 1000, text: "" }, nine)!;
  assert.ok(r.w >= 6);
});

test("a gap outside the frame is not drawn", () => {
  assert.equal(gapRect(f, f.strips[0]!, { from_ms: nine - 9e6, to_ms: nine - 8e6, text: "" }, nine), undefined);
});

test("axis labels fall on quarters of the clinic's own hour", () => {
  assert.deepEqual(axis(f).slice(0, 3), [nine, nine + 15 * minute, nine + 30 * minute]);
  const kathmandu = (5 * 60 + 45) * minute;
  for (const t of axis(f, kathmandu)) assert.equal((t + kathmandu) % (15 * minute), 0);
  const phone = frame(timeline, 390, 400);
  for (let i = 1, a = axis(phone); i < a.length; i++) assert.ok(x(phone, a[i]!) - x(phone, a[i - 1]!) >= 62);
});

test("the scale always names both ends of the lane", () => {
  for (const s of f.strips) {
    const v = scale(s);
    assert.equal(v[0], s.lane.low);
    assert.equal(v.at(-1), s.lane.high);
  }
});

test("words of events never overlap; what finds no room keeps its sign", () => {
  const marks = [0, 1, 2, 3, 40].map((m) => ({ at_ms: nine + m * minute, mark: "effect", text: "floating 2", tone: "plain" as const }));
  const placed = place(f, marks, (t) => t.length * 8);
  assert.equal(placed.length, 5);
  assert.deepEqual(placed.map((p) => p.text !== ""), [true, true, false, false, true]);
  assert.deepEqual(placed.map((p) => p.row), [0, 1, 2, 2, 0]);
  for (const row of [0, 1]) {
    const inRow = placed.filter((p) => p.row === row && p.text);
    for (let i = 1; i < inRow.length; i++) assert.ok(inRow[i]!.x > inRow[i - 1]!.x + 15 + 80);
  }
});

test("what lies off the scale is named once per neighbourhood, at its furthest", () => {
  const t: Timeline = {
    ...timeline,
    cuffs: [{ at_ms: nine + 30 * minute, sys: 214, dia: 55, text: "" }, { at_ms: nine + 60 * minute, sys: 150, dia: 80, text: "" }],
    series: [{ kind: "spo2", points: [[nine, 97], [nine + minute, 88], [nine + 2 * minute, 82], [nine + 3 * minute, 89], [nine + 90 * minute, 86]] }],
  };
  assert.deepEqual(offScale(f, f.strips[1]!, t).map((o) => o.value), [214, 55]);
  assert.deepEqual(offScale(f, f.strips[3]!, t).map((o) => o.value), [82, 86]);
});

test("the rate's lane grows with the highest rate", () => {
  const s = frame({ ...timeline, rate_top: 0.62 }, 764, 600).strips[0]!;
  assert.equal(s.lane.high, 0.7);
  assert.equal(frame({ ...timeline, rate_top: 0.4 }, 764, 600).strips[0]!.lane.high, 0.5);
});
