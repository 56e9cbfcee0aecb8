// What opens over the timeline and over nothing else: stop's panel, the
// rest of the acts, the record of the day, the PIN pad.

import { useSignal } from "@preact/signals";
import { createElement, type ComponentChildren } from "preact";

import { clock } from "./age.ts";
import { Button } from "./actions.tsx";
import type { App } from "./app.ts";
import { GateList } from "./gates.tsx";
import { PinPad } from "./pinpad.tsx";
import type { Entry } from "./types.ts";

export function SheetPane({ app }: { app: App }) {
  const s = app.sheet.value;
  if (!s) return null;
  // A locked screen shows no sheet but its own three.
  const unproven = app.unproven.value !== undefined && (s.kind === "form" || s.kind === "away");
  if (app.locked.value && s.kind !== "unlock" && s.kind !== "stop" && s.kind !== "alarms" && !unproven) return null;
  const later = app.later.value;
  switch (s.kind) {
    case "form":
      return later ? <later.FormSheet key={s.draft.id} app={app} sheet={s} /> : <Coming app={app} title={s.act.label} />;
    case "alarms":
      return later ? <later.AlarmSheet app={app} /> : <Coming app={app} title="Alarms" />;
    case "stop":
      return <StopSheet app={app} touched={s.touched} />;
    case "more":
      return <MoreSheet app={app} />;
    case "gates":
      return <Sheet app={app} title="Checks">{(app.whole.value?.gates ?? []).map((g) => <GateList key={g.gate} gate={g} app={app} />)}</Sheet>;
    case "record":
      return <RecordSheet app={app} />;
    case "order":
      return <OrderSheet app={app} />;
    case "label":
      return <LabelSheet app={app} />;
    case "unlock":
      if (!app.lost.value) return <UnlockSheet app={app} />;
      return later ? <later.AwaySheet app={app} /> : <Coming app={app} title="Who is here?" />;
    case "away":
      return later ? <later.AwayActs app={app} /> : <Coming app={app} title="Chart" />;
  }
}

/** What is fetched after the first paint is there at once, unless the network fails just then. */
function Coming({ app, title }: { app: App; title: string }) {
  return <Sheet app={app} title={title}><p class="lead" role="status">This part of the page is still loading. If it does not come, load the page again.</p></Sheet>;
}

/** Sheet is the frame: title, what it holds, the way back. */
export function Sheet({ app, title, intro, children, side }: {
  app: App;
  title: string;
  intro?: string;
  children: ComponentChildren;
  side?: ComponentChildren;
}) {
  return (
    <section class="sheet" role="dialog" aria-label={title} onKeyDown={(e) => e.key === "Escape" && app.close()}>
      <div class="sheet-head">
        <h2>{title}{intro && <span class="intro">{intro}</span>}</h2>
        <button type="button" class="back" onClick={() => app.close()}>Back</button>
      </div>
      <div class="sheet-middle">
        <div class="sheet-body" tabIndex={0} role="group" aria-label={title}>{children}</div>
        {side}
      </div>
    </section>
  );
}

function StopSheet({ app, touched }: { app: App; touched: number }) {
  const form = app.form("session.stop");
  const causes = form?.sections[0]?.fields.find((f) => f.path === "cause")?.options ?? [];
  return (
    <Sheet app={app} title="Stop the pump now">
      <p class="lead">{form?.intro ?? "Stop the pump first. This button records; it does not act on the pump."}</p>
      <p class="lead soft">Recorded as of {clock(app.zone, touched - app.edge.clock.offset)}. Touch Stop again to record it, or say why:</p>
      <div class="grid big">
        {causes.map((o) => (
          <button key={o.value} type="button" class="chip" onClick={() => app.stop(o.value, touched)}>{o.label}</button>
        ))}
      </div>
    </Sheet>
  );
}

