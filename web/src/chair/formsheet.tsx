// Any act's form, drawn from Go's table. What is typed is kept on the tablet
// with every touch, and stays when the act is refused.

import { signal, useSignal, type Signal } from "@preact/signals";
import { Fragment, createElement } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";

import { ageText } from "../shared/ages.ts";
import type { Answered, App, Sheet as SheetState } from "./app.ts";
import type { Draft } from "./drafts.ts";
import { Ask } from "./fields.tsx";
import { answer, choices, confirm, fill, keyOf, put, take, touched, type Answers, type Problem } from "./fill.ts";
import { GateList } from "./gates.tsx";
import { Keys } from "./keys.tsx";
import { layout, type Group } from "./layout.ts";
import { press } from "./pad.ts";
import { PinPad } from "./pinpad.tsx";
import { Sheet } from "./sheets.tsx";
import type { Act, Field, Form, Gate } from "./types.ts";

/** Typing is what the fields of one open form share. */
export interface Typing {
  app: App;
  answers: Signal<Answers>;
  problems: Signal<Problem[]>;
  /** The number field that the pad writes into. */
  active: Signal<{ key: string; field: Field } | undefined>;
  base: Record<string, unknown>;
  set(key: string, v: Answers[string]): void;
}

/** One form is open at a time, and its questions are drawn within it: a context would only weigh more. */
let filling: Typing;

export function useTyping(): Typing {
  return filling;
}

/** The gate that an act must pass. Go decides it; this only shows it where it matters. */
const gateOf: Record<string, string> = {
  "session.ready": "draw-up", "session.open-vials": "draw-up", "session.start": "start", "session.time-out": "start",
  "session.resume": "resume", "session.discharge": "discharge",
};

type FormState = Extract<SheetState, { kind: "form" }>;

export function FormSheet({ app, sheet }: { app: App; sheet: FormState }) {
  const form = app.form(sheet.act.act);
  if (!form) return <Sheet app={app} title={sheet.act.label}><p class="lead">The table of questions has not arrived from the server yet.</p></Sheet>;
  return <Filling app={app} act={sheet.act} form={form} draft={sheet.draft} restored={sheet.restored} />;
}

function Filling({ app, act, form, draft, restored }: { app: App; act: Act; form: Form; draft: Draft; restored: boolean }) {
  const current = useMemo(() => signal(draft), [draft.id]);
  const problems = useSignal<Problem[]>([]);
  const reply = useSignal<Answered | undefined>(undefined);
  const old = useSignal(restored && Object.keys(draft.answers).length > 0);
  const stage = useSignal<"asking" | "witness" | "sending">("asking");
  const witnessTrouble = useSignal("");
  const minutesAgo = useSignal(0);
  const typing = useMemo<Typing>(() => {
    const answers = signal(draft.answers);
    return {
      app, answers, problems, base: draft.base, active: signal(undefined),
      set(key, v) {
        answers.value = put(answers.value, key, v);
        problems.value = problems.value.filter((p) => p.key !== key);
        current.value = { ...current.value, answers: answers.value, at: app.edge.local() };
        app.keep(current.value);
      },
    };
  }, [draft.id]);

  filling = typing;

  const send = async (witness?: string): Promise<void> => {
    const filled = fill(asked(form, act.skip ?? []), typing.answers.value, draft.base, app.edge.newID);
    problems.value = filled.problems;
    if (filled.problems.length > 0) return;
    if ((form.witness || act.witness || reply.value?.witness) && !witness) {
      stage.value = "witness";
      return;
    }
    stage.value = "sending";
    reply.value = await app.record(act, filled.body, current.value, minutesAgo.value, witness);
    stage.value = "asking";
  };
  const afresh = (): void => {
    typing.answers.value = {};
    old.value = false;
    app.forget(current.value);
  };
  const gate = app.whole.value?.gates?.find((g) => g.gate === gateOf[act.act]);
  const groups = layout(asked(form, act.skip ?? []), act.act);

  useEffect(() => {
    const run = (): ReturnType<typeof Send> => (
      <Send problems={problems} ago={act.planned ? undefined : minutesAgo} busy={stage.value === "sending"} label={act.submit ?? form.submit} onSend={() => void send()} />
    );
    app.foot.value = stage.value === "witness" ? undefined : { run };
    return () => (app.foot.value = undefined);
  }, [draft.id, stage.value]);

  if (stage.value === "witness") {
    return (
      <Sheet app={app} title="Witness">
        <p class="lead">A second person, not {app.whole.value?.who.name ?? "you"}, with their own PIN.</p>
        <PinPad
          people={(app.whole.value?.choices?.["people"] ?? []).filter((o) => o.value !== app.whole.value?.who.person)}
          first="" trouble={witnessTrouble.value}
          onDone={async (person, pin) => {
            const got = await app.edge.witness(person, pin);
            witnessTrouble.value = got.trouble;
            if (got.trouble === "") void send(got.grant);
            return got.trouble === "";
          }}
        />
      </Sheet>
    );
  }
  return (
    <Sheet app={app} title={act.intro ? act.label : form.title} intro={act.intro ?? form.intro ?? ""} side={<Pad />}>
      {act.beside && (
        <div role="group" aria-label="What it is about" tabIndex={groups.length === 0 ? 0 : undefined}>
          {act.beside.map((text) => <p key={text} class="lead">{text}</p>)}
        </div>
      )}
      {old.value && (
        <p class="note">
          <span>Typed {ageText(app.edge.local() - draft.at)} ago and not recorded. Look at each value again.</span>
          <button type="button" onClick={afresh}>Start afresh</button>
        </p>
      )}
      {reply.value && <Refused reply={reply.value} app={app} onAgain={() => void app.again(reply.value?.id ?? "", current.value).then((r) => (reply.value = r))} />}
      {act.act === "session.override" && <Accepted app={app} base={draft.base} />}
      {gate && !reply.value?.gate && <GateHere gate={gate} app={app} />}
      <DeviceRow form={form} typing={typing} onTaken={(a) => {
        typing.answers.value = a;
        current.value = { ...current.value, answers: a, at: app.edge.local() };
        app.keep(current.value);
      }} />
      {groups.map((g) => <GroupView key={g.title} group={g} />)}
    </Sheet>
  );
}

