// Answers that are many: twelve ratings, vials, steps.

import { createElement } from "preact";
import { answer, keyOf, type Answers } from "./fill.ts";
import { Question } from "./fields.tsx";
import { useTyping } from "./formsheet.tsx";
import { judge, typed } from "./pad.ts";
import type { Field } from "./types.ts";

/** SE12 is asked whole: each item 0 to 4, in the table's order. */
export function SE12({ field: f, fieldKey: key }: { field: Field; fieldKey: string }) {
  const typing = useTyping();
  const items = f.options ?? [];
  const at = (typing.answers.value[key] as string[] | undefined) ?? [];
  const rate = (i: number, v: string): void => {
    const next = items.map((_, k) => (k === i ? (at[i] === v ? "" : v) : (at[k] ?? "")));
    typing.set(key, next.some((n) => n !== "") ? next : []);
  };
  return (
    <Question field={f} fieldKey={key} wide>
      <div class="twelve">
        {items.map((item, i) => (
          <div key={item.value} class="item" role="radiogroup" aria-label={item.label}>
            <span>{item.label}</span>
            {["0", "1", "2", "3", "4"].map((v) => (
              <button key={v} type="button" role="radio" aria-checked={at[i] === v} class="chip" onClick={() => rate(i, v)}>{v}</button>
            ))}
          </div>
        ))}
      </div>
    </Question>
  );
}

/** Lists are entries of the same few fields: vials, steps, limits. */
export function Lists({ field: f, fieldKey: key }: { field: Field; fieldKey: string }) {
  const typing = useTyping();
  const entries = (typing.answers.value[key] as Answers[] | undefined) ?? [];
  const change = (i: number, k: string, v: string): void => {
    typing.set(key, entries.map((e, n) => (n === i ? { ...e, [k]: v } : e)));
  };
  return (
    <div class="list">
      {entries.map((e, i) => (
        <fieldset key={i} class="group signs">
          <legend>{f.label} {i + 1}</legend>
          {f.fields?.map((g) => <Inner key={g.path} field={g} at={e} id={`${key}[${i}]`} set={(v) => change(i, keyOf(g), v)} />)}
          <button type="button" class="back" onClick={() => typing.set(key, entries.filter((_, n) => n !== i))}>Take out</button>
        </fieldset>
      ))}
      <button type="button" class="chip" onClick={() => typing.set(key, [...entries, {}])}>Add {f.label.toLowerCase()}</button>
    </div>
  );
}

function Inner({ field: f, at, id, set }: { field: Field; at: Answers; id: string; set: (v: string) => void }) {
  const typing = useTyping();
  const key = keyOf(f);
  const v = answer(at, key);
  const problem = typing.problems.value.find((p) => p.key === `${id}.${key}`)?.text ?? (f.input === "number" ? judge(v, f, true).say : "");
  const label = `${id}-${key}`;
  const common = {
    autocomplete: "off" as const, "aria-labelledby": label, value: v, maxLength: 80,
    onFocus: () => (typing.active.value = undefined),
    onInput: (e: { currentTarget: { value: string } }) => set(f.input === "number" ? typed(e.currentTarget.value, f.decimals ?? 0) : e.currentTarget.value),
  };
  const options = f.input === "yesno" ? [{ value: "true", label: "Yes" }, { value: "false", label: "No" }] : (f.options ?? []);
  return (
    <div class={`ask ${f.input}`}>
      <p class="question" id={label}>{f.label}{f.hint && <span class="hint">{f.hint}</span>}</p>
      {options.length > 0 ? (
        <div class="chips" role="radiogroup" aria-labelledby={label}>
          {options.map((o) => (
            <button key={o.value} type="button" role="radio" aria-checked={v === o.value} class="chip" onClick={() => set(v === o.value ? "" : o.value)}>{o.label}</button>
          ))}
        </div>
      ) : (
        <span class="number-line">
          {f.input === "date" ? <input class="text" type="date" {...common} /> : (
            <input class={f.input === "number" ? "number" : "text"} type="text" inputMode={f.input === "number" ? "decimal" : "text"} {...common} />
          )}
          {f.unit && <span class="unit">{f.unit}</span>}
        </span>
      )}
      {problem && <p class="amber say"><span class="shape" />{problem}</p>}
    </div>
  );
}
