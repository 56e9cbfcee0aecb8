import assert from "node:assert/strict";
import { test } from "node:test";

import { ageText } from "./ages.ts";
import { Stream, type Source } from "./stream.ts";
import type { Frame } from "./wire.ts";

class Fake implements Source {
  readyState = 1;
  #run = new Map<string, (e: MessageEvent<string>) => void>();
  constructor(readonly url: string) {}
  addEventListener(kind: string, run: (e: MessageEvent<string>) => void): void {
    this.#run.set(kind, run);
  }
  close(): void {
    this.readyState = 2;
  }
  send(kind: string, id: string, data: unknown): void {
    this.#run.get(kind)?.({ lastEventId: id, data: JSON.stringify(data) } as MessageEvent<string>);
  }
}

function bench() {
  const at = { now: 0, opened: [] as Fake[], told: [] as Frame[] };
  const stream = new Stream(
    {
      now: () => at.now,
      open: (url) => {
        const f = new Fake(url);
        at.opened.push(f);
        return f;
      },
    },
    (f) => at.told.push(f),
  );
  return { at, stream, last: () => at.opened.at(-1) as Fake };
}

test("topics are opened once, sorted and without repeats", () => {
  const { at, stream } = bench();
  stream.follow(["chair.3", "board", "board"]);
  stream.follow(["board", "chair.3"]);
  assert.deepEqual(at.opened.map((f) => f.url), ["/v1/stream?topics=board%2Cchair.3"]);
});

test("silence is reported once after five seconds, and the return too", () => {
  const { at, stream, last } = bench();
  stream.follow(["board"]);
  at.now = 5000;
  stream.watch();
  assert.equal(at.told.length, 0);
  at.now = 5001;
  stream.watch();
  at.now = 6000;
  stream.watch();
  assert.deepEqual(at.told.map((f) => f.kind), ["lost"]);
  last().send("beat", "7.0", { at_ms: 1, head: 7 });
  assert.deepEqual(at.told.map((f) => f.kind), ["lost", "back", "beat"]);
});

test("a stream that is opened again goes on where it stood", () => {
  const { at, stream, last } = bench();
  stream.follow(["board"]);
  last().send("beat", "41.9", { at_ms: 1, head: 41 });
  at.now = 10_000;
  stream.watch();
  assert.equal(last().url, "/v1/stream?topics=board&from=41.9");
});

test("asked for whole views it opens anew, once for all who ask", () => {
  const { at, stream, last } = bench();
  stream.again(); // there is none yet
  assert.equal(at.opened.length, 0);
  stream.follow(["board"]);
  const first = last();
  stream.again(); // it has only just begun with whole views
  assert.equal(at.opened.length, 1);
  at.now = 1001;
  stream.again();
  stream.again();
  assert.equal(at.opened.length, 2);
  first.send("board", "1.0", {});
  assert.equal(at.told.length, 0);
});

test("frames of a stream that was replaced are not taken", () => {
  const { at, stream, last } = bench();
  stream.follow(["board"]);
  const old = last();
  stream.follow(["board", "chair.1"]);
  old.send("board", "1.0", {});
  assert.equal(at.told.length, 0);
});

test("ages read as people say them", () => {
  for (const [ms, text] of [[-500, "0 s"], [0, "0 s"], [59_999, "59 s"], [60_000, "1 min"], [3_599_000, "59 min"], [3_600_000, "1 h 00"], [7_500_000, "2 h 05"]] as const) {
    assert.equal(ageText(ms), text);
  }
});
