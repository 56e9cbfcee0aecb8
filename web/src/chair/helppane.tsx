// Emergency: full brightness, a running clock, one tap per line of the log.
// Everything it says is recorded with the time of its touch.

import { createElement } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

import { clock, span } from "./age.ts";
import type { App } from "./app.ts";

export function HelpPane({ app }: { app: App }) {
  const h = app.whole.value?.help;
  const now = app.now.value;
  const since = h?.since_ms ?? app.calling.value;
  // How long a call can be taken back the server says; until it has, it decides.
  const undo = h?.undo_until_ms ?? Number.POSITIVE_INFINITY;
  const naming = useSignal(0);
  const mine = useSignal<{ at: number; text: string }[]>([]);
  const options = h?.acts ?? app.form("session.log-help")?.sections[0]?.fields.find((f) => f.path === "what")?.options ?? [];
  const log = (value: string, label: string, text = "", touched = app.edge.local()): void => {
    const line = { at: touched - app.edge.clock.offset, text: text === "" ? label : `${label}: ${text}` };
    mine.value = [...mine.value, line];
    const act = { act: "session.log-help", label, enabled: true };
    const body = text === "" ? { what: value } : { what: value, text: { text } };
    void app.say(act, body, touched, true).then(() => (mine.value = mine.value.filter((m) => m !== line)));
  };
  // A drug waits for its name, and is logged without one as soon as anything else is touched.
  const named = (text: string): void => {
    const touched = naming.value;
    naming.value = 0;
    if (touched > 0) log("drug", "Drug", text, touched);
  };
  const tap = (value: string, label: string): void => {
    named("");
    if (value === "drug") naming.value = app.edge.local();
    else log(value, label);
  };
  useEffect(() => () => named(""), []);
  const rows = [
    ...(h?.log ?? []).map((r) => ({ key: `${r.at_ms}${r.text}`, time: r.time, text: r.text, by: r.by })),
    ...mine.value.map((m) => ({ key: `${m.at}`, time: clock(app.zone, m.at), text: m.text, by: "being recorded" })),
  ].reverse();
  return (
    <section class="emergency" aria-label="Emergency">
      <div class="emergency-head">
        <p class="elapsed"><span class="octagon" aria-hidden="true" />Help called <b>{span(now - since)}</b></p>
        <span class="quiet">since {clock(app.zone, since)}</span>
        {now < undo && (
          <button type="button" class="back" onClick={() => app.undoHelp()}>Take back{Number.isFinite(undo) ? `, ${Math.max(1, Math.ceil((undo - now) / 1000))} s` : ""}</button>
        )}
      </div>
      <div class="grid big">
        {options.map((o) => (
          <button key={o.value} type="button" class="chip" onClick={() => tap(o.value, o.label)}>
            <b>{o.label}</b>
          </button>
        ))}
      </div>
      {naming.value > 0 && (
        <DrugName
          ordered={(app.whole.value?.choices?.["adjuncts"] ?? []).map((o) => o.label)}
          onName={named}
        />
      )}
      <ol class="entries log" role="list" tabIndex={0} aria-label="Emergency log, newest first">
        {rows.map((r) => <li key={r.key}><span class="time">{r.time}</span><span><b>{r.text}</b> <span class="quiet">{r.by}</span></span></li>)}
        {rows.length === 0 && <li class="quiet none">Nothing logged yet. Each tap records the time.</li>}
      </ol>
      {!app.locked.value && (
        <div class="grid">
          {["session.transfer", "session.end-help"].map((name) => {
            const gone = name === "session.transfer" && app.whole.value?.phase === "transferred";
            const act = app.act(name) ?? (app.form(name) && !gone ? { act: name, label: app.form(name)!.title, enabled: true } : undefined);
            return act && <button key={name} type="button" class="act" onClick={() => app.start(act)}><b>{act.label}</b></button>;
          })}
          {app.whole.value?.session && (
            <a class="act" href={`/sessions/${app.whole.value.session}/transfer`} target="_blank" rel="noopener"><b>Transfer sheet</b></a>
          )}
        </div>
      )}
    </section>
  );
}

/** Which drug: the time of the first touch is kept, also when nobody names it. */
function DrugName({ ordered, onName }: { ordered: string[]; onName: (text: string) => void }) {
  const typed = useSignal("");
  return (
    <form
      class="grid"
      aria-label="Which drug"
      onSubmit={(e) => {
        e.preventDefault();
        onName(typed.value.trim());
      }}
    >
      {ordered.map((o) => <button key={o} type="button" class="chip" onClick={() => onName(o)}>{o}</button>)}
      <input class="text" aria-label="Drug and dose" placeholder="Drug and dose" maxLength={200} value={typed.value} onInput={(e) => (typed.value = e.currentTarget.value)} />
      <button type="submit" class="chip"><b>{typed.value.trim() === "" ? "Drug, name it later" : "Log drug"}</b></button>
    </form>
  );
}
