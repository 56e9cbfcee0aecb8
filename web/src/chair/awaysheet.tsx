// Charting at a locked screen while the server is away. No PIN can be asked
// for without the server, and none is kept here: what is charted waits on the
// tablet under a name, and is recorded when that person signs it.

import { createElement } from "preact";

import { Button } from "./actions.tsx";
import type { App } from "./app.ts";
import { Sheet } from "./sheets.tsx";

/** done are the acts that were done, whatever the record says: stop and help have their own places. */
export function done(app: App) {
  return (app.whole.value?.acts ?? []).filter((a) => !a.planned && !a.witness && a.act !== "session.stop" && a.act !== "session.help");
}

export function AwaySheet({ app }: { app: App }) {
  const people = app.whole.value?.choices?.["people"] ?? [];
  const choose = (person: string, name: string): void => {
    app.unproven.value = { person, name };
    app.sheet.value = { kind: "away" };
  };
  return (
    <Sheet app={app} title="Who charts?">
      <p class="lead">The server is away: no PIN can be checked. What you chart now is kept on this tablet with its time, and goes into the record when you have signed it with your PIN.</p>
      <div class="grid big">
        {people.map((o) => <button key={o.value} type="button" class="chip" onClick={() => choose(o.value, o.label)}>{o.label}</button>)}
      </div>
      {people.length === 0 && <p class="lead">Nobody can sign here with a PIN. Write on paper; help and stop go on.</p>}
    </Sheet>
  );
}

export function AwayActs({ app }: { app: App }) {
  return (
    <Sheet app={app} title={`Chart as ${app.unproven.value?.name ?? ""}`} intro="What was done, and when. It is signed when the server is back.">
      <div class="grid">{done(app).map((a) => <Button key={a.label + JSON.stringify(a.body)} act={{ ...a, primary: false }} app={app} />)}</div>
      <p class="soft">What needs the server, like a start or a change of rate by order, is not possible now.</p>
    </Sheet>
  );
}
