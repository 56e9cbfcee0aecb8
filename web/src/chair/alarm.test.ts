import assert from "node:assert/strict";
import { test } from "node:test";

import { ServerClock } from "../shared/clock.ts";
import { memoryStore, type Waiting } from "../shared/outbox.ts";
import { Sender } from "../shared/send.ts";
import { glows } from "./alarmbar.tsx";
import { App, type Edge } from "./app.ts";
import type { Draft } from "./drafts.ts";
import type { Alarm, Alarms, Chair } from "./types.ts";

const alarm = (over: Partial<Alarm>): Alarm => ({
  condition: "hr_high", announcement: 1, priority: "medium", colour: "Yellow", tone: "amber", name: "", text: "", brief: "", since_ms: 0, since: "", state: "",
  answered: false, paused: false, over: false, opening: "", advice: [], source: "", mark: "", pauses: [], ...over,
});
const alarms = (...list: Alarm[]): Alarms => ({ list, also: [], calm: "", off: false, sounds: [], primary: "" });

test("the edge glows while a yellow alarm waits for somebody, and only then", () => {
  assert.equal(glows(alarms(alarm({}))), true);
  assert.equal(glows(alarms(alarm({ priority: "high", tone: "red" }), alarm({}))), true);
  assert.equal(glows(alarms()), false);
  for (const over of [{ answered: true }, { over: true }, { priority: "high" as const }, { priority: "low" as const }]) assert.equal(glows(alarms(alarm(over))), false);
});

function tablet(wrong = ""): App {
  const edge: Edge = {
    sender: new Sender({
      store: memoryStore<Waiting>(), post: async () => ({ status: 200, body: null }), now: () => 0, random: () => {}, later: () => {}, offset: () => 0, grant: () => "", hand: () => undefined,
    }),
    clock: new ServerClock(() => 0), drafts: memoryStore<Draft>(), local: () => 0, newID: () => "id", wait: () => new Promise(() => {}), table: async () => [],
    unlock: async () => wrong, lock: async () => {}, here: () => {}, witness: async () => ({ grant: "", trouble: "" }),
  };
  const app = new App(edge);
  app.show({
    head: 1, cursor: 1, at_ms: 1, chair: 3, session: "visit", table: "", phase: "infusing", phase_text: "", staff: "", alarms: alarms(alarm({})),
    hearing: { by: [], text: "", nobody: false, watched: false, last_ms: 0 }, link: { state: "none", text: "", tone: "quiet" }, who: { locked: true }, tiles: null, scores: null, acts: [],
  } satisfies Chair);
  return app;
}

test("an answer on a locked screen waits for the PIN, and for nothing else", async () => {
  const app = tablet();
  let done = 0;
  app.known(() => void done++);
  assert.equal(app.sheet.value?.kind, "unlock");
  assert.equal(done, 0);
  assert.equal(await app.unlock("okafor", "274913"), "");
  assert.equal(done, 1);
});

test("a wrong PIN answers nothing, and neither does somebody else's unlocking afterwards", async () => {
  let done = 0;
  const wrong = tablet("This PIN was not taken.");
  wrong.known(() => void done++);
  await wrong.unlock("okafor", "000000");
  assert.equal(done, 0);
  const app = tablet();
  app.known(() => void done++);
  app.close();
  app.toggle("unlock");
  await app.unlock("brandt", "618350");
  assert.equal(done, 0);
});
