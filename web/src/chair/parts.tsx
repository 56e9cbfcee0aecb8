// The parts of the chair that are always there, locked or not: who sits
// here, what is measured, what needs attention, help and stop.

import { Fragment, createElement } from "preact";
import { useRef } from "preact/hooks";
import { useComputed, type ReadonlySignal } from "@preact/signals";

import { ageText } from "../shared/ages.ts";
import { clock, span, stale } from "./age.ts";
import type { App } from "./app.ts";
import { own, type Draft } from "./drafts.ts";
import type { Waiting as Held } from "../shared/outbox.ts";
import { kept } from "./merge.ts";
import type { Act, Notice, Tile } from "./types.ts";

/** Elsewhere is help called at another chair, locked or not: which chair and since when, and nobody's name; and who at this screen is called elsewhere. */
export function Elsewhere({ app }: { app: App }) {
  const all = app.part("calls").value ?? [];
  const help = all.filter((c) => !c.text);
  const asked = app.locked.value ? [] : all.filter((c) => c.text);
  if (help.length + asked.length === 0) return null;
  return (
    <div class="calls">
      {help.length > 0 && <p class="elsewhere" role="alert">{help.map((c) => <span key={c.chair}><span class="octagon" />Help called at chair {c.chair} since {clock(app.zone, c.since_ms)}</span>)}</p>}
      {asked[0] && <p class="asked" role="alert"><span class={asked[0].tone}><span class="shape" />{asked[0].text}, since {clock(app.zone, asked[0].since_ms)}</span>{asked.length > 1 && <span class="soft">{asked.length - 1} more</span>}</p>}
    </div>
  );
}

export function Header({ app }: { app: App }) {
  const v = app.whole.value!;
  const p = v.patient;
  return (
    <header class="head">
      <div class="who">
        <h1>
          <span class="number">{v.chair}</span>
          {p ? p.name : <span class="soft">No patient</span>}
        </h1>
        {p && (
          <p class="facts">
            {p.born}
            {p.weight ? ` · ${p.weight}` : ""} · <Allergies text={p.allergies} known={p.allergies_known} />
          </p>
        )}
      </div>
      <p class="line">
        <strong class="phase">{v.phase_text}</strong> <Headline app={app} phase={v.phase_text} />
      </p>
      <div class="side">
        <p>
          <LinkText app={app} />
          <HeardText app={app} />
        </p>
        <Beside app={app} />
        <p>{v.staff}</p>
      </div>
    </header>
  );
}

/** The line after the phase: parts stand apart by a dot, one that begins with "of" belongs to the one before. */
function Headline({ app, phase }: { app: App; phase: string }) {
  const parts = app.part("headline").value ?? [];
  const rest = parts[0]?.text === phase ? parts.slice(1) : parts;
  return (
    <>
      {rest.map((p, i) => (
        <span key={i}>
          {i === 0 ? "" : p.text.startsWith("of ") ? " " : " · "}
          {p.strong ? <strong>{p.text}</strong> : p.text}
        </span>
      ))}
    </>
  );
}

function Allergies({ text, known }: { text: string; known: boolean }) {
  return known ? <span class="ink">{text}</span> : <span class="amber"><span class="shape" />{text}</span>;
}

/** The monitor's line: its age while it lives, its state in words when it does not. */
function LinkText({ app }: { app: App }) {
  const link = app.part("link").value!;
  const age = useComputed(() => {
    const last = Math.max(...(app.part("tiles").value ?? []).filter((t) => t.kind !== "nibp").map((t) => t.at_ms ?? 0), 0);
    return last > 0 && app.part("link").value?.state === "linked" ? ` ${ageText(app.now.value - last)}` : "";
  });
  if (app.lost.value) return <span>{link.monitor ?? "monitor"}: not known</span>;
  if (link.tone === "plain" || link.tone === "quiet") return <span>{link.text}{age}</span>;
  return <span class={link.tone}><span class="shape" />{link.text}</span>;
}