function MoreSheet({ app }: { app: App }) {
  const v = app.whole.value!;
  const acts = v.acts.filter((a) => a.act !== "session.stop" && a.act !== "session.help");
  return (
    <Sheet app={app} title="Everything that can be recorded now">
      <div class="grid">{acts.map((a) => <Button key={a.label + JSON.stringify(a.body)} act={{ ...a, primary: false }} app={app} />)}</div>
      <h3>Look up</h3>
      <div class="grid">
        {!v.record_closed && !v.kept && <button type="button" class="act" onClick={() => (app.sheet.value = { kind: "record" })}><b>Entries of this visit</b></button>}
        {(v.order ?? []).length > 0 && <button type="button" class="act" onClick={() => (app.sheet.value = { kind: "order" })}><b>Order as signed</b></button>}
        {(v.gates ?? []).length > 0 && <button type="button" class="act" onClick={() => (app.sheet.value = { kind: "gates" })}><b>Checks</b></button>}
        {!v.record_closed && v.session && !app.lost.value && (v.gates ?? []).some((g) => g.gate === "draw-up" || g.gate === "start") && <a class="act" href={`/sessions/${v.session}/today`}><b>Today?</b><span>all that is asked before treating</span></a>}
        {!v.record_closed && v.session && !app.lost.value && <a class="act" href={`/sessions/${v.session}/pack.pdf`} target="_blank" rel="noopener"><b>Paper for this visit</b><span>for when Stillwatch is down</span></a>}
        {v.timeline && app.prefersGate.value && <button type="button" class="act" onClick={() => app.choosePane("timeline")}><b>Timeline</b></button>}
        <button type="button" class="act" onClick={() => void app.lock()}><b>Lock</b><span>{v.who.name}</span></button>
      </div>
      {v.kept && <p class="soft">Entries, order and checks are with the server, which is away.</p>}
      {v.record_closed && <p class="soft">The record of this visit is closed to your role. In an emergency it is opened at the desk, from the list of visits.</p>}
      <h3>Go to</h3>
      <div class="grid">
        <Go to="/board" label="Board" />
        <Go to="/sessions" label="Visits" />
        {/* A chair's tablet is locked, not signed out of. */}
        {!v.who.device && <form class="grid" method="post" action="/sign-out"><button type="submit" class="act"><b>Sign out</b></button></form>}
      </div>
    </Sheet>
  );
}

/** Go leads to another page: nothing typed is lost, it stays on this device. */
function Go({ to, label }: { to: string; label: string }) {
  return <a class="act" href={to}><b>{label}</b></a>;
}

/** What is written on the bag, or printed and stuck on it. The time-out asks for its code from the bag, not from here. */
function LabelSheet({ app }: { app: App }) {
  const l = app.whole.value?.label;
  if (!l) return <Sheet app={app} title="Label for the bag"><p class="lead">The label was read at the chair.</p></Sheet>;
  return (
    <Sheet app={app} title="Label for the bag" intro="Write it on the bag, or print it. At the chair the code is read from the bag.">
      <div class="label-print">
        <p class="code">{l.code}</p>
        <p>{l.patient}</p>
        <p>{l.drug}</p>
        <p>prepared by {l.by}</p>
        <p>use by <b>{l.use_by}</b></p>
      </div>
      <button type="button" class="act" onClick={() => window.print()}><b>Print</b></button>
    </Sheet>
  );
}

/** The order in force, to be read and not to be changed. */
function OrderSheet({ app }: { app: App }) {
  const parts = app.whole.value?.order ?? [];
  return (
    <Sheet app={app} title="Order as signed" intro="What is in force now. It is changed only by another order.">
      {parts.length === 0 && <p class="soft">No order is attached.</p>}
      <dl class="order" tabIndex={0} aria-label="Order as signed">{parts.map((p) => <div key={p.part + p.text}><dt class="quiet">{p.part}</dt><dd>{p.text}</dd></div>)}</dl>
    </Sheet>
  );
}

function RecordSheet({ app }: { app: App }) {
  const v = app.whole.value;
  const entries = v?.entries ?? [];
  return (
    <Sheet app={app} title="Entries of this visit">
      {entries.length === 0 && <p class="soft">{v?.record_closed ? "The record is closed to your role." : "Nothing is recorded yet."}</p>}
      <ol class="entries" role="list">{entries.map((e) => <Line key={e.position} entry={e} app={app} />)}</ol>
    </Sheet>
  );
}

function Line({ entry: e, app }: { entry: Entry; app: App }) {
  return (
    <li class={e.struck ? "struck" : ""}>
      <span class="time">{e.time}</span>
      <div>
        <p><b class={e.tone === "amber" || e.tone === "red" ? e.tone : ""}>{e.title}</b> {e.text}</p>
        {e.findings?.map((f) => <p key={f} class="amber"><span class="shape" />{f}</p>)}
        {e.replaced?.map((r) => <p key={r} class="quiet">was: {r}</p>)}
        <p class="quiet">{e.by}</p>
      </div>
      {e.amend && !app.locked.value && <button type="button" class="back" onClick={() => app.open(e.amend!)}>{e.amend.label}</button>}
    </li>
  );
}

function UnlockSheet({ app }: { app: App }) {
  const people = app.whole.value?.choices?.["people"] ?? [];
  const trouble = useSignal("");
  const v = app.whole.value;
  if (!v?.who.device) return (
    <Sheet app={app} title="Who is here?">
      <p class="lead">A PIN counts only on an enrolled tablet or station, and this device is not one.</p>
      <div class="grid big"><Go to={`/sign-in?next=/chair/${v?.chair ?? ""}`} label="Sign in with your password" /></div>
    </Sheet>
  );
  return (
    <Sheet app={app} title="Who is here?">
      <PinPad
        people={people}
        first={app.whole.value?.who.person ?? ""}
        trouble={trouble.value}
        onDone={async (person, pin) => {
          trouble.value = await app.unlock(person, pin);
          return trouble.value === "";
        }}
      />
    </Sheet>
  );
}
