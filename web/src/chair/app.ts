// The chair's state: what the server last said, what time it is there, what
// is being typed, and what waits to be sent.

import type { Predicted } from "./expected.tsx";
import type { FunctionComponent } from "preact";
import { batch, computed, effect, signal, type ReadonlySignal } from "@preact/signals";

import type { Person, Store, Waiting } from "../shared/outbox.ts";
import type { ServerClock } from "../shared/clock.ts";
import type { Queue, Said, Saying, Sender } from "../shared/send.ts";
import { before, own, passed, unproven, type Draft, type Place } from "./drafts.ts";
import type { Lost } from "./alone.ts";
import { moved, newer } from "./merge.ts";
import type { Act, Chair, Form, Live, Reply } from "./types.ts";

/** Sheet is what lies over the timeline. */
export type Sheet =
  | { kind: "form"; act: Act; draft: Draft; restored: boolean }
  | { kind: "stop"; touched: number }
  /** What is done as soon as the PIN is taken. */
  | { kind: "unlock"; then?: () => void }
  /** What can be charted without the server, once somebody has said who they are. */
  | { kind: "away" }
  | { kind: "gates" | "record" | "more" | "label" | "order" | "alarms" };

/** Answered is the server's reply, and whether the act was taken. */
export interface Answered extends Reply {
  accepted: boolean;
  id: string;
  /** HTTP status; 0 when nobody answered. */
  status: number;
}

/** How often the server is told at most that somebody still types. */
const hereEveryMS = 60_000;

/** How long after an entry an alarm of it still opens by itself: the watch raises it within a second. */
const suggestWithinMS = 5_000;

/** How long a sheet waits for the server before a done act is left to the outbox. */
const patienceMS = 1_500;

/** Edge is everything outside this page that the chair needs. */
export interface Edge {
  sender: Sender;
  clock: ServerClock;
  drafts: Store<Draft>;
  /** This device's clock. */
  local(): number;
  newID(): string;
  /** Resolves with undefined after ms. */
  wait(ms: number): Promise<undefined>;
  table(address: string): Promise<Form[]>;
  unlock(person: string, pin: string): Promise<string>;
  /** Locks the session; told runs once the server has heard it. */
  lock(told: () => void): Promise<void>;
  /** Says that a hand is at the screen, which keeps it open. */
  here(): void;
  /** A second person's proof, for one act; or what went wrong. */
  witness(person: string, pin: string): Promise<{ grant: string; trouble: string }>;
}

export class App {
  readonly view = signal<Chair | undefined>(undefined);
  /** The newest whole view: it stands still while values move, and so does what is drawn from it. */
  readonly whole = signal<Chair | undefined>(undefined);
  readonly forms = signal<Form[]>([]);
  /** Server time, moved each second and with each frame. */
  readonly now = signal(0);
  /** How the page stands with the server, as the watchdog of live.ts says; and until when somebody here silenced it. */
  readonly link = signal<Lost>({ lost: false, heard: 0, quiet: 0 });
  /** The server has been silent too long. */
  readonly lost = computed(() => this.link.value.lost);
  /** This page sounds since it has no server. */
  readonly alone = signal(false);
  readonly sheet = signal<Sheet | undefined>(undefined);
  /** The open form's own act, which takes the place of the next act. */
  readonly foot = signal<{ run: FunctionComponent } | undefined>(undefined);
  /** What is fetched after the first paint: forms, the list of alarms, the sound. */
  /** What models expect, while somebody looks at it: a prediction. */
  readonly predicted = signal<Predicted | undefined>(undefined);
  readonly later = signal<typeof import("./later.tsx") | undefined>(undefined);
  /** How this page's sound stands, which matters only while nobody else hears the chair. */
  readonly sound = signal<"on" | "off" | "impossible">("off");
  readonly drafts = signal<Draft[]>([]);
  readonly queue: ReadonlySignal<Queue>;
  readonly locked: ReadonlySignal<boolean>;
  /** Who says that they chart at a locked screen while the server is away: no PIN proves it. */
  readonly unproven = signal<Person | undefined>(undefined);
  /** The browser does not keep this page for when the server is away. */
  readonly unkept = signal(false);
  /** The page was opened without the server, and nothing of this chair was kept. */
  readonly nothing = signal(false);
  /** When a hand was last at the screen, by this device's clock. */
  touchedAt: number;
  /** A call for help pressed here that the server has not shown yet. */
  readonly calling = signal(0);
  /** What the last act came to, said once. */
  readonly said = signal("");
  /** The emergency screen is on: called here, or shown by the server. */
  readonly emergency: ReadonlySignal<boolean>;
  readonly pane = signal<"timeline" | "gate" | undefined>(undefined);
  /** Before the start the checks are what matters; afterwards the timeline. */
  readonly prefersGate: ReadonlySignal<boolean>;
  readonly #queued = signal(0);
  readonly #parts = new Map<keyof Chair, ReadonlySignal<unknown>>();
  #here = 0;
  /** When an entry was last recorded from a sheet of this page. */
  #charted = -Infinity;
  /** Locked here, and the server has not heard it yet: it may still say that the screen is open. */
  #locking = false;
  #table = "";