/** Beside is what only the bedside monitor alarms on. */
function Beside({ app }: { app: App }) {
  const text = app.part("link").value!.beside;
  return text ? <p class="beside">{text}</p> : null;
}

function HeardText({ app }: { app: App }) {
  const h = app.part("hearing").value;
  return h?.text && !h.nobody && !app.lost.value ? <> · {h.text}</> : null;
}

/** Unheard says that nobody is proven to hear this chair, which then sounds itself, where it can. */
function Unheard({ app }: { app: App }) {
  const h = app.part("hearing").value;
  if (!h?.nobody || app.lost.value) return null;
  const how = { on: "This tablet sounds its alarms.", off: "Touch here, so that this tablet can sound its alarms.", impossible: "This browser cannot sound." }[app.sound.value];
  return (
    <p class="note">
      <span class="amber"><span class="shape" />{h.text}. {how}</span>
      {app.sound.value === "off" && <button type="button">Turn sound on</button>}
    </p>
  );
}

/** Alone is a chair without the server: it sounds, unless somebody here has said for how long not. */
function Alone({ app }: { app: App }) {
  const h = app.part("hearing").value;
  const link = app.link.value;
  if (!link.lost || !h?.watched) return null;
  if (app.now.value > 0 && app.edge.local() < link.quiet) {
    return <p class="note"><span class="amber"><span class="shape" />No connection. Somebody is here: this chair is quiet for {span(link.quiet - app.edge.local())} more.</span></p>;
  }
  const how = { on: "This chair sounds until somebody says that they are here.", off: "Touch here, so that this tablet can sound.", impossible: "This browser cannot sound." }[app.sound.value];
  return (
    <p class="note" role="alert">
      <span class="amber"><span class="shape" />No connection: nobody is known to hear this chair. {app.alone.value || app.sound.value !== "on" ? how : "It will sound soon."}</span>
      <span class="pair">{(h.quiet_min ?? []).map((n) => <button key={n} type="button" onClick={() => app.quieten(n)}>I am here: quiet for {n} min</button>)}</span>
    </p>
  );
}

/** Which tiles there are changes rarely; what one says, often; its age, always. Each is drawn by itself. */
export function Values({ app }: { app: App }) {
  const tiles = useKinds(app, "tiles");
  const scores = useKinds(app, "scores");
  return (
    <section class="values" aria-label="Values" tabIndex={0}>
      {tiles.map((kind) => <Value key={kind} kind={kind} among="tiles" app={app} />)}
      {scores.length > 0 && <div class="scores">{scores.map((kind) => <Value key={kind} kind={kind} among="scores" app={app} />)}</div>}
      {tiles.length === 0 && <p class="none">{app.part("link").value!.text}</p>}
    </section>
  );
}

type Among = "tiles" | "scores";

/** useKept is a computed value that stands still while it says the same. */
export function useKept<T>(compute: () => NonNullable<T>): ReadonlySignal<NonNullable<T>> {
  const last = useRef<NonNullable<T> | undefined>(undefined);
  return useComputed(() => (last.current = kept(last.current, compute())));
}

function useKinds(app: App, among: Among): string[] {
  return useKept(() => (app.part(among).value ?? []).map((t) => t.kind)).value;
}

function Value({ kind, among, app }: { kind: string; among: Among; app: App }) {
  const tile = (): Tile => (app.part(among).value ?? []).find((t) => t.kind === kind) ?? { kind, label: "", text: "" };
  const t = useKept(() => ({ ...tile(), at_ms: 0 })).value;
  const age = useComputed(() => {
    const at = tile().at_ms;
    return at ? ageText(app.now.value - at) : "";
  });
  const old = useComputed(() => stale(tile(), app.now.value, app.lost.value)).value;
  return (
    <div class={`value ${t.kind}${old ? " old" : ""}${t.mark ? ` of-${t.tone}` : ""}`}>
      <p class="label">
        <span>{t.label}{t.mark && <b class={t.tone}> <span class="shape" />{t.mark}</b>}</span>
        <span class="age">{age}</span>
      </p>
      {t.text === "" ? (
        <p class="empty">{t.empty || "not measured"}</p>
      ) : (
        <p class="figure">
          <b>{t.text}</b> {t.unit}
          {old && <span class="unseen"> old value</span>}
        </p>
      )}
      {t.context && <p class="context">{t.context}</p>}
    </div>
  );
}

