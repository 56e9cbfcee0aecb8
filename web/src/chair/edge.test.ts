import assert from "node:assert/strict";
import { test } from "node:test";

import type { Waiting } from "../shared/outbox.ts";
import { envelope } from "./edge.ts";

const waiting = (over: Partial<Waiting>): Waiting => ({
  id: "id", act: "session.note", session: "s", occurred_at: "2026-11-23T10:12:03.250Z", offset_ms: 0, grant: "", body: {}, label: "Note",
  planned: false, urgent: false, state: "waiting", tries: 0, said: { person: "okafor", name: "A. Okafor RN" }, ...over,
});

test("an entry without a grant names who was at the screen, so that it cannot become another's", () => {
  assert.equal(envelope(waiting({}))["said"], "okafor");
});

test("where a grant names the author, or nobody was known, nobody is named beside", () => {
  assert.equal("said" in envelope(waiting({ grant: "g" })), false);
  assert.equal("said" in envelope(waiting({ unsigned: true })), false);
});
