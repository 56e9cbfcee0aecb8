// The chair's state: what the server last said, what time it is there, what
// is being typed, and what waits to be sent.

import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";

import type { Store } from "../shared/outbox.ts";
import type { ServerClock } from "../shared/clock.ts";
import type { Queue, Sender } from "../shared/send.ts";
import { lost as isLost } from "./age.ts";
import type { Answers } from "./fill.ts";
import { moved, newer } from "./merge.ts";
import type { Act, Chair, Form, Live, Reply } from "./types.ts";

/** Draft is what was typed for one act and is not recorded yet. */
export interface Draft {
  id: string;
  session: string;
  act: string;
  label: string;
  base: Record<string, unknown>;
  answers: Answers;
  /** When something in it last changed, by this device's clock. */
  at: number;
  /** Set once it was sent: the id of the command. */
  sent?: string;
}

/** Sheet is what lies over the timeline. */
export type Sheet =
  | { kind: "form"; act: Act; draft: Draft; restored: boolean }
  | { kind: "stop"; touched: number }
  | { kind: "gates" | "record" | "more" | "unlock" };

/** Edge is everything outside this page that the chair needs. */
export interface Edge {
  sender: Sender;
  clock: ServerClock;
  drafts: Store<Draft>;
  /** This device's clock. */
  local(): number;
  newID(): string;
  table(address: string): Promise<Form[]>;
  unlock(person: string, pin: string): Promise<string>;
  lock(): Promise<void>;
  witness(person: string, pin: string): Promise<string>;
}

export class App {
  readonly view = signal<Chair | undefined>(undefined);
  readonly forms = signal<Form[]>([]);
  /** Server time, moved every half second. */
  readonly now = signal(0);
  readonly heard = signal(0);
  readonly lost: ReadonlySignal<boolean>;
  readonly sheet = signal<Sheet | undefined>(undefined);
  readonly drafts = signal<Draft[]>([]);
  readonly queue: ReadonlySignal<Queue>;
  readonly locked: ReadonlySignal<boolean>;
  /** A call for help pressed here that the server has not shown yet. */
  readonly calling = signal(0);
  /** What the last act came to, said once. */
  readonly said = signal("");
  readonly #tick = signal(0);
  readonly #queued = signal(0);
  #table = "";

  constructor(readonly edge: Edge) {
    this.now.value = edge.clock.now();
    this.heard.value = edge.local();
    this.lost = computed(() => (this.#tick.value, isLost(this.heard.value, edge.local())));
    this.queue = computed(() => (this.#queued.value, edge.sender.queue));
    this.locked = computed(() => this.view.value?.who.locked === true || this.view.value?.who.person === undefined);
    edge.sender.onchange = () => void this.#queued.value++;
    effect(() => {
      if (this.view.value?.help) this.calling.value = 0;
    });
  }

  /** tick moves the clock: ages go on also while nothing arrives. */
  tick(): void {
    this.now.value = this.edge.clock.now();
    this.#tick.value++;
  }

  /** beat is any sign of life of the server, with its time where it said one. */
  beat(serverMS?: number): void {
    if (serverMS !== undefined) this.edge.clock.heard(serverMS);
    this.heard.value = this.edge.local();
    this.tick();
  }

  show(got: Chair): void {
    const before = this.view.value;
    this.view.value = newer(before, got);
    // Never leave one patient's sheet open over the next patient.
    if (before && before.session !== got.session) this.sheet.value = undefined;
    void this.#loadForms(got.table);
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

  /** open starts an act, with what was typed for it before and not recorded. */
  open(act: Act): void {
    const session = this.view.value?.session ?? "";
    const base = act.body ?? {};
    const same = (d: Draft): boolean => d.session === session && d.act === act.act && !d.sent && JSON.stringify(d.base) === JSON.stringify(base);
    const old = this.drafts.value.filter(same).at(-1);
    const draft = old ?? { id: this.edge.newID(), session, act: act.act, label: act.label, base, answers: {}, at: this.edge.local() };
    this.sheet.value = { kind: "form", act, draft, restored: old !== undefined };
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

  /** say sends an act that needs no form; it answers what came back, if anything did. */
  async say(act: Act, body: Record<string, unknown>, touched: number, urgent = false, witness?: string): Promise<Reply | undefined> {
    this.said.value = "";
    const said = this.edge.sender.say({
      act: act.act, session: this.view.value?.session ?? "", body, label: act.label, planned: act.planned ?? false, urgent, touched,
      ...(witness ? { witness } : {}),
    });
    await said.kept;
    const o = await said.settled;
    if (o.kind === "accepted") {
      const reply = o.answer as Reply;
      if (reply?.findings?.length) this.said.value = reply.findings.join(" ");
      return reply;
    }
    return { outcome: o.refusal.status === 409 ? "conflict" : "refused", ...o.refusal, ...(said.id ? { id: said.id } : {}) } as Reply & { id: string };
  }

  act(name: string): Act | undefined {
    return this.view.value?.acts.find((a) => a.act === name);
  }

  get zone(): string {
    return this.view.value?.zone || this.view.value?.timeline?.zone || Intl.DateTimeFormat().resolvedOptions().timeZone;
  }

  /** stop records that the pump was stopped; the time is the first touch. */
  stop(cause: string, touched: number): void {
    const act = this.act("session.stop") ?? { act: "session.stop", label: "Stop", enabled: true };
    void this.say({ ...act, planned: false }, { ...act.body, cause }, touched, true);
    this.close();
  }

  help(): void {
    const touched = this.edge.local();
    this.calling.value = this.edge.clock.now();
    const act = this.act("session.help") ?? { act: "session.help", label: "Call for help", enabled: true };
    void this.say({ ...act, planned: false }, act.body ?? {}, touched, true);
    this.close();
  }
}
