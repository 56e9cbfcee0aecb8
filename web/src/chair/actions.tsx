// The bar of acts: what is next is the one bright thing, help is always
// there, stop stands apart in its corner. Buttons record; they do not act on
// the pump, and say so.

import { Fragment, createElement } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";

import type { App } from "./app.ts";
import type { Act } from "./types.ts";

/** Acts with their own fixed places in the bar. */
const placed = ["session.stop", "session.help"];

let pen: CanvasRenderingContext2D | null | undefined;

/** wide measures a text as the bar draws it. */
function wide(text: string, font: string): number {
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return text.length * 9;
  pen.font = `${font} ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

/** widths of acts as buttons, each with the gap after it. */
function widths(acts: readonly Act[]): number[] {
  const around = 34 + 10;
  return acts.map((a) => Math.ceil(Math.max(72 - 34, wide(a.label, "650 18px"), a.sub ? wide(a.sub, "400 14.5px") : 0)) + around);
}

/** fit gives how many of the buttons find room beside "More", which is always there. */
export function fit(widths: readonly number[], room: number): number {
  const more = 84;
  let used = 0;
  let n = 0;
  for (const [i, w] of widths.entries()) {
    if (used + w + more > room) break;
    used += w;
    n = i + 1;
  }
  return n;
}

export function Actions({ app }: { app: App }) {
  const v = app.whole.value!;
  const bar = useRef<HTMLElement>(null);
  const room = useSignal(0);
  useEffect(() => {
    const el = bar.current;
    if (!el) return;
    const o = new ResizeObserver(() => (room.value = el.clientWidth));
    o.observe(el);
    return () => o.disconnect();
  }, []);
  // While a sheet is filled in, its own act is the next one: it stands here.
  const Foot = app.foot.value?.run;
  const own = v.acts.filter((a) => !placed.includes(a.act));
  const primary = own.find((a) => a.primary);
  const others = own.filter((a) => a !== primary);
  const shown = room.value < 700 ? 0 : fit(widths(others), room.value - 24 - 32 - (primary ? 242 : 0) - 140 - 190);
  return (
    <nav class="acts" aria-label="Acts" ref={bar}>
      <div class="mine">
        {app.locked.value && !(app.unproven.value && Foot) ? <Unlock app={app} /> : Foot ? <Foot /> : (
          <>
            {primary && <Button act={primary} app={app} />}
            {others.slice(0, shown).map((a) => <Button key={a.label + JSON.stringify(a.body)} act={a} app={app} />)}
            <button type="button" class="act" onClick={() => app.toggle("more")}><b>More</b></button>
          </>
        )}
      </div>
      <Help app={app} />
      <Stop app={app} />
    </nav>
  );
}

function Unlock({ app }: { app: App }) {
  if (app.sheet.value?.kind === "unlock") return null; // the pad is open and needs the room
  return (
    <button type="button" class="act primary" onClick={() => app.toggle("unlock")}>
      <b>{app.lost.value ? "Chart" : "Unlock"}</b>
      <span>{app.lost.value ? "signed when the server is back" : "values, help and stop stay"}</span>
    </button>
  );
}

/** An act that is not possible now stays readable and says why. */
export function Button({ act, app }: { act: Act; app: App }) {
  const blocked = !act.enabled;
  return (
    <button type="button" class={`act${act.primary ? " primary" : ""}${blocked ? " off" : ""}`} aria-disabled={blocked} onClick={() => app.start(act)}>
      <b>{act.label}</b>
      {act.sub && <span>{act.sub}</span>}
    </button>
  );
}

function Help({ app }: { app: App }) {
  const open = app.emergency.value;
  return (
    <button type="button" class="act help" disabled={open} onClick={() => app.help()}>
      <b>{open ? "Help called" : "Call for help"}</b>
    </button>
  );
}

/** possible is false only where the server says so: at a chair without a visit. */
function possible(app: App, name: string): boolean {
  return app.act(name)?.enabled !== false;
}

/**
 * Stop opens its panel at the first touch and keeps that time. A second touch
 * in the same corner records; a cause, tapped instead, records with it.
 */
function Stop({ app }: { app: App }) {
  const s = app.sheet.value;
  const open = s?.kind === "stop";
  return (
    <button
      type="button"
      class={`act stop${open ? " armed" : ""}`}
      onClick={() => (!possible(app, "session.stop") ? app.stop("", 0) : open ? app.stop("not said yet", s.touched) : (app.sheet.value = { kind: "stop", touched: app.edge.local() }))}
    >
      <b><span class="octagon" aria-hidden="true" />{open ? "Record stop" : "Stop"}</b>
      <span>{open ? "pump is stopped" : "stop pump, then record"}</span>
    </button>
  );
}