/** asked leaves out the questions that do not arise now. */
function asked(form: Form, skip: readonly string[]): Form {
  if (skip.length === 0) return form;
  return { ...form, sections: form.sections.map((s) => ({ ...s, fields: s.fields.filter((f) => !skip.includes(f.path)) })) };
}

/** Accepted names the finding that is to be accepted: a reason belongs to what it is a reason for. */
function Accepted({ app, base }: { app: App; base: Record<string, unknown> }) {
  const check = app.whole.value?.gates?.find((g) => g.gate === base["gate"])?.checks.find((c) => c.id === base["check"]);
  if (!check) return null;
  return <p class="lead"><b>{check.title}</b> {check.why} {check.source && <span class="quiet">{check.source}</span>}</p>;
}

/** Send stands in the bar of acts, where the next act always is. */
function Send({ problems, ago, busy, label, onSend }: {
  problems: Signal<Problem[]>;
  ago: Signal<number> | undefined;
  busy: boolean;
  label: string;
  onSend: () => void;
}) {
  return (
    <>
      <button type="button" class="act primary" disabled={busy} onClick={onSend}><b>{busy ? "Recording" : label}</b></button>
      {ago && <WhenRow ago={ago} />}
      <Missing problems={problems.value} />
    </>
  );
}

/** A gate that is open takes one line; what stands in the way is shown whole. */
function GateHere({ gate, app }: { gate: Gate; app: App }) {
  const all = useSignal(false);
  if (!gate.open || all.value) return <GateList gate={gate} app={app} brief={!all.value} />;
  return (
    <button type="button" class="fold used" aria-expanded="false" onClick={() => (all.value = true)}>
      <span>{gate.title}</span><span class="quiet">✓ {gate.summary}</span>
    </button>
  );
}

function Missing({ problems }: { problems: Problem[] }) {
  if (problems.length === 0) return null;
  return <p class="amber missing" role="alert"><span class="shape" />{problems[0]!.text}{problems.length > 1 ? `, and ${problems.length - 1} more` : ""}</p>;
}

/** When it happened: now, unless said otherwise. Only for what was done. */
function WhenRow({ ago }: { ago: Signal<number> }) {
  return (
    <div class="when" role="radiogroup" aria-label="When it happened">
      {[0, 5, 10].map((m) => (
        <button key={m} type="button" role="radio" aria-checked={ago.value === m} class="chip small" onClick={() => (ago.value = m)}>
          {m === 0 ? "now" : `−${m} min`}
        </button>
      ))}
    </div>
  );
}

