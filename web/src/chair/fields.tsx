// One question, by the kind of its answer.

import { Fragment, createElement, type ComponentChildren } from "preact";

import type { App } from "./app.ts";
import { answer, baseText, doubtOf, keyOf, shown } from "./fill.ts";
import { useTyping } from "./formsheet.tsx";
import { judge, range, typed } from "./pad.ts";
import { SE12, Lists } from "./manyfields.tsx";
import { TimeField } from "./timefield.tsx";
import type { Field, Option } from "./types.ts";

/** useOptions gives the answers of a field: its own, or the list that depends on patient and clinic. */
export function useOptions(f: Field): Option[] {
  const { app } = useTyping();
  return f.options ?? (f.source ? (app.whole.value?.choices?.[f.source] ?? []) : []);
}

export function Ask({ field: f, under }: { field: Field; under: string }) {
  const typing = useTyping();
  if (f.input === "known" || f.input === "newid" || f.input === "none") return null;
  if (!shown(f, typing.answers.value)) return null;
  const key = keyOf(f, under);
  const { app } = typing;
  switch (f.input) {
    case "pump":
      return (
        <Question field={f} fieldKey={key} wide>
          <div class="group signs">{f.fields?.map((g) => <Ask key={g.path} field={g} under={key} />)}</div>
        </Question>
      );
    case "list":
      return <Lists field={f} fieldKey={key} />;
    case "se12":
      return <SE12 field={f} fieldKey={key} />;
    default:
      return <Question field={f} fieldKey={key} wide={(f.input === "text" && f.private === true) || many(f, app)}><Answer field={f} fieldKey={key} /></Question>;
  }
}

/** many reports whether a list of answers is too long to stand beside its label. */
function many(f: Field, app: App): boolean {
  return (f.options ?? app.whole.value?.choices?.[f.source ?? ""] ?? []).length > 8 && f.input === "choice";
}

/** Question is label, hint, the answer's place and what is wrong with it. */
export function Question({ field: f, fieldKey, wide, children }: { field: Field; fieldKey: string; wide?: boolean; children: ComponentChildren }) {
  const typing = useTyping();
  const problem = typing.problems.value.find((p) => p.key === fieldKey);
  return (
    <div class={`ask ${f.input}${wide ? " wide" : ""}${problem ? " wrong" : ""}`}>
      <p class="question" id={`q-${fieldKey}`}>
        {f.label}
        {f.hint && <span class="hint">{f.hint}</span>}
        {f.input === "score" && (f.options?.length ?? 0) > 6 && <span class="hint">{ends(f.options!)}</span>}
      </p>
      {children}
      {problem && <p class="amber say" role="alert"><span class="shape" />{problem.text}</p>}
    </div>
  );
}

/** ends says what the two ends of a long rating mean. */
function ends(options: readonly Option[]): string {
  return [options[0], options.at(-1)].map((o) => `${o!.label} ${o!.hint ?? ""}`).join(", ");
}

function Answer({ field: f, fieldKey: key }: { field: Field; fieldKey: string }) {
  const typing = useTyping();
  const given = answer(typing.answers.value, key) === "" ? baseText(typing.base, key) : "";
  if (given !== "" && f.input !== "choice") {
    // It came with the act, from what was chosen; one touch makes it typed.
    return <button type="button" class="chip given" onClick={() => typing.set(key, given)}><b>{given} {f.unit}</b><span>change</span></button>;
  }
  switch (f.input) {
    case "yesno":
      return <Chips fieldKey={key} options={[{ value: "true", label: "Yes" }, { value: "false", label: "No" }]} />;
    case "score":
      return <Score field={f} fieldKey={key} />;
    case "choice":
    case "person":
      return <Choice field={f} fieldKey={key} />;
    case "choices":
      return <Several field={f} fieldKey={key} />;
    case "number":
    case "vital":
      return <NumberField field={f} fieldKey={key} />;
    case "time":
      return <TimeField fieldKey={key} only={f.days} />;
    default:
      return <TextField field={f} fieldKey={key} />;
  }
}

