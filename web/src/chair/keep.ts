// What a tablet keeps of its chair, so that the page opens while the server is
// away: who sits there, what can be charted, when the server was last heard.
// Never a value, an entry, an alarm or the order: those are not known without
// the server. It is kept on enrolled tablets alone, and goes with the visit.

import { computed, effect } from "@preact/signals";

import { keptAt, keptIn } from "../shared/away.ts";
import { inZone, onGone, onLink, onTick, openedAway } from "../shared/live.ts";
import type { App } from "./app.ts";
import type { Grants } from "./edge.ts";
import type { Act, Chair } from "./types.ts";

/** Kept is the chair as the tablet keeps it. */
export interface Kept {
  view: Chair;
  /** When the server was last heard, by this device's clock. */
  heard: number;
  /** This device's clock minus the server's, as last measured. */
  offset: number;
}

/** Hand is who worked in this tab, which a reload of it does not end. */
export interface Hand {
  grant: string;
  person: string;
  name: string;
  /** When a hand was last at the screen, by this device's clock. */
  touched: number;
  /** How long a screen stays open without one. */
  idle_ms: number;
}

/** Box is the part of Storage that is used. */
export type Box = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Shelf is where the chair is kept: beside the page's files, so that the service worker can clear it too. */
export type Shelf = Pick<Cache, "match" | "put" | "delete">;

const handAs = "stillwatch-hand";

/** Longer than any infusion: what is older is somebody else's day. */
const keptForMS = 12 * 3_600_000;

const writeEveryMS = 10_000;

/** Buttons whose very names say what is in the record. */
const telling = ["session.grade-side-effect", "session.resolve-side-effect"];

/** keepable is what may be kept of a view; nothing of a chair without a visit, or on a device that is not enrolled. */
export function keepable(v: Chair): Chair | undefined {
  if (!v.who.device || !v.session) return undefined;
  const p = v.patient;
  const of = (list: string): object => (v.choices?.[list] ? { [list]: v.choices[list] } : {});
  return {
    head: 0, cursor: 0, at_ms: v.at_ms, chair: v.chair, session: v.session, table: v.table, zone: v.zone ?? "",
    phase: v.phase, phase_text: v.phase_text, headline: [{ text: "at the last contact" }], staff: v.staff,
    ...(p ? { patient: { name: p.name, initials: p.initials, born: p.born, age: p.age, allergies: p.allergies, allergies_known: p.allergies_known } } : {}),
    alarms: { list: [], also: [], calm: "", off: false, sounds: [], primary: v.alarms.primary },
    // A chair that is opened without the server sounds as one that lost it does.
    hearing: { by: [], text: "", nobody: false, watched: v.hearing.watched, last_ms: v.hearing.last_ms, quiet_min: v.hearing.quiet_min ?? [] }, link: { state: "none", text: "monitor: not known", tone: "plain" },
    who: { device: v.who.device, ...(v.who.chair ? { chair: v.who.chair } : {}), locked: true },
    tiles: (v.tiles ?? []).map((t) => ({ kind: t.kind, label: t.label, text: "", empty: "not known" })), scores: [],
    acts: v.acts.filter((a) => !a.planned && !a.witness && !telling.includes(a.act)).map(bare),
    choices: { ...of("people"), ...of("prescribers"), ...of("adjuncts") },
    kept: true,
  };
}

/** bare is an act without what the record said about it. */
function bare(a: Act): Act {
  return {
    act: a.act, label: a.label, enabled: a.enabled,
    ...(a.why ? { why: a.why } : {}), ...(a.body ? { body: a.body } : {}), ...(a.skip ? { skip: a.skip } : {}), ...(a.intro ? { intro: a.intro } : {}), ...(a.submit ? { submit: a.submit } : {}),
  };
}

function read<T>(box: Box, name: string): T | undefined {
  try {
    return JSON.parse(box.getItem(name) ?? "null") as T | undefined ?? undefined;
  } catch {
    return undefined;
  }
}

function write(box: Box, name: string, value: unknown): void {
  try {
    if (value === undefined) box.removeItem(name);
    else box.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that stores nothing keeps nothing: the page then does not open without the server.
  }
}

