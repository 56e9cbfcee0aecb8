// The one time axis. The canvas is redrawn at most once a second and once
// per frame that arrives; a table of the same facts stands beside it for
// those who do not see the picture.

import { useEffect, useRef } from "preact/hooks";
import { signal, useSignal } from "@preact/signals";

import { clock, zoneMS } from "./age.ts";
import type { App } from "./app.ts";
import { frame, joinMS, when, x } from "./geometry.ts";
import { paint, type Ink } from "./paint.ts";
import type { Timeline } from "./types.ts";

/** Bumped when fonts or colours changed, so that the canvas follows. */
const look = signal(0);
if (typeof document !== "undefined") void document.fonts?.ready.then(() => look.value++);

export function TimelinePane({ app }: { app: App }) {
  const t = app.view.value?.timeline;
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
  }, []);

  const now = app.lost.value && app.view.value ? app.view.value.at_ms : app.now.value;
  useEffect(() => {
    void look.value;
    if (t && canvas.current) draw(canvas.current, t, size.value, now, app.zone, app.lost.value, probe.value);
  }, [t, size.value, Math.floor(now / 1000), probe.value, look.value, app.emergency.value, app.lost.value]);

  if (!t) return <Empty app={app} />;
  const point = (e: PointerEvent): void => {
    probe.value = when(frame(t, size.value.w, size.value.h), e.offsetX);
  };
  return (
    <div class="timeline" ref={box}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Timeline from ${clock(app.zone, t.from_ms)} to now; the table after it holds the same facts.`}
        onPointerDown={point}
        onPointerMove={(e) => (e.buttons > 0 || e.pointerType === "mouse") && point(e)}
        onPointerLeave={() => (probe.value = undefined)}
        onPointerUp={(e) => e.pointerType !== "mouse" && setTimeout(() => (probe.value = undefined), 4000)}
      />
      {probe.value !== undefined && size.value.w > 0 && <Readout t={t} at={probe.value} zone={app.zone} w={size.value.w} h={size.value.h} />}
      <Table t={t} zone={app.zone} />
    </div>
  );
}

function Empty({ app }: { app: App }) {
  const v = app.view.value!;
  return (
    <div class="nothing">
      <p>{v.session ? v.phase_text : "No visit is planned at this chair."}</p>
      {v.next && <p class="soft">Next: {v.next.text}{v.next.sub ? `, ${v.next.sub}` : ""}</p>}
    </div>
  );
}

function draw(el: HTMLCanvasElement, t: Timeline, size: { w: number; h: number }, now: number, zone: string, lost: boolean, probe?: number): void {
  const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const c = el.getContext("2d");
  if (!c || size.w === 0) return;
  el.width = Math.round(size.w * ratio);
  el.height = Math.round(size.h * ratio);
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  paint(c, frame(t, size.w, size.h), t, inkOf(el), {
    now, zoneMS: zoneMS(zone, t.from_ms), clock: (ms) => clock(zone, ms), nowLabel: `${clock(zone, now)} ${lost ? "last heard" : "now"}`, probe,
  });
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
function Readout({ t, at, zone, w, h }: { t: Timeline; at: number; zone: string; w: number; h: number }) {
  const rows = t.lanes.flatMap((l) => {
    if (l.kind === "nibp") {
      const c = t.cuffs?.filter((q) => q.at_ms <= at).at(-1);
      return c ? [`${l.label} ${c.text}`] : [];
    }
    return (t.series ?? []).filter((s) => s.kind === l.kind).flatMap((s) => {
      const p = s.points.findLast((q) => q[0] <= at);
      return p && at - p[0] <= joinMS ? [`${l.label} ${p[1]} ${l.unit}${s.where ? ` ${s.where}` : ""}`] : [];
    });
  });
  const f = frame(t, w, h);
  const right = x(f, at) > w / 2;
  const near = t.events?.filter((e) => Math.abs(x(f, e.at_ms) - x(f, at)) < 12).map((e) => e.text) ?? [];
  return (
    <div class={`readout ${right ? "at-left" : "at-right"}`}>
      <b>{clock(zone, at)}</b>
      {[...rows, ...near].map((r) => <span key={r}>{r}</span>)}
      {rows.length === 0 && <span class="soft">nothing measured</span>}
    </div>
  );
}

function Table({ t, zone }: { t: Timeline; zone: string }) {
  const rows = [
    ...(t.rate ?? []).map((r) => [r.from_ms, `Rate ${r.text}`] as const),
    ...(t.cuffs ?? []).map((c) => [c.at_ms, `Pressure ${c.text}`] as const),
    ...(t.events ?? []).map((e) => [e.at_ms, e.text] as const),
    ...(t.series ?? []).flatMap((s) => (s.gaps ?? []).map((g) => [g.from_ms, `${t.lanes.find((l) => l.kind === s.kind)?.label ?? s.kind}${s.where ? ` ${s.where}` : ""}: ${g.text}`] as const)),
  ].sort((a, b) => a[0] - b[0]);
  return (
    <table class="unseen">
      <caption>Timeline</caption>
      <tbody>{rows.map(([ms, text]) => <tr key={`${ms}${text}`}><th scope="row">{clock(zone, ms)}</th><td>{text}</td></tr>)}</tbody>
    </table>
  );
}
