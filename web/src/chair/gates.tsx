// A gate is a list of checks by name. Nothing is coloured for show: what
// stands in the way comes first, with its reason and what would settle it.

import { Fragment, createElement } from "preact";
import { useSignal } from "@preact/signals";

import type { App } from "./app.ts";
import type { Check, Gate } from "./types.ts";

/** Each outcome has a shape and a word; neither stands alone. */
const shapes = { clear: "✓", finding: "▲", "could not check": "?", "attested on paper": "▤" } as const;
const words = { clear: "clear", finding: "finding", "could not check": "could not check", "attested on paper": "attested on paper" } as const;

/** In a form (brief) the clear checks take one line; on their own page all stand by name. */
export function GateList({ gate, app, brief = false }: { gate: Gate; app: App; brief?: boolean }) {
  const all = useSignal(!brief);
  const open = gate.checks.filter((c) => c.outcome !== "clear" || c.blocks);
  const clear = gate.checks.filter((c) => c.outcome === "clear" && !c.blocks);
  return (
    <section class="gate" aria-label={gate.title}>
      <h2>{gate.title}</h2>
      <p class={gate.open ? "soft" : "amber"}>{!gate.open && <span class="shape" />}{gate.summary}</p>
      <ul role="list">{open.map((c) => <CheckLine key={c.id} check={c} app={app} />)}</ul>
      {clear.length > 0 && !all.value && (
        <button type="button" class="fold used" aria-expanded="false" onClick={() => (all.value = true)}>
          <span>{clear.length} clear</span><span class="quiet">✓</span>
        </button>
      )}
      {clear.length > 0 && all.value && (
        <>
          <h3 class="quiet">Clear</h3>
          <ul role="list" class="clear">{clear.map((c) => <CheckLine key={c.id} check={c} app={app} />)}</ul>
        </>
      )}
    </section>
  );
}

function CheckLine({ check: c, app }: { check: Check; app: App }) {
  const source = useSignal(false);
  const may = !app.locked.value;
  return (
    <li class={`check ${c.tone}${c.blocks ? " blocks" : ""}`}>
      <button type="button" class="what" aria-expanded={source.value} onClick={() => (source.value = !source.value)}>
        <span class="mark" aria-hidden="true">{shapes[c.outcome]}</span>
        <span>
          <b>{c.title}</b> <span class="outcome">{words[c.outcome]}{c.blocks ? ", stands in the way" : ""}</span>
          {c.why && <span class="why">{c.why}</span>}
          {c.settle && c.outcome !== "clear" && <span class="settle">{c.settle}</span>}
          {source.value && <span class="source">{c.source ?? "no source given"}{c.mark ? ` · ${c.mark}` : ""}</span>}
        </span>
      </button>
      {may && c.act && <button type="button" class="back" onClick={() => app.start(c.act!)}>{c.act.label}</button>}
      {may && c.override && <button type="button" class="back" onClick={() => app.start(c.override!)}>{c.override.label}</button>}
    </li>
  );
}