function Refused({ reply, app, onAgain }: { reply: Answered; app: App; onAgain: () => void }) {
  const here = useRef<HTMLDivElement>(null);
  useEffect(() => here.current?.scrollIntoView({ block: "nearest" }), [reply]);
  return (
    <div class="refused" role="alert" ref={here}>
      <p class="amber"><span class="shape" /><b>{reply.text}</b></p>
      {reply.asked && <p>Asked: {reply.asked}. Allowed: {reply.allowed ?? "not said"}.</p>}
      {reply.needs && reply.needs.length > 0 && <p>Needs: {reply.needs.join(" or ")}.</p>}
      {reply.source && <p class="quiet">{reply.rule ? `${reply.rule} · ` : ""}{reply.source}</p>}
      {reply.status === 0 && reply.id && <button type="button" class="back" onClick={onAgain}>Send again</button>}
      {reply.gate && <GateList gate={reply.gate} app={app} brief />}
    </div>
  );
}

/** The monitor's values, beside the questions: one tap says that a person has looked at them. */
function DeviceRow({ form, typing, onTaken }: { form: Form; typing: Typing; onTaken: (a: Answers) => void }) {
  const { app } = typing;
  const kinds = form.sections.flatMap((s) => s.fields).filter((f) => f.input === "vital");
  if (kinds.length === 0) return null;
  const now = app.now.value;
  const fresh = app.lost.value ? [] : (app.part("device").value ?? []).filter((d) => now - d.at_ms < d.fresh_ms && kinds.some((k) => k.kind === d.kind));
  const open = fresh.filter((d) => answer(typing.answers.value, keyOf(kinds.find((k) => k.kind === d.kind)!)) === "");
  const several = choices(form, typing.answers.value, fresh, now);
  const taken = Object.values(typing.answers.value).includes("device, confirmed");
  if (fresh.length === 0 && !taken) return <p class="device none soft">No current values from a monitor: type what you measure.</p>;
  return (
    <div class="device">
      <ul role="list">
        {kinds.map((k) => {
          const d = fresh.filter((r) => r.kind === k.kind);
          const mine = answer(typing.answers.value, keyOf(k));
          if (d.length === 0 && !mine) return null;
          return (
            <li key={k.kind}>
              <span class="soft">{k.label}</span> <b>{mine || d.map((r) => r.v).join(" · ")}</b> <span class="quiet">{!mine ? ageText(now - d[0]!.at_ms) : ""}</span>
            </li>
          );
        })}
      </ul>
      {several.length > 0 && (
        <div class="which" role="group" aria-label="The monitor sends several values of one sign: which one do you chart?">
          <span class="soft">Several sites. Chart which?</span>
          {several.map(({ field, reading: r }) => (
            <button
              type="button" class="chip" key={`${r.kind}${r.site}${r.source}`}
              onClick={() => onTaken(take(field, typing.answers.value, r))}
            >
              {field.label} <b>{r.v}</b> {r.where}
            </button>
          ))}
        </div>
      )}
      {open.length > several.length
        ? <button type="button" class="chip go" onClick={() => onTaken(confirm(form, typing.answers.value, fresh, now))}>Confirm device values</button>
        : several.length === 0 && <span class="done">{taken ? "✓ confirmed from the monitor" : "typed"}</span>}
    </div>
  );
}

function GroupView({ group: g }: { group: Group }) {
  const typing = useTyping();
  const open = useSignal(false);
  const used = g.fields.some((f) => touched(typing.answers.value, keyOf(f)));
  const wrong = typing.problems.value.some((p) => g.fields.some((f) => p.key.startsWith(f.path)));
  if (g.folded && !open.value && !wrong) {
    return (
      <button type="button" class={`fold${used ? " used" : ""}`} aria-expanded="false" onClick={() => (open.value = true)}>
        <span>{g.title}</span><span class="quiet">{used ? "answered" : "not asked"}</span>
      </button>
    );
  }
  return (
    <fieldset class={`group ${g.style}`}>
      {g.title && g.title !== g.fields[0]?.label && <legend>{g.title}</legend>}
      {g.fields.map((f) => <Ask key={keyOf(f)} field={f} under="" />)}
    </fieldset>
  );
}

/** The pad is there while a number is being typed. */
function Pad() {
  const typing = useTyping();
  const a = typing.active.value;
  useEffect(() => {
    document.querySelector(`[data-key="${CSS.escape(a?.key ?? "")}"]`)?.scrollIntoView({ block: "nearest" });
  }, [a?.key]);
  if (!a) return null;
  const next = (): void => {
    const all = [...document.querySelectorAll<HTMLInputElement>(".sheet input.number")];
    all[all.findIndex((i) => i.dataset["key"] === a.key) + 1]?.focus();
  };
  return (
    <div class="pad" role="group" aria-label={`Number pad for ${a.field.label}`}>
      <Keys
        decimals={a.field.decimals ?? 0} next={next}
        onKey={(k) => typing.set(a.key, press(answer(typing.answers.value, a.key), k, a.field.decimals ?? 0))}
      />
    </div>
  );
}

