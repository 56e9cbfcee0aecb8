// Emergency: full brightness, a running clock, one tap per line of the log.
// Everything it says is recorded with the time of its touch.

import { useSignal } from "@preact/signals";

import { clock, span } from "./age.ts";
import type { App } from "./app.ts";

/** The least that can be logged while the server has not said what else. */
const undoMS = 5_000;

export function HelpPane({ app }: { app: App }) {
  const h = app.view.value?.help;
  const now = app.now.value;
  const since = h?.since_ms ?? app.calling.value;
  const undo = h?.undo_until_ms ?? since + undoMS;
  const mine = useSignal<{ at: number; text: string }[]>([]);
  const options = h?.acts ?? app.form("session.log-help")?.sections[0]?.fields.find((f) => f.path === "what")?.options ?? [];
  const log = (value: string, label: string): void => {
    const line = { at: app.now.value, text: label };
    mine.value = [...mine.value, line];
    const act = { act: "session.log-help", label, enabled: true };
    void app.say(act, { what: value }, app.edge.local(), true).then(() => (mine.value = mine.value.filter((m) => m !== line)));
  };
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
          <button type="button" class="back" onClick={() => app.undoHelp()}>Take back, {Math.max(1, Math.ceil((undo - now) / 1000))} s</button>
        )}
      </div>
      <div class="grid big">
        {options.map((o) => <button key={o.value} type="button" class="chip" onClick={() => log(o.value, o.label)}><b>{o.label}</b></button>)}
      </div>
      <ol class="entries log" role="list" aria-label="Emergency log, newest first">
        {rows.map((r) => <li key={r.key}><span class="time">{r.time}</span><span><b>{r.text}</b> <span class="quiet">{r.by}</span></span></li>)}
        {rows.length === 0 && <li class="quiet">Nothing logged yet. Each tap records the time.</li>}
      </ol>
      {!app.locked.value && (
        <div class="grid">
          {["session.transfer", "session.end-help"].map((name) => {
            const act = app.act(name) ?? (app.form(name) ? { act: name, label: app.form(name)!.title, enabled: true } : undefined);
            return act && <button key={name} type="button" class="act" onClick={() => app.start(act)}><b>{act.label}</b></button>;
          })}
        </div>
      )}
    </section>
  );
}
