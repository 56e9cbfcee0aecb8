// The one door through which chair acts leave this device. An act is stored
// with its id, time and author before it is posted, and is forgotten only
// when the server has confirmed that id. What was done waits as long as it
// must; what is planned is never delivered late on its own.

import type { Person, Refusal, Store, Waiting } from "./outbox.ts";
import { uuid7, type Random } from "./uuid7.ts";

/** Reply is what the server answered to a post. */
export interface Reply {
  status: number;
  body: unknown;
}

/** Outcome is how an act ended, as far as this device knows. */
export type Outcome =
  | { kind: "accepted"; answer: unknown }
  | { kind: "returned"; refusal: Refusal };

/** Surroundings is everything the sender touches, so that tests can stand in for it. */
export interface Surroundings {
  store: Store<Waiting>;
  /** post throws when no answer came. */
  post(w: Waiting): Promise<Reply>;
  /** This device's clock, Unix milliseconds. */
  now(): number;
  random: Random;
  /** Runs later, after ms. */
  later(ms: number, run: () => void): void;
  offset(): number;
  grant(): string;
  /** Who is at the screen now; undefined while nobody is known there. */
  hand(): Person | undefined;
}

/** Saying is one act as a person said it. */
export interface Saying {
  act: string;
  session: string;
  body: unknown;
  label: string;
  planned: boolean;
  urgent?: boolean;
  witness?: string;
  /** Nobody is known at the screen. */
  unsigned?: boolean;
  /** When it was touched, by this device's clock. */
  touched: number;
}

/** Said follows one act. */
export interface Said {
  id: string;
  /** Whether it is durable on this device; false only when the browser refuses to store. */
  kept: Promise<boolean>;
  settled: Promise<Outcome>;
}

/** Queue says how the outbox stands. */
export interface Queue {
  waiting: number;
  /** Touch time of the oldest one waiting, by this device's clock; 0 when none. */
  oldest: number;
  /** What the waiting ones are called that should have gone out at once: stop, call for help. */
  urgent: string[];
  /** Those that came back and still hold what was typed. */
  returned: Waiting[];
  /** The server wants somebody to sign in before it takes more. */
  signIn: boolean;
  /** The browser would not store something: it lives only in this page. */
  fragile: boolean;
}

const firstPause = 500;
const longestPause = 15_000;
const plannedTries = 3;

/** pause is how long to wait after that many failures, doubling to a ceiling. */
export function pause(failures: number): number {
  return Math.min(longestPause, firstPause * 2 ** Math.max(0, failures - 1));
}

export class Sender {
  #held = new Map<string, Waiting>();
  #busy = new Set<string>();
  #renamed = new Set<string>();
  #settle = new Map<string, (o: Outcome) => void>();
  #failures = 0;
  #timed = false;
  #running = false;
  #signIn = false;
  #fragile = false;
  onchange: () => void = () => {};

  constructor(readonly at: Surroundings) {}