/** found is what a tablet kept of this chair, not too long ago. What is too old, or another chair's, is forgotten. */
export async function found(shelf: Shelf, chair: number, now: number): Promise<Kept | undefined> {
  const k = (await (await shelf.match(keptAt))?.json()) as Kept | undefined;
  if (k?.view?.chair === chair && Math.abs(now - k.heard) < keptForMS) return k;
  await shelf.delete(keptAt);
  return undefined;
}

/** stow keeps a chair, or nothing. */
export async function stow(shelf: Shelf, k: Kept | undefined): Promise<void> {
  if (k) await shelf.put(keptAt, new Response(JSON.stringify(k)));
  else await shelf.delete(keptAt);
}

/** A browser without such a store keeps nothing: the page then does not open without the server. */
async function onShelf(run: (s: Shelf) => Promise<unknown>): Promise<void> {
  if (typeof caches === "undefined") return;
  await caches.open(keptIn).then(run).catch(() => undefined);
}

/** inHand is who still works in this tab after a reload of it; anybody else finds a locked screen. */
export function inHand(box: Box, reloaded: boolean, now: number): Hand | undefined {
  const h = read<Hand>(box, handAs);
  if (reloaded && h && Math.abs(now - h.touched) < h.idle_ms) return h;
  write(box, handAs, undefined);
  return undefined;
}

/** reopen shows what was kept; nothing was when it answers false. */
export async function reopen(app: App, grants: Grants, chair: number): Promise<boolean> {
  const now = app.edge.local();
  openedAway(0);
  let k: Kept | undefined;
  await onShelf(async (shelf) => (k = await found(shelf, chair, now)));
  if (app.whole.value) return true; // the server was quicker
  if (!k) return false;
  app.edge.clock.take(k.offset);
  inZone(k.view.zone ?? "");
  openedAway(k.heard);
  const nav = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
  const h = inHand(sessionStorage, nav?.type === "reload", now);
  if (h) {
    grants.take(h);
    app.touchedAt = h.touched;
    k.view.who = { ...k.view.who, person: h.person, name: h.name, locked: false };
  }
  app.tick();
  app.show(k.view);
  return true;
}

/** keep follows the page and keeps what may be kept, as long as it may be. */
export function keep(app: App, grants: Grants): void {
  let lost = false;
  let heard = app.edge.local();
  let written = 0;
  const put = (): void => {
    const v = app.whole.value;
    // A view from the store is not written back: it is no newer than it was.
    if (!v || v.kept) return;
    const view = keepable(v);
    written = app.edge.local();
    void onShelf((s) => stow(s, view && { view, heard, offset: app.edge.clock.offset }));
  };
  const hand = (): void => {
    const who = app.whole.value?.who;
    const open = !app.locked.value && who?.person && who.device && grants.current !== "";
    write(sessionStorage, handAs, open ? ({ grant: grants.current, person: who.person!, name: who.name ?? "", touched: app.touchedAt, idle_ms: grants.idleMS } satisfies Hand) : undefined);
  };
  onLink((l) => {
    lost = l.lost;
    if (!lost) heard = app.edge.local();
  });
  onTick(() => {
    const now = app.edge.local();
    if (!lost) heard = now;
    hand();
    if (now - written >= writeEveryMS && !lost) put();
    if (lost && now - app.touchedAt >= grants.idleMS) app.lockHere();
  });
  effect(() => {
    void app.whole.value;
    put();
    hand();
  });
  addEventListener("pagehide", put);
  onGone(forget);
  const enrolled = computed(() => app.whole.value && (app.whole.value.who.device ?? "") !== "");
  effect(() => void worker(app, enrolled.value));
}

/** worker has the browser keep the page itself, where this is an enrolled tablet; elsewhere it is let go. */
async function worker(app: App, enrolled: boolean | undefined): Promise<void> {
  if (enrolled === undefined) return;
  try {
    if (!enrolled) return void (await (await navigator.serviceWorker?.getRegistration("/chair/"))?.unregister());
    if (!navigator.serviceWorker) throw new Error("this browser has no service worker");
    await navigator.serviceWorker.register("/chair/worker.js", { scope: "/chair/", updateViaCache: "none" });
  } catch {
    app.unkept.value = enrolled;
  }
}

/** forget is for a browser that the server does not know any more. */
export function forget(): void {
  write(sessionStorage, handAs, undefined);
  void onShelf((s) => stow(s, undefined));
}
