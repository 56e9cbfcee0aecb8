// The one time axis. The canvas is drawn again only when something on it
// would stand elsewhere; a table of the same facts stands beside it for those
// who do not see the picture.

import { createElement } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";

import { clock, zoneMS } from "./age.ts";
import type { App } from "./app.ts";
import type { Predicted } from "./expected.tsx";
import { frame, joinMS, stands, when, x, type Frame } from "./geometry.ts";
import { paint, type Ink } from "./paint.ts";
import { useKept } from "./parts.tsx";
import type { Timeline } from "./types.ts";

/** Bumped when fonts or colours changed, so that the canvas follows. */
const look = signal(0);
if (typeof document !== "undefined") void document.fonts?.ready.then(() => look.value++);

export function TimelinePane({ app }: { app: App }) {
  const there = useComputed(() => app.part("timeline").value !== undefined).value;
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const probe = useSignal<number | undefined>(undefined);
  const size = useSignal({ w: 0, h: 0 });

  useEffect(() => {
    const el = box.current;
    if (!el) return;
    const o = new ResizeObserver(() => (size.value = { w: el.clientWidth, h: el.clientHeight }));
    o.observe(el);
    return () => o.disconnect();
  }, [there]);

  const drawn = useRef<unknown[]>([]);
  const ink = useRef<Ink | undefined>(undefined);
  useSignalEffect(() => {
    const measured = app.part("timeline").value;
    const predicted = app.predicted.value;
    const t = measured && predicted ? predicted.with(measured) : measured;
    const { w, h } = size.value;
    const now = app.lost.value ? app.part("at_ms").value! : app.now.value;
    if (!t || !canvas.current || w === 0) return;
    const f = frame(t, w, h);
    const label = `${clock(app.zone, now)} ${app.lost.value ? "last heard" : "now"}`;
    const next = [look.value, canvas.current, w, h, probe.value, label, predicted, ...stands(f, t, now)];
    if (next.length === drawn.current.length && next.every((v, i) => v === drawn.current[i])) return;
    if (next[0] !== drawn.current[0]) ink.current = undefined;
    drawn.current = next;
    draw(canvas.current, f, t, (ink.current ??= inkOf(canvas.current)), now, app.zone, label, probe.value, predicted?.paint);
  });

  if (!there) return <Empty app={app} />;
  const Switch = app.later.value?.ExpectedSwitch;
  const from = app.whole.value?.timeline?.from_ms ?? 0;
  const point = (e: PointerEvent): void => {
    const t = app.part("timeline").peek();
    if (t) probe.value = when(frame(t, size.value.w, size.value.h), e.offsetX);
  };
  return (
    <div class="timeline" ref={box}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Timeline from ${clock(app.zone, from)} to now; the table after it holds the same facts.`}
        onPointerDown={point}
        onPointerMove={(e) => (e.buttons > 0 || e.pointerType === "mouse") && point(e)}
        onPointerLeave={() => (probe.value = undefined)}
        onPointerUp={(e) => e.pointerType !== "mouse" && setTimeout(() => (probe.value = undefined), 4000)}
      />
      {probe.value !== undefined && size.value.w > 0 && <Readout app={app} at={probe.value} w={size.value.w} h={size.value.h} />}
      <Table app={app} />
      {Switch && <Switch app={app} />}
    </div>
  );
}

function Empty({ app }: { app: App }) {
  const v = app.whole.value!;
  const next = app.part("next").value;
  return (
    <div class="nothing">
      <p>{v.session ? v.phase_text : "No visit is planned at this chair."}</p>
      {next && <p class="soft">Next: {next.text}{next.sub ? `, ${next.sub}` : ""}</p>}
    </div>
  );
}

function draw(el: HTMLCanvasElement, f: Frame, t: Timeline, ink: Ink, now: number, zone: string, nowLabel: string, probe?: number, predicted?: Predicted["paint"]): void {
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const c = el.getContext("2d");
  if (!c) return;
  const [w, h] = [Math.round(f.width * ratio), Math.round(f.height * ratio)];
  // To set a canvas' size, even to the same, throws its memory away.
  if (el.width !== w) el.width = w;
  if (el.height !== h) el.height = h;
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  paint(c, f, t, ink, { now, zoneMS: zoneMS(zone, t.from_ms), clock: (ms) => clock(zone, ms), nowLabel, probe, predicted });
}

/** inkOf reads the theme from the page's tokens: colours stand in one place. */
function inkOf(el: Element): Ink {
  const css = getComputedStyle(el);
  const v = (name: string): string => css.getPropertyValue(name).trim();
  return {
    text: v("--ink"), soft: v("--ink-2"), quiet: v("--ink-3"), line: v("--line"), future: v("--future"), ground: v("--ground"),
    accent: v("--accent"), amber: v("--amber"), red: v("--red"), font: v("--font"),
    channel: {
      rate: v("--rate"), nibp: v("--pressure"), pulse: v("--pulse"), hr: v("--pulse"), spo2: v("--spo2"), rr: v("--breathing"), etco2: v("--breathing"),
    },
  };
}

/** Readout says what was measured where the finger rests; nothing is interpolated. */
function Readout({ app, at, w, h }: { app: App; at: number; w: number; h: number }) {
  const t = app.part("timeline").value;
  if (!t) return null;
  const f = frame(t, w, h);
  const rows = t.lanes.flatMap((l) => {
    if (l.kind === "nibp") {
      const c = t.cuffs?.filter((q) => q.at_ms <= at).at(-1);
      return c ? [`${l.label} ${c.text}`] : [];
    }
    const kept = (t.kept ?? []).filter((k) => k.kind === l.kind && Math.abs(x(f, k.at_ms) - x(f, at)) < 8).map((k) => `${l.label} ${k.text}`);
    if (kept.length > 0) return kept;
    return (t.series ?? []).filter((s) => s.kind === l.kind).flatMap((s) => {
      const p = s.points.findLast((q) => q[0] <= at);
      return p && at - p[0] <= joinMS ? [`${l.label} ${p[1]} ${l.unit}${s.where ? ` ${s.where}` : ""}`] : [];
    });
  });
  const right = x(f, at) > w / 2;
  const near = t.events?.filter((e) => Math.abs(x(f, e.at_ms) - x(f, at)) < 12).map((e) => e.text) ?? [];
  return (
    <div class={`readout ${right ? "at-left" : "at-right"}`}>
      <b>{clock(app.zone, at)}</b>
      {[...rows, ...near].map((r) => <span key={r}>{r}</span>)}
      {rows.length === 0 && <span class="soft">nothing measured</span>}
    </div>
  );
}

function Table({ app }: { app: App }) {
  const rows = useKept(() => facts(app.part("timeline").value)).value;
  return (
    <table class="unseen">
      <caption>Timeline</caption>
      <tbody>{rows.map(([ms, text]) => <tr key={`${ms}${text}`}><th scope="row">{clock(app.zone, ms)}</th><td>{text}</td></tr>)}</tbody>
    </table>
  );
}

function facts(t: Timeline | undefined): (readonly [number, string])[] {
  if (!t) return [];
  return [
    ...(t.rate ?? []).map((r) => [r.from_ms, `Rate ${r.text}`] as const),
    ...(t.cuffs ?? []).map((c) => [c.at_ms, `Pressure ${c.text}`] as const),
    ...(t.kept ?? []).map((k) => [k.at_ms, `${t.lanes.find((l) => l.kind === k.kind)?.label ?? k.kind} ${k.text}`] as const),
    ...(t.events ?? []).map((e) => [e.at_ms, e.text] as const),
    ...(t.series ?? []).flatMap((s) => (s.gaps ?? []).map((g) => [g.from_ms, `${t.lanes.find((l) => l.kind === s.kind)?.label ?? s.kind}${s.where ? ` ${s.where}` : ""}: ${g.text}`] as const)),
  ].sort((a, b) => a[0] - b[0]);
}
