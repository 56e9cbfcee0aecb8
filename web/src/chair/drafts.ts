// What was typed and is not recorded yet belongs to the person who typed it.
// Two people check a draw-up and a pump without seeing each other's numbers:
// nobody is offered what another person typed.

import type { Answers } from "./fill.ts";
import type { Form } from "./types.ts";

/** Draft is what was typed for one act and is not recorded yet. */
export interface Draft {
  id: string;
  session: string;
  /** Who typed it; empty where nobody was signed in. */
  person: string;
  /** That person's name, for others who are told that something is kept. */
  name?: string;
  act: string;
  label: string;
  base: Record<string, unknown>;
  answers: Answers;
  /** When something in it last changed, by this device's clock. */
  at: number;
  /** Set once it was sent: the id of the command. */
  sent?: string;
}

/** Place is who types, and for which visit. */
export interface Place {
  session: string;
  person: string;
}

/** unproven stands for a person who charts under a name without a PIN: they see nothing that the person of that name typed. */
export function unproven(person: string): string {
  return `unproven ${person}`;
}

/** own tells whether a draft is that person's, of that visit. What was typed under their name without a PIN is theirs too. */
export function own(d: Draft, at: Place): boolean {
  return d.session === at.session && (d.person === at.person || (at.person !== "" && d.person === unproven(at.person)));
}

/** before finds what the same person typed last for the same act and did not send. */
export function before(drafts: readonly Draft[], at: Place, act: string, base: Record<string, unknown>): Draft | undefined {
  const same = JSON.stringify(base);
  return drafts.filter((d) => own(d, at) && d.act === act && !d.sent && JSON.stringify(d.base) === same).at(-1);
}

/** blind tells whether a form asks for a number that two people find apart: a computed draw-up, a pump read. */
export function blind(form: Form): boolean {
  return form.act === "session.compute" || form.sections.some((s) => s.fields.some((f) => f.input === "pump"));
}

/** passed are the unsent numbers of a blind check that another person left: they do not outlive the change of hands. */
export function passed(drafts: readonly Draft[], forms: readonly Form[], person: string): Draft[] {
  if (person === "") return [];
  const acts = new Set(forms.filter(blind).map((f) => f.act));
  return drafts.filter((d) => d.person !== person && d.person !== unproven(person) && !d.sent && acts.has(d.act));
}
