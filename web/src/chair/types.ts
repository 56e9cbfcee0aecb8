// The chair's JSON as Go writes it: internal/web/view and internal/web/form
// are the source; these are the same shapes for the compiler.

import type { Sound } from "../shared/sound.ts";

export type Tone = "plain" | "quiet" | "amber" | "red" | "low";

export interface Patient {
  name: string;
  initials: string;
  born: string;
  age: string;
  weight?: string;
  allergies: string;
  allergies_known: boolean;
}

export interface Part {
  text: string;
  strong?: boolean;
}

export interface Link {
  state: "linked" | "doubted" | "off" | "lost" | "none";
  text: string;
  monitor?: string;
  device?: string;
  tone: Tone;
  /** What only the bedside monitor alarms on. */
  beside?: string;
}

export interface Who {
  person?: string;
  name?: string;
  roles?: string;
  device?: string;
  chair?: number;
  locked?: boolean;
}

export interface Tile {
  kind: string;
  label: string;
  text: string;
  unit?: string;
  at_ms?: number;
  fresh_ms?: number;
  context?: string;
  empty?: string;
  /** Set while an alarm of this very sign stands: its colour, and what it is in a word. */
  tone?: Tone;
  mark?: string;
}

/** Alarms is the watch over the chair, worded, ordered and judged by Go. */
export interface Alarms {
  list: Alarm[];
  also: { tone: Tone; text: string }[];
  calm: string;
  off: boolean;
  sounds: Sound[];
  primary: string;
}

export interface Alarm {
  condition: string;
  announcement: number;
  priority: "high" | "medium" | "low";
  colour: string;
  tone: Tone;
  name: string;
  text: string;
  brief: string;
  since_ms: number;
  since: string;
  state: string;
  answered: boolean;
  /** It is answered first on the screen where it was charted. */
  here?: boolean;
  paused: boolean;
  over: boolean;
  opening: string;
  advice: { text: string; act?: Act }[];
  source: string;
  mark: string;
  acknowledge?: Act;
  pauses: Act[];
}

/** Hearing says who hears the chair. */
export interface Hearing {
  by: string[];
  text: string;
  nobody: boolean;
  /** The patient's signs are alarmed on. */
  watched: boolean;
  /** For how long a proof that somebody hears holds. */
  last_ms: number;
  /** For how many minutes a chair without the server may be silenced. */
  quiet_min?: number[];
}

export interface Level {
  value: number;
  text: string;
  tone?: Tone;
}

export interface Lane {
  kind: string;
  label: string;
  unit: string;
  low: number;
  high: number;
  baseline?: Level;
  limits?: Level[];
}

/** Expected is a prediction: each point is an instant, low, high and the chosen model's typical patient. */
export interface Expected {
  session: string;
  unit: string;
  words: string;
  model: string;
  top: number;
  points: [number, number, number, number][];
  rates: string;
}

export interface Segment {
  from_ms: number;
  to_ms: number;
  rate: number;
  text: string;
}

export interface Cuff {
  at_ms: number;
  sys: number;
  dia: number;
  mean?: number;
  text: string;
  site?: string;
  doubt?: boolean;
  unconfirmed?: boolean;
}

export interface Gap {
  from_ms: number;
  to_ms?: number;
  text: string;
}

export type Point = [ms: number, value: number];

export interface Series {
  kind: string;
  site?: string;
  source?: string;
  where?: string;
  points: Point[];
  gaps?: Gap[];
}

export interface Mark {
  at_ms: number;
  mark: string;
  text: string;
  tone: Tone;
}

export interface Tick {
  at_ms: number;
  done: boolean;
  late?: boolean;
}

/** Kept is a monitor's value that stands in the record, confirmed by a person or not. */
export interface Kept {
  at_ms: number;
  kind: string;
  value: number;
  confirmed?: boolean;
  text: string;
}

export interface Timeline {
  from_ms: number;
  to_ms: number;
  zone: string;
  lanes: Lane[];
  rate?: Segment[];
  planned?: Segment[];
  rate_top?: number;
  cuffs?: Cuff[];
  series?: Series[];
  kept?: Kept[];
  events?: Mark[];
  ticks?: Tick[];
}

export interface Act {
  act: string;
  label: string;
  sub?: string;
  primary?: boolean;
  enabled: boolean;
  why?: string;
  planned?: boolean;
  witness?: boolean;
  body?: Record<string, unknown>;
  /** Questions of the form that do not arise now. */
  skip?: string[];
  /** Stands in place of the form's own, under the button's label. */
  intro?: string;
  /** Stands on the button that sends it, in place of the form's own. */
  submit?: string;
  /** The lines of the order that it is done by. */
  beside?: string[];
}