  constructor(readonly edge: Edge) {
    this.now.value = edge.clock.now();
    this.touchedAt = edge.local();
    this.queue = computed(() => (this.#queued.value, edge.sender.queue));
    this.locked = computed(() => this.whole.value?.who.locked === true || this.whole.value?.who.person === undefined);
    this.emergency = computed(() => this.whole.value?.help !== undefined || this.calling.value > 0);
    this.prefersGate = computed(() => {
      const v = this.whole.value;
      return (v?.gates ?? []).length > 0 && ["scheduled", "arrived", "ready", "prepared"].includes(v?.phase ?? "");
    });
    edge.sender.onchange = () => void this.#queued.value++;
    effect(() => {
      if (this.whole.value?.help) this.calling.value = 0;
    });
    effect(() => {
      if (!this.lost.value && this.sheet.value === undefined) this.unproven.value = undefined;
    });
    effect(() => {
      for (const d of passed(this.drafts.value, this.forms.value, this.here.person)) this.forget(d);
    });
  }

  /** part is one part of the view that live frames move. Who reads it hears of it only when it changes. */
  part<K extends keyof Chair>(name: K): ReadonlySignal<Chair[K] | undefined> {
    let p = this.#parts.get(name);
    if (!p) this.#parts.set(name, (p = computed(() => this.view.value?.[name])));
    return p as ReadonlySignal<Chair[K] | undefined>;
  }

  /** tick moves the clock: ages go on also while nothing arrives. */
  tick(): void {
    this.now.value = this.edge.clock.now();
  }

  /** touched keeps the screen open while somebody fills in a long form. */
  touched(): void {
    const now = (this.touchedAt = this.edge.local());
    if (this.locked.value || now - this.#here < hereEveryMS) return;
    this.#here = now;
    this.edge.here();
  }

  show(got: Chair): void {
    const known = this.view.value;
    // Who is at the screen has nothing to do with how far the log is.
    const now = { ...newer(known, got), who: this.#locking ? { ...got.who, locked: true } : got.who };
    batch(() => void (this.view.value = this.whole.value = now));
    this.#suggest();
    // Never leave one patient's sheet open over the next patient.
    if (known && known.session !== got.session) this.sheet.value = undefined;
    // Nor one person's under another's eyes.
    const s = this.sheet.value;
    if (s?.kind === "form" && !this.locked.value && s.draft.person !== this.here.person) this.sheet.value = undefined;
    void this.#loadForms(got.table);
  }

  /** suggest opens what is to be considered of a score on the screen where it was just charted, once. */
  #suggest(): void {
    const local = this.edge.local();
    if (local - this.#charted > suggestWithinMS || this.locked.value || this.sheet.value) return;
    if (!this.whole.value?.alarms.list.some((a) => a.here)) return;
    this.#charted = -Infinity;
    this.sheet.value = { kind: "alarms" };
  }

  live(got: Live): void {
    if (this.view.value) this.view.value = moved(this.view.value, got);
  }

  async #loadForms(address: string): Promise<void> {
    if (address === "" || address === this.#table) return;
    this.#table = address;
    try {
      this.forms.value = await this.edge.table(address);
    } catch {
      this.#table = "";
    }
  }

  form(act: string): Form | undefined {
    return this.forms.value.find((f) => f.act === act);
  }

  /** here is who is at the screen, and whose visit it is. */
  get here(): Place {
    const v = this.whole.value;
    const proven = v?.who.locked ? "" : (v?.who.person ?? "");
    const said = this.unproven.value;
    return { session: v?.session ?? "", person: proven || (said ? unproven(said.person) : "") };
  }

  /** open starts an act, with what the same person typed for it before and did not record. */
  open(act: Act): void {
    const base = act.body ?? {};
    const old = before(this.drafts.value, this.here, act.act, base);
    const draft = old ?? { ...this.here, id: this.edge.newID(), act: act.act, label: act.label, base, answers: {}, at: this.edge.local(), name: this.unproven.value?.name ?? this.whole.value?.who.name ?? "" };
    this.sheet.value = { kind: "form", act, draft, restored: old !== undefined };
  }

  /** resumeDraft goes on where typing stopped. */
  resumeDraft(d: Draft): void {
    if (!own(d, this.here)) return;
    const act = this.act(d.act) ?? { act: d.act, label: d.label, enabled: true };
    this.sheet.value = { kind: "form", act: { ...act, body: d.base }, draft: d, restored: true };
  }

  /** typedFor is the draft behind an act that was returned, where the person at the screen typed it. */
  typedFor(w: Waiting): Draft | undefined {
    return this.drafts.value.find((d) => d.sent === w.id && own(d, this.here));
  }

  /** reopen brings back the sheet of an act that was returned, with what was typed. */
  reopen(w: Waiting): void {
    const d = this.typedFor(w);
    if (!d) return;
    void this.edge.sender.drop(w.id);
    const { sent: _, ...rest } = d;
    this.keep(rest);
    this.resumeDraft(rest);
  }

  /** keep stores a draft as it stands, each time it changes. */
  keep(d: Draft): void {
    this.drafts.value = [...this.drafts.value.filter((o) => o.id !== d.id), d];
    void this.edge.drafts.put(d.id, d).catch(() => {});
  }

  forget(d: Draft): void {
    this.drafts.value = this.drafts.value.filter((o) => o.id !== d.id);
    void this.edge.drafts.remove(d.id).catch(() => {});
  }

  async restore(): Promise<void> {
    const kept = await this.edge.drafts.all().catch(() => []);
    this.drafts.value = [...kept, ...this.drafts.value];
    await this.edge.sender.load();
  }

  close(): void {
    this.sheet.value = undefined;
  }

  /** say sends an act that needs no form; it answers what came back. */
  async say(act: Act, body: Record<string, unknown>, touched: number, urgent = false): Promise<Answered> {
    return this.#settled(this.#send(act, body, touched, urgent));
  }

  /**
   * record sends a filled form. It answers undefined once the sheet may close:
   * the server took it, or it was done and waits on this tablet. Otherwise it
   * answers why it came back, and what was typed stays.
   */
  async record(act: Act, body: Record<string, unknown>, d: Draft, minutesAgo: number, witness?: string): Promise<Answered | undefined> {
    const touched = this.edge.local() - minutesAgo * 60_000;
    if (this.locked.value) return this.#unsigned(act, body, d, touched);
    const said = this.#send(act, body, touched, false, witness);
    this.keep({ ...d, sent: said.id });
    return this.#follow(said, d, act.planned ?? false);
  }

  /** again sends a planned act once more that nobody answered. */
  async again(id: string, d: Draft): Promise<Answered | undefined> {
    const said = this.edge.sender.again(id);
    return said && this.#follow(said, d, true);
  }

  /** unsigned keeps what was charted at a locked screen, until the person it is said to be from signs it. */
  async #unsigned(act: Act, body: Record<string, unknown>, d: Draft, touched: number): Promise<undefined> {
    const by = this.unproven.value;
    if (!by) return this.close(), undefined;
    if (await this.edge.sender.hold(this.#saying(act, body, touched, false), by)) this.forget(d);
    this.close();
  }

  #send(act: Act, body: Record<string, unknown>, touched: number, urgent: boolean, witness?: string): Said {
    this.said.value = "";
    return this.edge.sender.say({ ...this.#saying(act, body, touched, urgent), ...(witness ? { witness } : {}) });
  }

  #saying(act: Act, body: Record<string, unknown>, touched: number, urgent: boolean): Saying {
    return { act: act.act, session: this.whole.value?.session ?? "", body, label: act.label, planned: act.planned ?? false, urgent, touched, unsigned: this.locked.value };
  }

  async #follow(said: Said, d: Draft, planned: boolean): Promise<Answered | undefined> {
    const end = this.#settled(said).then((r) => {
      if (r.accepted) this.forget(d);
      return r;
    });
    await said.kept;
    const first = planned ? await end : await Promise.race([end, this.edge.wait(patienceMS)]);
    if (first && !first.accepted) {
      // The sheet still holds what was typed, so the outbox need not; an
      // unanswered act stays there, to be sent again under its own id.
      const { sent: _, ...rest } = d;
      this.keep(rest);
      if (first.status !== 0) await this.edge.sender.drop(said.id);
      return first;
    }
    if (this.sheet.value?.kind === "form" && this.sheet.value.draft.id === d.id) this.close();
    this.#charted = this.edge.local();
    this.#suggest();
    return undefined;
  }

  async #settled(said: Said): Promise<Answered> {
    const o = await said.settled;
    if (o.kind === "accepted") {
      const reply = o.answer as Reply | null;
      if (reply?.findings?.length) this.said.value = reply.findings.join(" ");
      return { outcome: "accepted", text: "", ...reply, accepted: true, id: said.id, status: 200 };
    }
    const { answer, ...why } = o.refusal;
    return { outcome: "refused", ...(answer as Partial<Reply> | undefined), ...why, accepted: false, id: said.id };
  }

  /** start opens an act, or says why it cannot be done now. */
  start(act: Act): void {
    if (!act.enabled) {
      this.said.value = act.why || `${act.label} is not possible now.`;
      return;
    }
    this.open(act);
  }

  /** known runs what needs a known person: at once, or after the PIN that it asks for. */
  known(run: () => void): void {
    if (this.locked.value) this.sheet.value = { kind: "unlock", then: run };
    else run();
  }

  toggle(kind: "more" | "unlock" | "record" | "gates" | "alarms"): void {
    this.sheet.value = this.sheet.value?.kind === kind ? undefined : { kind };
  }

  choosePane(pane: "timeline" | "gate"): void {
    this.pane.value = pane;
    this.close();
  }

  /** unlock answers what went wrong, or nothing. */
  async unlock(person: string, pin: string): Promise<string> {
    const trouble = await this.edge.unlock(person, pin);
    if (trouble !== "") return trouble;
    const s = this.sheet.value;
    this.close();
    this.edge.sender.resume();
    if (s?.kind === "unlock") s.then?.();
    return "";
  }

  async lock(): Promise<void> {
    this.lockHere();
    this.#locking = true;
    await this.edge.lock(() => (this.#locking = false));
  }

  /** lockHere locks this page at once, whether or not the server hears of it. */
  lockHere(): void {
    const v = this.whole.value;
    this.unproven.value = undefined;
    if (this.sheet.value?.kind !== "stop") this.close();
    if (!v || this.locked.value) return;
    batch(() => void (this.view.value = this.whole.value = { ...(this.view.value ?? v), who: { ...v.who, locked: true } }));
  }

  act(name: string): Act | undefined {
    return this.whole.value?.acts.find((a) => a.act === name);
  }

  get zone(): string {
    return this.whole.value?.zone || this.whole.value?.timeline?.zone || Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  /** stop records that the pump was stopped; the time is the first touch. */
  stop(cause: string, touched: number): void {
    const act = this.act("session.stop") ?? { act: "session.stop", label: "Stop", enabled: true };
    if (!act.enabled) return this.start(act);
    void this.say({ ...act, planned: false }, { ...act.body, cause }, touched, true);
    this.close();
  }

  /** undoHelp takes a mistaken call back. */
  undoHelp(): void {
    this.calling.value = 0;
    void this.say({ act: "session.undo-help", label: "Call for help taken back", enabled: true }, {}, this.edge.local(), true);
  }

  /** linked takes how the page stands with the server. What was silenced without it sounds again when it is lost the next time. */
  linked(lost: boolean, heard: number): void {
    this.link.value = { lost, heard, quiet: lost ? this.link.value.quiet : 0 };
  }

  /** quieten silences a chair that has no server, for so many minutes; it is told once the server is back. */
  quieten(minutes: number): void {
    const now = this.edge.local();
    this.link.value = { ...this.link.value, quiet: now + minutes * 60_000 };
    void this.say({ act: "session.quieten-chair", label: `Chair quiet for ${minutes} min`, enabled: true }, { minutes }, now);
  }

  help(): void {
    const touched = this.edge.local();
    const act = this.act("session.help") ?? { act: "session.help", label: "Call for help", enabled: true };
    // Where there is no visit there is nothing to record: say what to do instead.
    if (!act.enabled) return this.start(act);
    this.calling.value = this.edge.clock.now();
    void this.say({ ...act, planned: false }, act.body ?? {}, touched, true).then((r) => {
      if (!r.accepted) this.calling.value = 0;
    });
    this.close();
  }
}
