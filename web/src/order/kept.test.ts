import assert from "node:assert/strict";
import { test } from "node:test";

import { confirmed, heard, keep, name, nothing, owed, read, settle, sweep, touched, type Store } from "./kept.ts";

function store(): Store & { of: Map<string, string> } {
  const of = new Map<string, string>();
  return { of, get length() { return of.size; }, key: (i) => [...of.keys()][i] ?? null, getItem: (k) => of.get(k) ?? null, setItem: (k, v) => void of.set(k, v), removeItem: (k) => void of.delete(k) };
}

test("what was typed outlives the page, for the person who typed it", () => {
  const s = store();
  const t = { ...touched(nothing(7), "rate1", ["0.3"]), at: 10 };
  assert.ok(keep(s, name("v", "weiss"), t, 3));
  assert.deepEqual(read(s, name("v", "weiss"), 0, 9), t);
  assert.deepEqual(read(s, name("v", "pham"), 0, 7), nothing(7));
  assert.deepEqual(read(s, name("w", "weiss"), 0, 7), nothing(7));
});

test("what was typed before an order was signed does not come back", () => {
  const s = store();
  keep(s, "k", { ...touched(nothing(7), "rate1", ["0.3"]), at: 10 }, 3);
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
  assert.equal(keep(full, "k", touched(nothing(7), "rate1", ["0.3"]), 3), false);
});

test("a server that was started again is owed everything; else what it has not confirmed", () => {
  let t = touched(touched(nothing(7), "rate1", ["0.3"]), "reason", ["light"]);
  assert.deepEqual(owed(t, "aa.0", []), ["rate1", "reason"]);
  t = confirmed(t, { rate1: ["0.3"] }, "aa.1", 5);
  assert.deepEqual(owed(t, "aa.9", []), ["reason"]);
  assert.deepEqual(owed(t, "bb.0", []), ["rate1", "reason"]);
});

test("an answer changed while it was on its way is still owed", () => {
  let t = touched(nothing(7), "rate1", ["0.3"]);
  const sent = { rate1: t.answers["rate1"]! };
  t = touched(t, "rate1", ["0.35"]);
  assert.deepEqual(owed(confirmed(t, sent, "aa.1", 5), "aa.1", []), ["rate1"]);
});

const news = (draft: string, answers: Record<string, string[]>, last: Record<string, string> = {}) => ({ draft, answers, last, at_ms: 9 });
const b = { rate1: "L. Pham PharmD, 10:12" };

test("another person's later answer is not taken back, on this page or the next, when the server starts again", () => {
  const s = store();
  let t = touched(touched(nothing(7), "rate1", ["0.5"]), "reason", ["light"]);
  t = heard(t, { ...t.answers }, news("aa.2", { rate1: ["0.5"], reason: ["light"] }));
  assert.deepEqual([t.draft, t.unsent, t.at, owed(t, "bb.0", [])], ["aa", [], 9, ["rate1", "reason"]]);

  t = heard(t, {}, news("aa.3", { rate1: ["0.3"], reason: ["light"] }, b));
  assert.deepEqual(t.answers, { reason: ["light"] }, "the older answer is still kept");
  keep(s, "k", t, 3);
  assert.deepEqual(owed(read(s, "k", 0, 7), "bb.0", []), ["reason"], "the next page sends it");
  assert.deepEqual(heard(t, {}, news("bb.0", {})).unsent, ["reason"], "this page sends it");
});

test("nothing is kept where all of it was answered by another", () => {
  const s = store();
  const t = confirmed(touched(nothing(7), "rate1", ["0.5"]), { rate1: ["0.5"] }, "aa.1", 8);
  keep(s, "k", t, 3);
  assert.ok(keep(s, "k", heard(t, {}, news("aa.2", { rate1: ["0.3"] }, b)), 3));
  assert.equal(s.of.size, 0);
});

