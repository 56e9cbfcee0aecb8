// What models expect of the rates that were read: a prediction in a lane of its own,
// hatched in grey, shown when somebody asks and gone when the screen locks. Where the
// server is lost, or the rate has changed, what was fetched is not shown any longer.

import { createElement } from "preact";
import { useEffect } from "preact/hooks";
import { useComputed, useSignal } from "@preact/signals";

import type { App } from "./app.ts";
import { x, y, type Frame, type Strip } from "./geometry.ts";
import type { Ink } from "./paint.ts";
import type { Expected, Timeline } from "./types.ts";

/** Predicted is what the timeline draws of a prediction. */
export interface Predicted {
  /** of is the visit, and rates the rates, that it was worked out from. */
  of: string;
  rates: string;
  words: string;
  with(t: Timeline): Timeline;
  paint(c: CanvasRenderingContext2D, f: Frame, s: Strip, ink: Ink): void;
}

/** ratesOf tells the rates of a timeline as the server does. */
export function ratesOf(t: Timeline | undefined): string {
  return (t?.rate ?? []).map((r) => `${r.from_ms} ${r.rate}`).join("; ");
}

export function predicted(e: Expected): Predicted {
  return {
    of: e.session,
    rates: e.rates,
    words: e.words,
    with: (t) => ({ ...t, lanes: [...t.lanes, { kind: "expected", label: "Predicted", unit: `plasma ${e.unit}`, low: 0, high: e.top }] }),
    paint: (c, f, s, ink) => paintExpected(c, f, s, ink, e),
  };
}

/** inside are the points of the frame, with one on either side. */
function inside(f: Frame, e: Expected): Expected["points"] {
  const first = e.points.findIndex((p) => p[0] >= f.from);
  const last = e.points.findLastIndex((p) => p[0] <= f.to);
  return first < 0 || last < 0 ? [] : e.points.slice(Math.max(0, first - 1), last + 2);
}

export function paintExpected(c: CanvasRenderingContext2D, f: Frame, s: Strip, ink: Ink, e: Expected): void {
  const points = inside(f, e);
  if (points.length < 2) return;
  c.save();
  c.beginPath();
  c.rect(f.left, s.top, f.right - f.left, s.bottom - s.top);
  c.clip();
  c.beginPath();
  points.forEach((p, i) => (i ? c.lineTo(x(f, p[0]), y(s, p[2])) : c.moveTo(x(f, p[0]), y(s, p[2]))));
  for (const p of [...points].reverse()) c.lineTo(x(f, p[0]), y(s, p[1]));
  c.closePath();
  c.save();
  c.clip();
  c.strokeStyle = ink.quiet;
  c.lineWidth = 1;
  c.beginPath();
  const height = s.bottom - s.top;
  for (let at = f.left - height; at < f.right; at += 6) {
    c.moveTo(at, s.bottom);
    c.lineTo(at + height, s.top);
  }
  c.stroke();
  c.restore();
  c.strokeStyle = ink.soft;
  c.setLineDash([6, 4]);
  c.lineWidth = 1.5;
  c.beginPath();
  points.forEach((p, i) => (i ? c.lineTo(x(f, p[0]), y(s, p[3])) : c.moveTo(x(f, p[0]), y(s, p[3]))));
  c.stroke();
  c.setLineDash([]);
  words(c, f, s, ink, e.words);
  c.restore();
}

/** words stand in the lane itself, so that no picture of it is without them. */
function words(c: CanvasRenderingContext2D, f: Frame, s: Strip, ink: Ink, text: string): void {
  c.font = `12.5px ${ink.font}`;
  c.textAlign = "left";
  c.textBaseline = "top";
  const room = f.right - f.left - 12;
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && c.measureText(longer).width <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  lines.forEach((line, i) => {
    const wide = c.measureText(line).width;
    c.fillStyle = ink.ground;
    c.fillRect(f.left + 4, s.top + 2 + i * 16, wide + 6, 16);
    c.fillStyle = ink.soft;
    c.fillText(line, f.left + 7, s.top + 4 + i * 16);
  });
}

async function fetched(chair: number): Promise<Expected | string> {
  try {
    const r = await fetch(`/v1/chair/${chair}/expected`, { headers: { accept: "application/json" } });
    const body = (await r.json()) as Expected & { text?: string };
    return r.ok ? body : (body.text ?? "It could not be worked out.");
  } catch {
    return "The server did not answer.";
  }
}

/** ExpectedSwitch shows and hides the prediction. It is off whenever the page opens. */
export function ExpectedSwitch({ app }: { app: App }) {
  const wanted = useSignal(false);
  const trouble = useSignal("");
  const t = app.part("timeline");
  const may = useComputed(() => !app.locked.value && !app.lost.value && (t.value?.rate ?? []).length > 0).value;
  const rates = useComputed(() => ratesOf(t.value)).value;
  const visit = app.part("session").value ?? "";

  useEffect(() => {
    if (!may) wanted.value = false; // a locked screen, or one that lost the server, shows none
  }, [may]);
  const on = wanted.value && may;
  useEffect(() => {
    app.predicted.value = undefined;
    trouble.value = "";
    if (!on) return;
    let mine = true;
    void fetched(app.whole.peek()!.chair).then((e) => {
      if (!mine) return;
      if (typeof e === "string") trouble.value = e;
      else if (e.session === visit) app.predicted.value = predicted(e);
    });
    return () => {
      mine = false;
      app.predicted.value = undefined;
    };
  }, [on, rates, visit]);

  if (!may) return null;
  return (
    <div class="expected">
      <button type="button" aria-pressed={on} onClick={() => (wanted.value = !on)}>{on ? "Hide predicted" : "Show predicted"}</button>
      <span role="status">{trouble.value || (app.predicted.value ? <span class="unseen">{app.predicted.value.words}</span> : "")}</span>
    </div>
  );
}
