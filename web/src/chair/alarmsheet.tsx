// The alarms one by one: what, how long, against which limit, who has it, and
// what may be done. Tapping an alarm and one button is enough for each of it.

import { createElement } from "preact";

import type { App } from "./app.ts";
import { span } from "./age.ts";
import { Sheet } from "./sheets.tsx";
import type { Act, Alarm } from "./types.ts";

export function AlarmSheet({ app }: { app: App }) {
  const a = app.part("alarms").value!;
  return (
    <Sheet app={app} title="Alarms" intro={app.lost.value ? "" : (app.part("hearing").value?.text ?? "")}>
      {a.list.length === 0 && <p class="lead">{a.calm}</p>}
      {/* Another announcement is another line: a finger on its way to the old one touches nothing. */}
      <ul class="alarm-list" role="list">{a.list.map((x) => <One key={`${x.condition} ${x.announcement}`} alarm={x} app={app} />)}</ul>
      <p class="soft">{a.primary}</p>
    </Sheet>
  );
}

function One({ alarm: x, app }: { alarm: Alarm; app: App }) {
  return (
    <li class={`alarm-one ${x.tone}`}>
      <h3><span class={x.tone}><span class="shape" />{x.colour}: {x.name}</span> <span class="quiet">since {x.since}, {span(app.now.value - x.since_ms)}</span></h3>
      <p>{x.text}</p>
      <p class="soft">{x.state}</p>
      <div class="grid">
        {x.acknowledge && <Do act={x.acknowledge} text={x.acknowledge.label} app={app} primary run={() => send(app, x.acknowledge!)} />}
        {x.pauses.map((p) => <Do key={p.label} act={p} text={p.label} app={app} run={() => send(app, p)} />)}
      </div>
      {x.advice.length > 0 && <p><span class="opening">{x.opening}</span>{atThePatient(x)}</p>}
      <div class="grid big">
        {x.advice.map((d) => d.act && <Do key={d.text} act={{ ...d.act, sub: opens(d.act) }} text={d.text} app={app} run={() => lead(app, d.act!)} />)}
      </div>
      <p class="quiet source">{x.source}{x.mark ? ` · ${x.mark}` : ""}</p>
    </li>
  );
}

/** atThePatient is what no entry here is about. */
function atThePatient(x: Alarm): string {
  const said = x.advice.filter((d) => !d.act).map((d) => d.text);
  return said.length > 0 ? ` ${said.join(" · ")}` : "";
}

function Do({ act, text, app, run, primary = false }: { act: Act; text: string; app: App; run: () => void; primary?: boolean }) {
  // Stop and help are never harder than elsewhere: no PIN before them.
  const anyone = act.act === "session.stop" || act.act === "session.help";
  return (
    <button type="button" class={`act${primary ? " primary" : ""}`} onClick={() => (anyone ? run() : app.known(run))}>
      <b>{text}</b>
      {act.sub && <span>{act.sub}</span>}
    </button>
  );
}

/** opens says which entry a piece of advice leads to. */
function opens(act: Act): string {
  return act.act === "session.stop" ? "stop pump, then record" : act.act === "session.help" ? "calls at once" : `opens: ${act.label}`;
}

/** lead goes to the entry, by the same way as its own button. */
function lead(app: App, act: Act): void {
  if (act.act === "session.stop") app.sheet.value = { kind: "stop", touched: app.edge.local() };
  else if (act.act === "session.help") app.help();
  else app.start(act);
}

/** send says one tap's worth: an acknowledgement or a pause of the announcement that was seen. */
function send(app: App, act: Act): void {
  app.sheet.value = { kind: "alarms" };
  void app.say(act, act.body ?? {}, app.edge.local()).then((r) => {
    if (!r.accepted) app.said.value = r.text;
  });
}
