// Everything outside the page: the server's addresses, the device's store,
// its clock and its randomness.

import { memoryStore, open, type Person, type Store, type Waiting } from "../shared/outbox.ts";
import { Sender, type Reply as Answer } from "../shared/send.ts";
import { uuid7 } from "../shared/uuid7.ts";
import { clock } from "../shared/live.ts";
import type { Edge } from "./app.ts";
import type { Draft } from "./drafts.ts";
import type { Chair, Form } from "./types.ts";

const answerWithinMS = 8_000;

/** json asks the server; it throws when no answer came in time. */
async function json(method: "GET" | "POST", url: string, body?: unknown): Promise<Answer> {
  const init: RequestInit = { method, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(answerWithinMS) };
  if (body !== undefined) {
    init.headers = { "Content-Type": "application/json", Accept: "application/json" };
    init.body = JSON.stringify(body);
  }
  const r = await fetch(url, init);
  const text = await r.text();
  let parsed: unknown = null;
  try {
    parsed = text === "" ? null : JSON.parse(text);
  } catch {
    // Something between here and the server answered: that is no answer.
    if (r.ok) throw new Error("the answer is not JSON");
  }
  return { status: r.status, body: parsed };
}

/** Schema versions by act, from the table of forms; acts without a form are at their first. */
const versions = new Map<string, number>();

/** envelope is a command as it goes over the wire. */
export function envelope(w: Waiting): Record<string, unknown> {
  return {
    schema: versions.get(w.act) ?? 1, id: w.id, session: w.session, occurred_at: w.occurred_at, offset_ms: w.offset_ms,
    ...(w.grant ? { grant: w.grant } : {}), ...(w.unsigned ? { unsigned: true } : {}), ...(!w.grant && !w.unsigned && w.said ? { said: w.said.person } : {}), ...(w.witness ? { witness: w.witness } : {}), body: w.body,
  };
}

function said(a: Answer, otherwise: string): string {
  const text = (a.body as { text?: unknown } | null)?.text;
  return typeof text === "string" && text !== "" ? text : otherwise;
}

function store<T>(table: "outbox" | "drafts"): Store<T> {
  return typeof indexedDB === "undefined" ? memoryStore<T>() : open<T>(table);
}

/** Grants holds the right to write in the name of the person at the screen. */
export class Grants {
  #grant = "";
  #person = "";
  /** Who is at the screen, with or without a grant yet. */
  hand: Person | undefined;
  /** How long a screen stays open without a hand; the server says it with each grant. */
  idleMS = 5 * 60_000;

  get current(): string {
    return this.#grant;
  }

  /** take goes on with a grant that this tab had before it was loaded again. */
  take(from: { grant: string; person: string; idle_ms: number }): void {
    this.#grant = from.grant;
    this.#person = from.person;
    this.idleMS = from.idle_ms;
  }

  /** follow fetches a grant when another person is at the screen, and drops it when nobody is. */
  async follow(who: Chair["who"]): Promise<void> {
    const person = who.locked ? "" : (who.person ?? "");
    this.hand = person === "" ? undefined : { person, name: who.name ?? "" };
    if (person === this.#person) return;
    this.#person = person;
    this.#grant = "";
    if (person === "") return;
    const a = await json("POST", "/v1/grant", {}).catch(() => undefined);
    const g = a?.status === 200 ? (a.body as { grant: string; person: string; idle_ms?: number }) : undefined;
    if (g?.idle_ms) this.idleMS = g.idle_ms;
    // Somebody else may have come meanwhile: a grant is for whom it names.
    if (g?.person === this.#person) this.#grant = g.grant;
    else if (this.#person === person) this.#person = "";
  }
}

export function makeEdge(grants: Grants, refresh: () => Promise<void>): Edge {
  const random = (b: Uint8Array<ArrayBuffer>): void => void crypto.getRandomValues(b);
  const local = (): number => Date.now();
  const sender = new Sender({
    store: store<Waiting>("outbox"),
    post: (w) => json("POST", `/v1/commands/${w.act}`, envelope(w)),
    now: local, random, later: (ms, run) => void setTimeout(run, ms), offset: () => clock.offset, grant: () => grants.current, hand: () => grants.hand,
  });
  return {
    sender, clock, drafts: store<Draft>("drafts"), local,
    newID: () => uuid7(local(), random),
    wait: (ms) => new Promise((done) => setTimeout(() => done(undefined), ms)),
    async table(address) {
      const a = await json("GET", address);
      if (a.status !== 200) throw new Error(`table: ${a.status}`);
      const forms = (a.body as { forms: Form[] }).forms;
      for (const f of forms) versions.set(f.act, f.version);
      return forms;
    },
    async unlock(person, pin) {
      const a = await json("POST", "/v1/unlock", { person, pin }).catch(() => undefined);
      if (!a) return "The server did not answer. Help and stop go on without it.";
      if (a.status >= 400) return said(a, "This PIN was not taken.");
      await refresh();
      return "";
    },
    async lock(told) {
      // Told until it is heard: the page is locked already, and what it asks then must not open it.
      while (!(await json("POST", "/v1/lock", {}).catch(() => undefined))) await new Promise((done) => setTimeout(done, 1_000));
      told();
      await refresh();
    },
    here() {
      void json("POST", "/v1/here", { offset_ms: clock.offset }).catch(() => undefined);
    },
    async witness(person, pin) {
      const a = await json("POST", "/v1/witness", { person, pin }).catch(() => undefined);
      if (!a) return { grant: "", trouble: "The server did not answer: a witness cannot be proved without it." };
      if (a.status !== 200) return { grant: "", trouble: said(a, "This PIN was not taken.") };
      return { grant: (a.body as { grant: string }).grant, trouble: "" };
    },
  };
}

/** fetchChair gets the chair's view whole, or "nobody" where the server does not know who asks. */
export async function fetchChair(n: number): Promise<Chair | "nobody" | undefined> {
  const a = await json("GET", `/v1/chair/${n}`).catch(() => undefined);
  if (a?.status === 401) return "nobody";
  return a?.status === 200 ? (a.body as Chair) : undefined;
}
