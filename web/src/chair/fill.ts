// From answers to the body of a command, by the form's own table. Nothing is
// filled in here that was not typed, tapped or given with the act.

import { judge } from "./pad.ts";
import type { Field, Form, Reading, Section } from "./types.ts";

/** Answers as text by field; what was not answered is absent. Lists hold answers per entry. */
export type Answers = { [key: string]: string | string[] | Answers[] };

/** Problem is why an entry cannot be sent yet, at its field. */
export interface Problem {
  key: string;
  text: string;
}

export interface Filled {
  body: Record<string, unknown>;
  problems: Problem[];
}

type Json = Record<string, unknown>;

/** keyOf names a field's answer. Signs share one path, so their kind is part of it. */
export function keyOf(f: Field, under = ""): string {
  const path = under === "" ? f.path : `${under}.${f.path}`;
  return f.input === "vital" ? `${path}/${f.kind}` : path;
}

/** doubtOf names the mark that a sign is questionable. What one cuff measured at once has one mark. */
export function doubtOf(key: string): string {
  return `${key.replace(/nibp_\w+$/, "nibp")}/doubt`;
}

/** answer reads one answer as text; lists have none. */
export function answer(a: Answers, key: string): string {
  const v = a[key];
  return typeof v === "string" ? v : "";
}

/** shown reports whether a field is asked, given the answers so far. */
export function shown(f: Field, a: Answers): boolean {
  return !f.show_if || answer(a, f.show_if.path) === f.show_if.equals;
}

/** touched reports whether anything under a key was answered. */
export function touched(a: Answers, key: string): boolean {
  return Object.keys(a).some((k) => (k === key || k.startsWith(key + ".") || k.startsWith(key + "/")) && full(a[k]));
}

function full(v: Answers[string] | undefined): boolean {
  return v !== undefined && v !== "" && !(Array.isArray(v) && v.length === 0);
}

/** active reports whether a section goes into the body: an optional one only once it was touched. */
export function active(s: Section, a: Answers): boolean {
  if (!s.optional) return true;
  return s.key ? touched(a, s.key) : s.fields.some((f) => touched(a, f.path));
}

/**
 * fill makes the body from what is already known (base) and the answers.
 * newID makes the ids that the client gives.
 */
export function fill(form: Form, a: Answers, base: Json, newID: () => string): Filled {
  const body = structuredClone(base);
  const problems: Problem[] = [];
  for (const s of form.sections) {
    if (active(s, a)) for (const f of s.fields) field(f, a, body, problems, "", newID);
  }
  return { body, problems };
}

function field(f: Field, a: Answers, body: Json, problems: Problem[], under: string, newID: () => string): void {
  const key = keyOf(f, under);
  const path = under === "" ? f.path : `${under}.${f.path}`;
  if (f.input === "none" || f.input === "known" || !shown(f, a)) return;
  if (f.input === "newid") {
    if (get(body, path) === undefined) set(body, path, answer(a, key) || newID());
    return;
  }
  if (f.input === "pump") return pump(f, a, body, problems, path, newID);
  if (f.input === "list") return list(f, a, body, problems, path, newID);
  const v = a[key];
  if (!full(v)) {
    if (f.required && get(body, path) === undefined) problems.push({ key, text: `${f.label} is missing` });
    return;
  }
  if (f.input === "choices") return set(body, path, v);
  if (f.input === "se12") return se12(f, v as string[], body, path, key, problems);
  const text = (v as string).trim();
  if (f.input === "number" || f.input === "vital") {
    const verdict = judge(text, f, true);
    if (!verdict.ok) return void problems.push({ key, text: `${f.label}: ${verdict.say}` });
  }
  if (f.input === "vital") return vital(f, a, key, text, body, path);
  set(body, path, wire(f, text));
}

function wire(f: Field, text: string): unknown {
  if (f.input === "yesno") return text === "true";
  if (f.private) return { text };
  if (f.quantity) return { v: text, u: f.ucum };
  if (f.int) return Number.parseInt(text, 10);
  return text;
}

/** pump goes in whole or not at all: nothing of a reading is ever taken from the order. */
function pump(f: Field, a: Answers, body: Json, problems: Problem[], path: string, newID: () => string): void {
  if (!f.required && !touched(a, path)) return;
  for (const inner of f.fields ?? []) field(inner, a, body, problems, path, newID);
}

