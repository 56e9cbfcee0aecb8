// The alarm bar: above everything, locked or not, and nothing covers it. What
// it says, in which order and in which colour, Go has decided.

import { createElement } from "preact";

import type { App } from "./app.ts";
import type { Alarms } from "./types.ts";

/** shownBeside is how many further alarms stand by name; the first of them concerns the patient's body. */
const shownBeside = 3;

/** glows reports whether a yellow alarm waits for somebody. */
export function glows(a: Alarms): boolean {
  return a.list.some((x) => x.priority === "medium" && !x.answered && !x.over);
}

export function AlarmBar({ app }: { app: App }) {
  const a = app.part("alarms").value!;
  const top = a.list[0];
  if (!top) {
    // Without the server nobody knows: that must not read as calm.
    const unknown = app.lost.value;
    return (
      <p class="alarms calm" role="status">
        <span class={unknown ? "amber" : a.off ? "soft" : "ink"}>{unknown && <span class="shape" />}{unknown ? "Alarms are not known: no connection to the server." : a.calm}</span>
        <span class="quiet">{a.primary}</span>
      </p>
    );
  }
  const called = !top.answered && !top.over;
  return (
    <div role={called && top.tone === "red" ? "alert" : "status"} class="alarm-line">
      <button type="button" class={`alarms ${top.tone}${called ? " called" : ""}`} aria-expanded={app.sheet.value?.kind === "alarms"} onClick={() => app.toggle("alarms")}>
        <span class="lead">
          <b><span class="shape" />{top.colour}: {top.name}</b>
          <span>{top.brief === top.name ? "" : top.brief}</span>
        </span>
        <span class="state">{app.lost.value ? "As of the last connection" : top.state}</span>
        {a.also.length > 0 && (
          <span class="also">
            {a.also.slice(0, shownBeside).map((x) => <span key={x.text} class={x.tone}><span class="shape" />{x.text}</span>)}
            {a.also.length > shownBeside && <span>{a.also.length - shownBeside} more</span>}
          </span>
        )}
      </button>
    </div>
  );
}
