// The chair as a whole.

import { createElement } from "preact";
import { useComputed } from "@preact/signals";

import { AlarmBar, glows } from "./alarmbar.tsx";
import { Actions } from "./actions.tsx";
import type { App } from "./app.ts";
import { GateList } from "./gates.tsx";
import { HelpPane } from "./helppane.tsx";
import { Elsewhere, Header, Notices, Values, Waiting } from "./parts.tsx";
import { SheetPane } from "./sheets.tsx";
import { TimelinePane } from "./timeline.tsx";

export function ChairPage({ app }: { app: App }) {
  const there = useComputed(() => app.whole.value !== undefined);
  if (!there.value) return <NotYet app={app} />;
  const emergency = app.emergency.value;
  return (
    <div class={`seat${emergency ? " light emergency-on" : ""}${app.lost.value ? " is-old" : ""}${app.sheet.value ? " with-sheet" : ""}${glows(app.part("alarms").value!) ? " glows" : ""}`}>
      <Elsewhere app={app} />
      <AlarmBar app={app} />
      <Header app={app} />
      <Notices app={app} />
      <div class="pane">
        {emergency ? <HelpPane app={app} /> : <Pane app={app} />}
        <SheetPane app={app} />
      </div>
      <Values app={app} />
      <Actions app={app} />
    </div>
  );
}

/** Without a view: it is coming, or the tablet kept none and nobody answers. */
function NotYet({ app }: { app: App }) {
  if (!app.nothing.value) return <p class="nothing" role="status">Loading the chair</p>;
  return (
    <div class="nothing">
      <p>No visit is kept on this device for this chair. Write on paper.</p>
      <p class="soft">The page goes on by itself when the server is back. What waits here to be sent is kept.</p>
      <div class="notes" role="status"><Waiting app={app} /></div>
    </div>
  );
}

function Pane({ app }: { app: App }) {
  const gates = app.whole.value?.gates ?? [];
  const pane = app.pane.value ?? (app.prefersGate.value ? "gate" : "timeline");
  if (pane === "timeline" || gates.length === 0) return <TimelinePane app={app} />;
  return <div class="checks">{gates.map((g) => <GateList key={g.gate} gate={g} app={app} />)}</div>;
}
