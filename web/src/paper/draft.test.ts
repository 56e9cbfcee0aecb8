import assert from "node:assert/strict";
import { test } from "node:test";

import { blank, keep, name, read, rest, send, wire, type Command, type Draft, type Kept, type Reply } from "./draft.ts";

class Memory implements Kept {
  readonly held = new Map<string, string>();
  full = false;
  getItem(k: string): string | null { return this.held.get(k) ?? null; }
  setItem(k: string, v: string): void {
    if (this.full) throw new Error("quota");
    this.held.set(k, v);
  }
  removeItem(k: string): void { this.held.delete(k); }
}

function line(n: string, text = "10:05"): Draft["lines"][number] {
  return { ids: [`${n}-1`, `${n}-2`, `${n}-3`], section: "minutes", cells: [{ key: "time", text }] };
}

function command(row: string, id = row): Command {
  return { row, id, act: "session.observe", occurred_at: "2026-11-23T10:05:00Z", body: {} };
}

function draft(...lines: Draft["lines"]): Draft {
  return { fields: { date: "2026-11-23", "down.from": "10:00", "total.shown": "47" }, downID: "down", totalID: "total", sheets: [7], lines, commands: [], done: [] };
}

test("a draft outlives the page, for the one who typed it", () => {
  const kept = new Memory();
  assert.ok(keep(kept, name("visit", "okafor"), draft(line("a"))));
  assert.equal(read(kept, name("visit", "okafor"))?.lines[0]?.cells[0]?.text, "10:05");
  assert.equal(read(kept, name("visit", "brandt")), undefined);
  assert.equal(read(kept, name("other", "okafor")), undefined);
  kept.full = true;
  assert.equal(keep(kept, name("visit", "okafor"), draft()), false, "a browser that stores nothing is not said to have stored it");
});

test("what cannot be read as a draft is none", () => {
  const kept = new Memory();
  for (const raw of ["", "{", "null", "[]", "{}", '{"lines":1}', '{"lines":[],"commands":[],"done":[],"sheets":[],"fields":1}']) {
    kept.held.set("k", raw);
    assert.equal(read(kept, "k"), undefined, raw);
  }
});

test("a line in which only the initials stand is blank, and is not sent", () => {
  const l = { ...line("a", " "), cells: [{ key: "time", text: " " }, { key: "author", text: "x" }] };
  assert.ok(blank(l));
  assert.ok(!blank(line("b")));
  assert.deepEqual((wire(draft(l, line("b"))) as { rows: unknown[] }).rows.length, 1);
});

test("everything is sent once, in its order, and confirmed by id", async () => {
  const d = draft(line("a"), line("b"));
  d.commands = [command("b-1"), command("a-1"), command("a-1", "a-2")];
  const posted: string[] = [];
  const ended = await send(d, async (c) => { posted.push(c.id); return { status: 200, text: "" }; }, () => {});
  assert.deepEqual(posted, ["b-1", "a-1", "a-2"]);
  assert.equal(ended.stopped, undefined);
  assert.deepEqual(d.done, ["b-1", "a-1", "a-2"]);
  assert.deepEqual(rest(d, ended.returned).lines, []);
});

test("where no answer comes the rest waits under the same ids, and nothing confirmed is sent again", async () => {
  const d = draft(line("a"), line("b"), line("c"));
  d.commands = [command("a-1"), command("b-1"), command("c-1")];
  const posted: string[] = [];
  let up = false;
  const post = async (c: Command): Promise<Reply> => {
    posted.push(c.id);
    return c.id === "a-1" || up ? { status: 200, text: "" } : { status: 0, text: "" };
  };
  let ended = await send(d, post, () => {});
  assert.equal(ended.stopped, "The server does not answer.");
  assert.deepEqual(posted, ["a-1", "b-1"]);
  up = true;
  ended = await send(d, post, () => {});
  assert.equal(ended.stopped, undefined);
  assert.deepEqual(posted, ["a-1", "b-1", "b-1", "c-1"]);
});

test("a line that comes back takes no other with it, and stays as it was typed", async () => {
  const d = draft(line("a"), line("b", "99:99"), line("c"));
  d.commands = [command("down", "down"), command("a-1"), command("b-1"), command("b-1", "b-2"), command("c-1")];
  const posted: string[] = [];
  const ended = await send(d, async (c) => { posted.push(c.id); return c.id === "b-1" ? { status: 400, text: "Read the time again." } : { status: 200, text: "" }; }, () => {});
  assert.deepEqual(posted, ["down", "a-1", "b-1", "c-1"], "the second half of a line that came back is not sent alone");
  assert.deepEqual([...ended.returned], [["b-1", "Read the time again."]]);
  const left = rest(d, ended.returned);
  assert.deepEqual(left.lines.map((l) => l.cells[0]!.text), ["99:99"]);
  assert.deepEqual(left.lines[0]!.ids, ["b-1", "b-2", "b-3"]);
  assert.equal(left.fields["down.from"], undefined, "the time without Stillwatch is recorded");
  assert.equal(left.fields["total.shown"], "47", "the total was not sent and is still there");
  assert.equal(left.fields["date"], "2026-11-23");
});

test("who has to sign in first is told so, and nothing goes on", async () => {
  const d = draft(line("a"));
  d.commands = [command("a-1")];
  const ended = await send(d, async () => ({ status: 401, text: "Sign in again." }), () => {});
  assert.equal(ended.stopped, "Sign in again.");
  assert.deepEqual(d.done, []);
});