  /** load takes up what an earlier page left behind. */
  async load(): Promise<void> {
    for (const w of await this.at.store.all()) {
      if (this.#held.has(w.id)) continue;
      if (w.planned && w.state === "waiting") await this.#giveBack(w, unanswered());
      this.#held.set(w.id, w);
    }
    this.onchange();
    this.flush();
  }

  /** say stores an act, then sends it. */
  say(s: Saying): Said {
    return this.#launch(this.#made(s));
  }

  /**
   * hold stores what somebody charted whom nobody could ask for a PIN. It
   * never leaves the device by itself: that person signs it, and sends it again.
   */
  async hold(s: Saying, by: Person): Promise<boolean> {
    const w: Waiting = { ...this.#made(s), grant: "", by, state: "returned", returned: { status: 401, text: "" } };
    this.#held.set(w.id, w);
    await this.#keep(w);
    this.onchange();
    return !this.#fragile;
  }

  #made(s: Saying): Waiting {
    const w: Waiting = {
      id: uuid7(s.touched, this.at.random),
      act: s.act,
      session: s.session,
      occurred_at: new Date(s.touched).toISOString(),
      offset_ms: this.at.offset(),
      grant: this.at.grant(),
      body: s.body,
      label: s.label,
      planned: s.planned,
      urgent: s.urgent ?? false,
      state: "waiting",
      tries: 0,
    };
    if (s.witness) w.witness = s.witness;
    const hand = this.at.hand();
    if (s.unsigned) w.unsigned = true;
    else if (hand) w.said = hand;
    return w;
  }

  /**
   * again sends a returned act once more under its own id, so that it counts
   * once. One that came back for want of a known author is said by whoever
   * sends it again.
   */
  again(id: string): Said | undefined {
    const w = this.#held.get(id);
    if (!w || w.state !== "returned") return undefined;
    const { returned: _, by: __, ...rest } = w;
    const grant = w.returned?.status === 401 ? this.at.grant() : w.grant;
    return this.#launch({ ...rest, grant, state: "waiting", tries: 0 });
  }

  /** drop forgets a returned act: a person has read why and taken it back or said it anew. */
  async drop(id: string): Promise<void> {
    if (this.#held.get(id)?.state !== "returned") return;
    this.#held.delete(id);
    this.onchange();
    await this.at.store.remove(id);
  }

  /** resume tries everything at once: the network or a person is back. */
  resume(): void {
    this.#failures = 0;
    this.#signIn = false;
    this.flush();
  }

  get queue(): Queue {
    const all = [...this.#held.values()];
    const waiting = all.filter((w) => w.state === "waiting");
    return {
      waiting: waiting.length,
      oldest: waiting.length === 0 ? 0 : Math.min(...waiting.map((w) => Date.parse(w.occurred_at))),
      urgent: waiting.filter((w) => w.urgent).map((w) => w.label),
      returned: all.filter((w) => w.state === "returned"),
      signIn: this.#signIn,
      fragile: this.#fragile,
    };
  }

  #launch(w: Waiting): Said {
    this.#held.set(w.id, w);
    const settled = new Promise<Outcome>((done) => this.#settle.set(w.id, done));
    const kept = this.at.store.put(w.id, w).then(
      () => true,
      () => {
        this.#fragile = true;
        return false;
      },
    );
    void kept.then(() => {
      this.onchange();
      // An urgent act does not queue behind a post that may be hanging.
      if (w.urgent) void this.#deliver(w);
      else this.flush();
    });
    return { id: w.id, kept, settled };
  }

  /** flush delivers what waits, in order, one after another. */
  flush(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#pass().finally(() => {
      this.#running = false;
      const waiting = [...this.#held.values()].some((w) => w.state === "waiting" && !this.#busy.has(w.id));
      if (waiting) this.#retry();
    });
  }

  async #pass(): Promise<void> {
    const tried = new Set<string>();
    for (;;) {
      // Looked up afresh each time: an act said meanwhile joins this pass.
      const next = [...this.#held.values()]
        .filter((w) => w.state === "waiting" && !tried.has(w.id))
        .sort((a, b) => Number(b.urgent) - Number(a.urgent) || (a.id < b.id ? -1 : 1))[0];
      if (!next) return;
      tried.add(next.id);
      if ((await this.#deliver(next)) === "unreachable") return;
    }
  }

  async #deliver(w: Waiting): Promise<"done" | "unreachable"> {
    if (this.#busy.has(w.id) || this.#held.get(w.id)?.state !== "waiting") return "done";
    if (w.grant === "" && w.said && !w.urgent && this.at.hand()?.person !== w.said.person) return this.#foreign(w, w.said);
    const busy = w.id;
    this.#busy.add(busy);
    try {
      const reply = await this.at.post(w);
      this.#failures = 0;
      await this.#answered(w, reply);
      return "done";
    } catch {
      this.#failures++;
      await this.#failed(w);
      return "unreachable";
    } finally {
      this.#busy.delete(busy);
      this.onchange();
      if (w.urgent && w.state === "waiting") this.#retry();
    }
  }

  /** foreign gives back what somebody said whom no grant names: another who is signed in now must not become its author. */
  async #foreign(w: Waiting, by: Person): Promise<"done"> {
    w.by = by;
    await this.#giveBack(w, { status: 401, text: "" });
    this.onchange();
    return "done";
  }

  async #answered(w: Waiting, reply: Reply): Promise<void> {
    if (reply.status >= 200 && reply.status < 300) {
      this.#held.delete(w.id);
      this.#finish(w.id, { kind: "accepted", answer: reply.body });
      // A remove that fails leaves an entry that is sent again and, by its
      // id, counted once: never a reason to report failure here.
      await this.at.store.remove(w.id).catch(() => {});
      return;
    }
    if (reply.status === 401) return this.#unknown(w, reply);
    if (reply.status >= 500 || [408, 425, 429].includes(reply.status)) {
      this.#failures++;
      return this.#failed(w);
    }
    if (reply.status === 409 && w.urgent && !this.#renamed.has(w.id)) return this.#anew(w);
    await this.#giveBack(w, refusal(reply));
  }

  /**
   * unknown is an act whose author the server does not know. The same grant
   * would be refused for ever. A stop goes on without one, as the tablet's;
   * anything else comes back, to be said by somebody who is known.
   */
  async #unknown(w: Waiting, reply: Reply): Promise<void> {
    if (w.grant !== "" && !w.urgent) return this.#giveBack(w, refusal(reply));
    if (w.grant !== "") {
      w.grant = "";
      w.unsigned = true;
      await this.#keep(w);
    } else this.#signIn = true;
    this.#failures++;
    return this.#failed(w);
  }

  /** anew says an urgent act under another id: the one it had belongs to something else. */
  async #anew(w: Waiting): Promise<void> {
    const old = w.id;
    const id = uuid7(Date.parse(w.occurred_at), this.at.random);
    this.#held.delete(old);
    this.#held.set(id, w);
    const settle = this.#settle.get(old);
    if (settle) this.#settle.set(id, settle);
    this.#settle.delete(old);
    w.id = id;
    this.#renamed.add(id);
    await this.#keep(w);
    await this.at.store.remove(old).catch(() => {});
  }

  async #keep(w: Waiting): Promise<void> {
    await this.at.store.put(w.id, w).catch(() => {
      this.#fragile = true;
    });
  }