export function Notices({ app }: { app: App }) {
  return (
    <div class="notes" role="status" tabIndex={app.locked.value ? 0 : undefined /* several of them scroll; without buttons the keyboard needs a way in */}>
      {app.whole.value!.label && !app.locked.value && app.sheet.value === undefined && (
        <p class="note">
          <span>The bag is prepared. Its label goes on it now.</span>
          <button type="button" onClick={() => (app.sheet.value = { kind: "label" })}>Label for the bag</button>
        </p>
      )}
      <Unheard app={app} />
      <ClockOff app={app} />
      <Alone app={app} />
      {(app.part("notices").value ?? []).map((n) => <NoticeLine key={n.text} notice={n} app={app} />)}
      <Waiting app={app} />
      <Unfinished app={app} />
      {app.unkept.value && <p class="note"><span class="soft">This browser does not keep the page: leave it open, or it cannot be opened while the server is away. How to trust the server: <a href="/trust">/trust</a></span></p>}
      {app.said.value && (
        <p class="note">
          <span>{app.said.value}</span>
          <button type="button" onClick={() => (app.said.value = "")}>Seen</button>
        </p>
      )}
    </div>
  );
}

/** ClockOff says that this device's clock is off; from where on that is said, Go decides. */
function ClockOff({ app }: { app: App }) {
  const off = useComputed(() => (app.now.value, Math.round(app.edge.clock.offset / 10_000) * 10_000)).value;
  const most = app.whole.value?.clock_off_ms ?? 0;
  if (most === 0 || Math.abs(off) <= most) return null;
  return <p class="note"><span class="amber"><span class="shape" />This device's clock is {ageText(Math.abs(off))} {off > 0 ? "ahead of" : "behind"} the server's. What is charted here is corrected by that. Set its clock.</span></p>;
}

function NoticeLine({ notice: n, app }: { notice: Notice; app: App }) {
  return (
    <p class="note">
      <span class={n.tone}><span class="shape" />{n.text}</span>
      {n.act && !app.locked.value && <button type="button" onClick={() => settle(app, n.act!)}>{n.act.label}</button>}
    </p>
  );
}

/**
 * settle does what a notice asks for. Confirming the monitor again is one tap:
 * patient, monitor and gap stand in the notice itself.
 */
function settle(app: App, act: Act): void {
  const whole = act.act === "session.link-monitor" && typeof act.body?.["monitor"] === "string";
  const plain = app.form(act.act)?.sections.every((s) => s.fields.every((f) => f.input === "known")) ?? false;
  const listed = (act.beside?.length ?? 0) > 0; // what it is about is read first
  if (whole || (plain && !listed)) void app.say(act, act.body ?? {}, app.edge.local()).then((r) => {
    if (!r.accepted) app.said.value = r.text;
  });
  else app.open(act);
}