function list(f: Field, a: Answers, body: Json, problems: Problem[], path: string, newID: () => string): void {
  const entries = (a[path] as Answers[] | undefined) ?? [];
  const out = entries.map((entry, i) => {
    const one: Json = {};
    const mine: Problem[] = [];
    for (const inner of f.fields ?? []) field(inner, entry, one, mine, "", newID);
    problems.push(...mine.map((p) => ({ key: `${path}[${i}].${p.key}`, text: p.text })));
    return one;
  });
  if (f.required && out.length === 0) problems.push({ key: path, text: `${f.label} is missing` });
  if (out.length > 0) set(body, path, out);
}

function se12(f: Field, v: string[], body: Json, path: string, key: string, problems: Problem[]): void {
  const items = f.options ?? [];
  const open = items.filter((_, i) => !v[i]);
  // Half a score is no score: all twelve, or the whole is left out.
  if (open.length > 0) return void problems.push({ key, text: `${open.length} of ${items.length} not rated yet, next: ${open[0]!.label}` });
  set(body, path, v.map((n) => Number.parseInt(n, 10)));
}

/** vital appends a reading, with where it came from when it was confirmed from the monitor. */
function vital(f: Field, a: Answers, key: string, text: string, body: Json, path: string): void {
  const origin = answer(a, `${key}/origin`) || "by hand";
  const r: Json = { kind: f.kind, v: text, u: f.ucum, quality: answer(a, doubtOf(key)) ? "questionable" : "good", origin };
  if (origin !== "by hand") {
    for (const part of ["at", "site", "source"]) {
      const said = answer(a, `${key}/${part}`);
      if (said) r[part] = said;
    }
  }
  const so = (get(body, path) as unknown[] | undefined) ?? [];
  set(body, path, [...so, r]);
}

/**
 * confirm takes device values over as confirmed by the person who taps; only
 * fresh ones, and only where nothing was typed. Of two sites of one sign
 * neither is taken: the person chooses.
 */
export function confirm(form: Form, a: Answers, device: readonly Reading[], now: number): Answers {
  let out = a;
  for (const f of signs(form)) {
    const fresh = offered(f, a, device, now);
    if (fresh.length === 1) out = take(f, out, fresh[0]!);
  }
  return out;
}

/** choices are the fresh values of signs that several sites of the monitor answer and nobody has yet. */
export function choices(form: Form, a: Answers, device: readonly Reading[], now: number): { field: Field; reading: Reading }[] {
  return signs(form).flatMap((field) => {
    const fresh = offered(field, a, device, now);
    return fresh.length > 1 ? fresh.map((reading) => ({ field, reading })) : [];
  });
}

function signs(form: Form): Field[] {
  return form.sections.flatMap((s) => s.fields).filter((f) => f.input === "vital");
}

function offered(f: Field, a: Answers, device: readonly Reading[], now: number): Reading[] {
  if (answer(a, keyOf(f)) !== "") return [];
  return device.filter((d) => d.kind === f.kind && d.u === f.ucum && now - d.at_ms < d.fresh_ms);
}

/** take confirms one value of the monitor for one sign, with its own time and site. */
export function take(f: Field, a: Answers, r: Reading): Answers {
  const out = { ...a };
  const key = keyOf(f);
  out[key] = r.v;
  out[`${key}/origin`] = "device, confirmed";
  out[`${key}/at`] = new Date(r.at_ms).toISOString();
  if (r.site) out[`${key}/site`] = r.site;
  if (r.source) out[`${key}/source`] = r.source;
  return out;
}

/** baseText is what came with the act for a field, as text; empty when nothing did. */
export function baseText(base: Json, key: string): string {
  const v = get(base, key);
  if (typeof v === "string" || typeof v === "number" || typeof v === "boolean") return String(v);
  if (typeof v !== "object" || v === null) return "";
  const { v: quantity, text } = v as { v?: unknown; text?: unknown };
  return typeof quantity === "string" ? quantity : typeof text === "string" ? text : "";
}

/** put sets one answer. A sign changed by hand is by hand from then on; a doubt about it goes with it. */
export function put(a: Answers, key: string, v: Answers[string]): Answers {
  const out = { ...a };
  for (const part of ["origin", "at", "site", "source"]) delete out[`${key}/${part}`];
  if (full(v)) out[key] = v;
  else {
    delete out[key];
    delete out[doubtOf(key)];
  }
  return out;
}

function get(o: Json, path: string): unknown {
  return path.split(".").reduce<unknown>((at, k) => (typeof at === "object" && at !== null ? (at as Json)[k] : undefined), o);
}

function set(o: Json, path: string, v: unknown): void {
  const names = path.split(".");
  let at = o;
  for (const k of names.slice(0, -1)) {
    if (typeof at[k] !== "object" || at[k] === null) at[k] = {};
    at = at[k] as Json;
  }
  at[names.at(-1)!] = v;
}