  /** failed counts a try without an answer that settles it. */
  async #failed(w: Waiting): Promise<void> {
    w.tries++;
    if (w.planned && w.tries >= plannedTries) await this.#giveBack(w, unanswered());
  }

  async #giveBack(w: Waiting, why: Refusal): Promise<void> {
    w.state = "returned";
    w.returned = why;
    await this.#keep(w);
    this.#finish(w.id, { kind: "returned", refusal: why });
  }

  #finish(id: string, o: Outcome): void {
    this.#settle.get(id)?.(o);
    this.#settle.delete(id);
  }

  #retry(): void {
    if (this.#timed) return;
    this.#timed = true;
    this.at.later(pause(this.#failures), () => {
      this.#timed = false;
      this.flush();
    });
  }
}

/** unanswered is the refusal of a planned act that nobody answered. */
export function unanswered(): Refusal {
  return { status: 0, text: "The server did not answer. It is not known whether this was recorded; sending it again counts it once." };
}

/** refusal reads the server's answer, and never invents a reason it did not give. */
export function refusal(reply: Reply): Refusal {
  const b = (typeof reply.body === "object" && reply.body !== null ? reply.body : {}) as Record<string, unknown>;
  const said = (k: string): string | undefined => (typeof b[k] === "string" && b[k] !== "" ? (b[k] as string) : undefined);
  const r: Refusal = { status: reply.status, text: said("text") ?? said("error") ?? `The server answered ${reply.status} and gave no reason.` };
  if (typeof reply.body === "object" && reply.body !== null) r.answer = reply.body;
  for (const k of ["rule", "asked", "allowed", "source"] as const) {
    const v = said(k);
    if (v) r[k] = v;
  }
  if (Array.isArray(b["needs"])) r.needs = b["needs"].filter((n): n is string => typeof n === "string");
  return r;
}
