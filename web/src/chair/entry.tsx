// Starts the chair's page: the first view came with the page, the stream
// brings what follows.

import { createElement, render } from "preact";
import { batch, effect } from "@preact/signals";

import { clock, follow, inZone, onLink } from "../shared/live.ts";
import { App } from "./app.ts";
import { ChairPage } from "./chair.tsx";
import { fetchChair, Grants, makeEdge } from "./edge.ts";
import type { Chair, Live } from "./types.ts";

const root = document.querySelector<HTMLElement>("#chair");
/** The page came from this tablet, not from the server. */
const away = root?.dataset["away"] !== undefined;
const number = Number(away ? location.pathname.split("/").at(-1) : root?.dataset["chair"]);

if (root && number > 0) start(root, number);

function differs(said: Chair["who"], known: Chair["who"] | undefined): boolean {
  return said.person !== known?.person || said.device !== known?.device || (said.locked ?? false) !== (known?.locked ?? false);
}

/** rest fetches what the first paint does not need, until it is there. */
async function rest(app: App, grants: Grants): Promise<void> {
  for (;;) {
    try {
      const l = (app.later.value = await import("./later.tsx"));
      if (away && !app.whole.value) app.nothing.value = !(await l.reopen(app, grants, number));
      if (root?.dataset["still"] === undefined) l.keep(app, grants); // a picture in the gallery keeps nothing
      return l.startSound(app);
    } catch {
      await app.edge.wait(2_000);
    }
  }
}

/**
 * probe asks while the server is lost: a stream that it refuses, because it
 * does not know the visitor any more, looks to the browser like a server that
 * is away.
 */
let probing = false;
async function probe(app: App, refresh: () => Promise<void>): Promise<void> {
  if (probing) return;
  probing = true;
  while (app.lost.value) {
    await app.edge.wait(5_000);
    if (app.lost.value && (await fetchChair(number)) === "nobody") await refresh();
  }
  probing = false;
}

function start(root: HTMLElement, number: number): void {
  const grants = new Grants();
  // Asked again until it is answered: a lock that was missed would leave the screen open.
  // Of two questions the later one's answer counts.
  let asked = 0;
  const refresh = async (): Promise<void> => {
    const mine = ++asked;
    for (;;) {
      const v = await fetchChair(number);
      if (mine !== asked) return;
      // Neither the person nor the device is known any more: what was typed stays, what was shown goes.
      if (v === "nobody") return app.later.value?.forget(), location.assign(`/sign-in?next=/chair/${number}`);
      if (v) return app.show(v);
      await app.edge.wait(1_000);
    }
  };
  const app = new App(makeEdge(grants, refresh));
  const first = document.querySelector("#first")?.textContent;
  if (first) {
    const v = JSON.parse(first) as Chair;
    clock.heard(v.at_ms);
    app.tick();
    inZone(v.zone ?? "");
    app.show(v);
  } else void refresh();
  effect(() => {
    const who = app.whole.value?.who;
    if (who) void grants.follow(who);
  });
  // Ages go on by the second; a frame has just moved them all at once.
  let ticking = 0;
  const tick = (): void => {
    clearTimeout(ticking);
    ticking = setTimeout(tick, 1_000);
    app.tick();
  };
  // A picture in the gallery stands still.
  if (root.dataset["still"] === undefined) follow([`chair.${number}`], (kind, data) => {
    // The stream was made for who was here then; who is here now, only the page's own question tells.
    if (kind === "reset" || (kind === "who" && differs(data as Chair["who"], app.whole.value?.who))) return void refresh();
    batch(() => {
      if (kind === "chair") app.show({ ...(data as Chair), who: app.whole.value?.who ?? (data as Chair).who });
      if (kind === "live") app.live(data as Live);
      if (kind === "live" || kind === "chair") tick();
    });
  });
  onLink((l) => {
    app.linked(l.lost, l.heard);
    if (!l.lost) app.edge.sender.resume();
    else void probe(app, refresh);
  });
  addEventListener("online", () => app.edge.sender.resume());
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => app.touched(), { capture: true, passive: true });
  tick();
  void app.restore();
  root.textContent = "";
  render(<ChairPage app={app} />, root);
  void rest(app, grants);
}
