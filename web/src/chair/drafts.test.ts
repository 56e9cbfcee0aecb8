import assert from "node:assert/strict";
import { test } from "node:test";

import { memoryStore, type Store, type Waiting } from "../shared/outbox.ts";
import { Sender } from "../shared/send.ts";
import { ServerClock } from "../shared/clock.ts";
import { App, type Edge } from "./app.ts";
import type { Draft } from "./drafts.ts";
import type { Act, Chair, Form, Input } from "./types.ts";

const compute: Act = { act: "session.compute", label: "Compute draw-up", enabled: true };
const resume: Act = { act: "session.resume", label: "Resume", enabled: true };
const note: Act = { act: "session.note", label: "Note", enabled: true };

function form(act: string, input: Input): Form {
  return { act, version: 1, title: act, submit: "Record", sections: [{ fields: [{ path: "value", label: "Value", input }] }] };
}

const forms = [form("session.compute", "number"), form("session.resume", "pump"), form("session.note", "text")];

function edge(drafts: Store<Draft>): Edge {
  let n = 0;
  const sender = new Sender({
    store: memoryStore<Waiting>(), post: () => new Promise(() => {}), now: () => 1_000, random: (b) => void b.fill(7),
    later: () => {}, offset: () => 0, grant: () => "", hand: () => undefined,
  });
  return {
    sender, clock: new ServerClock(() => 1_000), drafts, local: () => 1_000, newID: () => `draft-${++n}`,
    wait: () => new Promise(() => {}), table: async () => forms, unlock: async () => "", lock: async () => {}, here: () => {},
    witness: async () => ({ grant: "", trouble: "" }),
  };
}

/** The chair as the server shows it with that person at its screen. */
function seen(person: string, locked = false): Chair {
  return {
    head: 1, cursor: 1, at_ms: 1_000, chair: 3, session: "visit", table: "", phase: "ready", phase_text: "Ready", staff: "",
    link: { state: "none", text: "", tone: "quiet" }, who: { person, locked }, alarms: { list: [], also: [], calm: "", off: true, sounds: [], primary: "" }, hearing: { by: [], text: "", nobody: false, watched: false, last_ms: 0 }, tiles: null, scores: null, acts: [],
  };
}

/** open is the draft of the form that lies open. */
function open(app: App): Draft | undefined {
  const s = app.sheet.value;
  return s?.kind === "form" ? s.draft : undefined;
}

/** types opens the act, types a value and goes back. */
function types(app: App, act: Act): Draft {
  app.open(act);
  const typed = open(app);
  assert.ok(typed);
  const d = { ...typed, answers: { value: "77" } };
  app.keep(d);
  app.close();
  return d;
}

function offered(app: App, act: Act): unknown {
  app.open(act);
  const d = open(app);
  assert.ok(d);
  assert.equal(d.person, app.here.person);
  return d.answers["value"];
}

function chair(drafts = memoryStore<Draft>()): App {
  const app = new App(edge(drafts));
  app.forms.value = forms;
  app.show(seen("okafor"));
  return app;
}

test("who typed it finds it again", () => {
  for (const act of [compute, resume, note]) {
    const app = chair();
    types(app, act);
    assert.equal(offered(app, act), "77", act.act);
  }
});

test("nobody is offered what another person typed", () => {
  for (const act of [compute, resume, note]) {
    const app = chair();
    types(app, act);
    app.show(seen("brandt"));
    assert.equal(offered(app, act), undefined, act.act);
  }
});

test("a locked screen keeps what was typed for the one who comes back", () => {
  const app = chair();
  types(app, compute);
  app.show(seen("okafor", true));
  app.show(seen("okafor"));
  assert.equal(offered(app, compute), "77");
});

test("numbers of a blind check do not outlive the change of hands, on the tablet neither; other drafts do", async () => {
  const kept = memoryStore<Draft>();
  const app = chair(kept);
  for (const act of [compute, resume, note]) types(app, act);
  app.show(seen("brandt"));
  assert.deepEqual(app.drafts.value.map((d) => d.act), ["session.note"]);
  assert.deepEqual((await kept.all()).map((d) => d.act), ["session.note"]);
  app.show(seen("okafor"));
  assert.equal(offered(app, compute), undefined);
  assert.equal(offered(app, note), "77");
});

test("another person's draft cannot be gone on with", () => {
  const app = chair();
  const d = types(app, note);
  app.show(seen("brandt"));
  app.resumeDraft(d);
  assert.equal(open(app), undefined);
});

test("an open form closes when another person comes to the screen", () => {
  const app = chair();
  app.open(compute);
  app.show(seen("okafor"));
  assert.equal(open(app)?.act, "session.compute");
  app.show(seen("brandt"));
  assert.equal(open(app), undefined);
});

test("what came back is opened only by the one who typed it, and stays until then", () => {
  const app = chair();
  const d = types(app, note);
  app.keep({ ...d, sent: "command" });
  const back = { id: "command" } as Waiting;
  app.show(seen("brandt"));
  assert.equal(app.typedFor(back), undefined);
  app.reopen(back);
  assert.equal(open(app), undefined);
  app.show(seen("okafor"));
  app.reopen(back);
  assert.equal(open(app)?.answers["value"], "77");
});