/** OrderPart is one part of the order, in words. */
export interface OrderPart {
  part: string;
  text: string;
}

/** Label is what stands on a prepared bag. */
export interface Label {
  code: string;
  patient: string;
  drug: string;
  by: string;
  use_by: string;
}

export interface Notice {
  tone: Tone;
  text: string;
  act?: Act;
}

export interface Next {
  act: string;
  text: string;
  sub?: string;
  due_ms?: number;
  late: boolean;
}

export interface Option {
  value: string;
  label: string;
  hint?: string;
  /** Parts of the command that this choice brings along. */
  body?: Record<string, unknown>;
}

export interface Help {
  since_ms: number;
  undo_until_ms: number;
  log: { at_ms: number; time: string; text: string; by: string }[] | null;
  acts: Option[];
}

/** Call is a call for help at another chair. */
export interface Call {
  chair: number;
  since_ms: number;
  /** An alarm there that calls the person at this screen. */
  text?: string;
  tone?: Tone;
}

export type Outcome = "clear" | "attested on paper" | "finding" | "could not check";

export interface Check {
  id: string;
  outcome: Outcome;
  title: string;
  why?: string;
  settle?: string;
  source?: string;
  mark?: string;
  tone: Tone;
  blocks: boolean;
  override?: Act;
  act?: Act;
}

export interface Gate {
  gate: string;
  title: string;
  open: boolean;
  blockers: number;
  summary: string;
  checks: Check[];
}

export interface Entry {
  position: number;
  at_ms: number;
  time: string;
  title: string;
  text?: string;
  by: string;
  tone: Tone;
  findings?: string[];
  replaced?: string[];
  struck?: boolean;
  amend?: Act;
}

export interface Chair {
  head: number;
  cursor: number;
  at_ms: number;
  chair: number;
  session?: string;
  table: string;
  zone?: string;
  /** From where on this device's clock is said to be off. */
  clock_off_ms?: number;
  phase: string;
  phase_text: string;
  patient?: Patient;
  headline?: Part[];
  staff: string;
  alarms: Alarms;
  hearing: Hearing;
  link: Link;
  who: Who;
  tiles: Tile[] | null;
  scores: Tile[] | null;
  timeline?: Timeline;
  device?: Reading[];
  label?: Label;
  order?: OrderPart[];
  notices?: Notice[];
  acts: Act[];
  next?: Next;
  help?: Help;
  calls?: Call[] | null;
  choices?: Record<string, Option[]>;
  gates?: Gate[];
  entries?: Entry[];
  /** The record is closed to who looks: the entries are withheld, not absent. */
  record_closed?: boolean;
  /** This is what the tablet kept, not what the server says: what it lacks is not known. */
  kept?: boolean;
}

export interface Live {
  chair: number;
  head: number;
  cursor: number;
  at_ms: number;
  tiles: Tile[] | null;
  scores?: Tile[];
  headline?: Part[];
  notices?: Notice[];
  link: Link;
  series?: Series[];
  cuffs?: Cuff[];
  device?: Reading[];
  next?: Next;
  /** Replaces the chair's whole: null says that no other chair calls. */
  calls?: Call[] | null;
  hearing?: Hearing;
}

/** Reply is the server's answer to a posted command. */
export interface Reply {
  outcome: "accepted" | "repeated" | "refused" | "malformed" | "conflict";
  position?: number;
  text: string;
  rule?: string;
  asked?: string;
  allowed?: string;
  source?: string;
  needs?: string[];
  findings?: string[];
  gate?: Gate;
  witness?: boolean;
}

export type Input =
  | "number" | "choice" | "choices" | "yesno" | "text" | "time" | "date" | "scan" | "score" | "se12"
  | "vital" | "pump" | "person" | "list" | "newid" | "known" | "none";

export interface Field {
  path: string;
  label: string;
  hint?: string;
  input: Input;
  ucum?: string;
  unit?: string;
  kind?: string;
  decimals?: number;
  low?: string;
  high?: string;
  step?: string;
  options?: Option[];
  source?: string;
  required?: boolean;
  show_if?: { path: string; equals: string };
  private?: boolean;
  quantity?: boolean;
  int?: boolean;
  days?: "past" | "ahead";
  fields?: Field[];
}

export interface Section {
  title?: string;
  key?: string;
  optional?: boolean;
  fields: Field[];
}

export interface Form {
  act: string;
  version: number;
  title: string;
  intro?: string;
  submit: string;
  witness?: boolean;
  sections: Section[];
}

/** Reading is one current value of the monitor, offered for confirmation. */
export interface Reading {
  kind: string;
  v: string;
  u: string;
  at_ms: number;
  fresh_ms: number;
  site?: string;
  source?: string;
  where?: string;
}