/** What waits on this tablet, and what came back. Nothing typed is ever silently gone. */
export function Waiting({ app }: { app: App }) {
  const q = app.queue.value;
  const age = q.waiting > 0 ? Math.max(0, app.edge.local() - q.oldest + 0 * app.now.value) : 0; // follows the clock only while something waits
  const late = age > 3_000;
  return (
    <>
      {q.waiting > 0 && (late || q.fragile) && (
        <p class="note">
          <span class="amber">
            <span class="shape" />
            {q.urgent.length > 0 && <b>{q.urgent.join(", ")}: not recorded yet. </b>}
            {q.waiting === 1 ? "1 entry waits" : `${q.waiting} entries wait`} to reach the server, oldest {ageText(age)}.{" "}
            {q.fragile ? "This browser does not store: keep the page open." : "Kept on this tablet."}
            {q.signIn ? " Sign in to send." : ""}
          </span>
          <button type="button" onClick={() => (q.signIn ? (app.sheet.value = { kind: "unlock" }) : app.edge.sender.resume())}>
            {q.signIn ? "Sign in" : "Try now"}
          </button>
        </p>
      )}
      {q.returned.map((w) => w.by ? <Unsigned key={w.id} w={w} app={app} /> : (
        <p key={w.id} class="note" role={w.urgent ? "alert" : undefined}>
          <span class="amber">
            <span class="shape" />
            {w.urgent && <b>{w.label} is not in the record. </b>}
            {w.label}{mine(w, app) ? "" : `, charted by ${w.said!.name},`} came back: {w.returned?.text}
          </span>
          <span class="pair">
            {w.returned?.status === 401 && !app.locked.value && <button type="button" onClick={() => void app.edge.sender.again(w.id)}>Record in my name</button>}
            {(w.returned?.status === 0 || w.urgent) && <button type="button" onClick={() => void app.edge.sender.again(w.id)}>Send again</button>}
            {app.typedFor(w) && <button type="button" onClick={() => app.reopen(w)}>Open</button>}
            {mine(w, app) && !app.locked.value && <button type="button" onClick={() => void app.edge.sender.drop(w.id)}>Discard</button>}
          </span>
        </p>
      ))}
    </>
  );
}

/** mine tells whether an entry is of whoever is at the screen, or of nobody known: only its author lets it go. */
function mine(w: Held, app: App): boolean {
  return !w.said || (!app.locked.value && app.whole.value?.who.person === w.said.person);
}

/** What was charted under a person's name at a locked screen: only that person records it. */
function Unsigned({ w, app }: { w: Held; app: App }) {
  const theirs = !app.locked.value && app.whole.value?.who.person === w.by!.person;
  return (
    <p class="note">
      <span class="amber">
        <span class="shape" />
        {w.label}, {clock(app.zone, Date.parse(w.occurred_at) - w.offset_ms)}: charted as {w.by!.name} without a PIN. It is in the record once {theirs ? "you sign it" : `${w.by!.name} signs it`}.
      </span>
      {theirs && (
        <span class="pair">
          <button type="button" onClick={() => void app.edge.sender.again(w.id)}>Record in my name</button>
          <button type="button" onClick={() => void app.edge.sender.drop(w.id)}>Not mine, discard</button>
        </span>
      )}
    </p>
  );
}

/** Drafts: of whoever is here, to go on with; of others, that they are kept and no more. */
function Unfinished({ app }: { app: App }) {
  // A locked screen shows no form, though it is open again for its author.
  const open = app.sheet.value?.kind === "form" && (!app.locked.value || app.unproven.value) ? app.sheet.value.draft.id : "";
  const session = app.here.session;
  const all = app.drafts.value.filter((d) => d.session === session && d.id !== open && !d.sent && Object.keys(d.answers).length > 0);
  const mine = all.filter((d) => own(d, app.here));
  const others = [...new Set(all.filter((d) => !own(d, app.here) && d.name).map((d) => d.name!))];
  return (
    <>
      {others.map((name) => <p key={name} class="note"><span class="soft">Draft of {name} kept on this tablet. It comes back when {name} signs in here.</span></p>)}
      {mine.map((d: Draft) => (
        <p key={d.id} class="note">
          <span>{d.label}: typed {ageText(app.edge.local() - d.at)} ago, not recorded.</span>
          <span class="pair">
            <button type="button" onClick={() => app.resumeDraft(d)}>Go on</button>
            <button type="button" onClick={() => app.forget(d)}>Discard</button>
          </span>
        </p>
      ))}
    </>
  );
}
