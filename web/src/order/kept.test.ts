import assert from "node:assert/strict";
import { test } from "node:test";

import { confirmed, keep, name, nothing, owed, read, touched, type Store } from "./kept.ts";

function store(): Store & { of: Map<string, string> } {
  const of = new Map<string, string>();
  return { of, getItem: (k) => of.get(k) ?? null, setItem: (k, v) => void of.set(k, v), removeItem: (k) => void of.delete(k) };
}

test("what was typed outlives the page, for the person who typed it", () => {
  const s = store();
  const t = { ...touched(nothing(7), "rate1", ["0.3"]), at: 10 };
  assert.ok(keep(s, name("v", "weiss"), t));
  assert.deepEqual(read(s, name("v", "weiss"), 0, 9), t);
  assert.deepEqual(read(s, name("v", "pham"), 0, 7), nothing(7));
  assert.deepEqual(read(s, name("w", "weiss"), 0, 7), nothing(7));
});

test("what was typed before an order was signed does not come back", () => {
  const s = store();
  keep(s, "k", { ...touched(nothing(7), "rate1", ["0.3"]), at: 10 });
  assert.deepEqual(read(s, "k", 10, 7), nothing(7));
  assert.equal(s.of.size, 0, "it is still kept");
});

test("what cannot be read, or kept, breaks nothing", () => {
  const s = store();
  for (const raw of ["{", "null", "7", '{"answers":1}', '{"answers":{},"unsent":{}}']) {
    s.setItem("k", raw);
    assert.deepEqual(read(s, "k", 0, 7), nothing(7), raw);
  }
  const full = { ...s, setItem: () => { throw new Error("full"); } };
  assert.equal(keep(full, "k", nothing(7)), false);
});

test("a server that was started again is owed everything; else what it has not confirmed", () => {
  let t = touched(touched(nothing(7), "rate1", ["0.3"]), "reason", ["light"]);
  assert.deepEqual(owed(t, "aa.0"), ["rate1", "reason"]);
  t = confirmed(t, { rate1: ["0.3"] }, "aa.1", 5);
  assert.deepEqual(owed(t, "aa.9"), ["reason"]);
  assert.deepEqual(owed(t, "bb.0"), ["rate1", "reason"]);
});

test("an answer changed while it was on its way is still owed", () => {
  let t = touched(nothing(7), "rate1", ["0.3"]);
  const sent = { rate1: t.answers["rate1"]! };
  t = touched(t, "rate1", ["0.35"]);
  assert.deepEqual(owed(confirmed(t, sent, "aa.1", 5), "aa.1"), ["rate1"]);
});