/** Chips answer with one of a few; a second tap takes the answer back. */
export function Chips({ fieldKey: key, options, kind = "" }: { fieldKey: string; options: readonly Option[]; kind?: string }) {
  const typing = useTyping();
  const at = answer(typing.answers.value, key);
  return (
    <div class={`chips ${kind}`} role="radiogroup" aria-labelledby={`q-${key}`}>
      {options.map((o) => (
        <button
          key={o.value} type="button" role="radio" aria-checked={at === o.value} class="chip"
          onClick={() => {
            typing.set(key, at === o.value ? "" : o.value);
            // A choice from the order brings its own parts along, to be looked at.
            if (at !== o.value) for (const [k, v] of Object.entries(o.body ?? {})) if (typeof v === "string") typing.set(k, v);
          }}
        >
          <b>{o.label}</b>
          {o.hint && <span>{o.hint}</span>}
        </button>
      ))}
    </div>
  );
}

function Choice({ field: f, fieldKey }: { field: Field; fieldKey: string }) {
  const typing = useTyping();
  const options = useOptions(f);
  // An answer that came with the act stands, as said, unless it is changed.
  const given = typing.base[f.path];
  const said = options.find((o) => o.value === given);
  if (said && answer(typing.answers.value, fieldKey) === "" && options.length > 6) return <p class="given">{said.label}</p>;
  if (options.length === 0) return <p class="quiet">None: no {(f.source ?? "answers").replace("_", " ")}.</p>;
  return (
    <>
      <Chips fieldKey={fieldKey} options={options} kind={options.length > 8 ? "many" : f.source === "rates" ? "rates" : ""} />
      {said && answer(typing.answers.value, fieldKey) === "" && <p class="quiet say">{said.label}, unless changed</p>}
    </>
  );
}

/** Score is a row of ratings; where the table says words for each, they stand under the number. */
function Score({ field: f, fieldKey: key }: { field: Field; fieldKey: string }) {
  const options = f.options ?? [];
  return <Chips fieldKey={key} options={options} kind={options.length > 6 ? "eleven" : options.length > 3 ? "worded" : "worded three"} />;
}

function Several({ field: f, fieldKey: key }: { field: Field; fieldKey: string }) {
  const typing = useTyping();
  const at = (typing.answers.value[key] as string[] | undefined) ?? [];
  return (
    <div class="chips" role="group" aria-labelledby={`q-${key}`}>
      {useOptions(f).map((o) => {
        const on = at.includes(o.value);
        return (
          <button
            key={o.value} type="button" aria-pressed={on} class="chip"
            onClick={() => typing.set(key, on ? at.filter((v) => v !== o.value) : [...at, o.value])}
          >
            <b>{o.label}</b>
            {o.hint && <span>{o.hint}</span>}
          </button>
        );
      })}
    </div>
  );
}

export function NumberField({ field: f, fieldKey: key }: { field: Field; fieldKey: string }) {
  const typing = useTyping();
  const text = answer(typing.answers.value, key);
  const here = typing.active.value?.key === key;
  const verdict = judge(text, f, !here);
  const origin = answer(typing.answers.value, `${key}/origin`);
  const doubt = answer(typing.answers.value, doubtOf(key));
  return (
    <div class={`number-box${verdict.say ? " wrong" : ""}`}>
      <span class="number-line">
        <input
          class="number" inputMode="none" autocomplete="off" aria-labelledby={`q-${key}`} aria-invalid={verdict.say !== ""} data-key={key} value={text}
          onFocus={() => (typing.active.value = { key, field: f })}
          onInput={(e) => {
            const v = typed(e.currentTarget.value, f.decimals ?? 0);
            e.currentTarget.value = v;
            typing.set(key, v);
          }}
        />
        <span class="unit">{f.unit}</span>
      </span>
      <span class={verdict.say ? "amber range" : "quiet range"}>
        {verdict.say ? <><span class="shape" />{verdict.say}</> : origin !== "" && origin !== "by hand" ? "from the monitor, confirmed" : here ? range(f) : ""}
      </span>
      {f.input === "vital" && text !== "" && (
        <button type="button" class="chip small" aria-pressed={doubt !== ""} onClick={() => typing.set(doubtOf(key), doubt ? "" : "true")}>questionable</button>
      )}
    </div>
  );
}

function TextField({ field: f, fieldKey: key }: { field: Field; fieldKey: string }) {
  const typing = useTyping();
  const common = {
    "aria-labelledby": `q-${key}`, autocomplete: "off", maxLength: f.private ? 2000 : 120, value: answer(typing.answers.value, key),
    onFocus: () => (typing.active.value = undefined),
    onInput: (e: { currentTarget: { value: string } }) => typing.set(key, e.currentTarget.value),
  };
  if (f.private) return <textarea class="text" rows={2} {...common} />;
  return f.input === "date" ? <input class="text" type="date" {...common} /> : <input class="text" type="text" {...common} />;
}

