import assert from "node:assert/strict";
import { test } from "node:test";

import { sounding, type Lost } from "./alone.ts";
import type { Hearing } from "./types.ts";

const heard: Hearing = { by: ["station"], text: "heard by station", nobody: false, watched: true, last_ms: 25_000, quiet_min: [2, 5, 10] };
const nobody: Hearing = { ...heard, by: [], text: "No one hears this chair", nobody: true };
const empty: Hearing = { by: [], text: "", nobody: false, watched: false, last_ms: 0 };
const there: Lost = { lost: false, heard: 1_000_000, quiet: 0 };
const gone: Lost = { ...there, lost: true };
const silent = { alarms: false, lost: false };
const aloud = { alarms: true, lost: true };

test("while the server is there it says whether the chair is alone", () => {
  assert.deepEqual(sounding(heard, there, 1_090_000), silent);
  assert.deepEqual(sounding(nobody, there, 1_000_000), { alarms: true, lost: false });
  assert.deepEqual(sounding(undefined, there, 1_000_000), silent);
});

test("a chair without the server sounds once the last proof is over", () => {
  assert.deepEqual(sounding(heard, gone, 1_000_000 + 6_000), silent);
  assert.deepEqual(sounding(heard, gone, 1_000_000 + 24_999), silent);
  assert.deepEqual(sounding(heard, gone, 1_000_000 + 25_000), aloud);
});

test("one that nobody heard before sounds at once", () => {
  assert.deepEqual(sounding(nobody, gone, 1_000_000 + 5_001), aloud);
});

test("where nobody is watched nothing sounds", () => {
  assert.deepEqual(sounding(empty, gone, 1_000_000 + 60_000), silent);
  assert.deepEqual(sounding(undefined, gone, 1_000_000 + 60_000), silent);
});

test("who is there silences it, and no longer than was said", () => {
  const quiet = { ...gone, quiet: 1_300_000 };
  assert.deepEqual(sounding(nobody, quiet, 1_299_999), silent);
  assert.deepEqual(sounding(nobody, quiet, 1_300_000), aloud);
});

test("what was said without the server ends nothing once it is back", () => {
  assert.deepEqual(sounding(nobody, { ...there, quiet: 1_300_000 }, 1_100_000), { alarms: true, lost: false });
});

test("a device's clock that was set back keeps nothing silent", () => {
  assert.deepEqual(sounding(heard, gone, 990_000), aloud);
});