test("what another has answered on a server that was started again stands", () => {
  const t = confirmed(touched(touched(nothing(7), "rate1", ["0.5"]), "reason", ["light"]), { rate1: ["0.5"], reason: ["light"] }, "aa.2", 8);
  assert.deepEqual(owed(t, "bb.1", ["rate1"]), ["reason"]);
  const after = heard(t, {}, news("bb.1", { rate1: ["0.3"] }, b));
  assert.deepEqual([after.unsent, after.answers], [["reason"], { reason: ["light"] }]);
});

test("what is not sent yet is kept and sent, whatever another answered before", () => {
  const t = touched(confirmed(touched(nothing(7), "rate1", ["0.5"]), { rate1: ["0.5"] }, "aa.1", 8), "rate1", ["0.4"]);
  for (const draft of ["aa.2", "bb.1"]) {
    const after = heard(t, {}, news(draft, { rate1: ["0.3"] }, b));
    assert.deepEqual([after.unsent, after.answers], [["rate1"], { rate1: ["0.4"] }], draft);
  }
  assert.deepEqual(owed(t, "bb.1", ["rate1"]), ["rate1"]);
});

test("an answer cleared by another is cleared, and one's own of another page is one's own", () => {
  const t = confirmed(touched(touched(nothing(7), "rate1", ["0.5"]), "adjunct", ["a", "b"]), { rate1: ["0.5"], adjunct: ["a", "b"] }, "aa.2", 8);
  assert.deepEqual(heard(t, {}, news("aa.3", { rate1: [], adjunct: ["b", "a"] }, b)).answers, { adjunct: ["a", "b"] });
  assert.deepEqual(heard(t, {}, news("aa.3", { rate1: ["0.4"], adjunct: ["a", "b"] })).answers, { rate1: ["0.4"], adjunct: ["a", "b"] });
});

const day = 24 * 3_600_000;

/** shared is a browser in which two people typed of two orders, at some time of its clock. */
function shared(now: number): ReturnType<typeof store> {
  const s = store();
  const t = touched(nothing(7), "reason", ["light"]);
  for (const k of [name("v", "weiss"), name("v", "pham"), name("w", "weiss")]) keep(s, k, t, now);
  s.setItem("stillwatch.entry", "{}");
  return s;
}
const left = (s: ReturnType<typeof store>): string[] => [...s.of.keys()].sort();
const rest = ["stillwatch.entry", name("v", "pham"), name("v", "weiss"), name("w", "weiss")];

test("once an order is signed its signer's text is not kept, and nothing else is taken", () => {
  const s = shared(5);
  assert.ok(settle(s, new URL("https://s.test/sessions/v?done=ordered"), "weiss", 5));
  assert.deepEqual(left(s), ["stillwatch.entry", name("v", "pham"), name("w", "weiss")]);
});

test("once somebody has signed out nothing of orders is kept", () => {
  const s = shared(5);
  assert.ok(settle(s, new URL("https://s.test/sign-in?done=out"), "", 5));
  assert.deepEqual(left(s), ["stillwatch.entry"]);
});

test("no other page takes what was typed: a sign-in that ended by itself, a record, the form", () => {
  for (const at of ["/sign-in", "/sign-in?done=ended", "/sign-in?next=/sessions/v", "/sessions", "/sessions?done=ordered", "/sessions?done=out", "/sessions/v", "/sessions/v?done=recorded", "/sessions/v/order?done=ordered"]) {
    const s = shared(5);
    assert.equal(settle(s, new URL(at, "https://s.test"), "weiss", 5 + day), false, at);
    assert.deepEqual(left(s), rest, at);
  }
});

test("what nobody came back to for a day goes; the form that is open keeps its own", () => {
  const s = shared(5);
  keep(s, name("v", "pham"), touched(nothing(7), "reason", ["light"]), 6);
  s.setItem(name("x", "weiss"), "{");
  s.setItem(name("y", "weiss"), JSON.stringify(nothing(5)));
  sweep(s, 6 + day, name("w", "weiss"));
  assert.deepEqual(left(s), ["stillwatch.entry", name("v", "pham"), name("w", "weiss")]);
  settle(s, new URL("https://s.test/sessions"), "weiss", 7 + day);
  assert.deepEqual(left(s), ["stillwatch.entry"]);
});
