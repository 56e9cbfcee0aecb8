// The order in which a form's questions stand. An observation is done in
// under ten seconds when what is asked every time comes first; everything
// else of the table follows below, folded where it is rarely asked.

import type { Field, Form, Section } from "./types.ts";

/** Group is a block of questions on the sheet. */
export interface Group {
  title: string;
  fields: Field[];
  folded: boolean;
  style: "plain" | "signs" | "row";
}

const everyTime = ["sedation", "pain", "distress", "nothing_new", "site"];

const lastName = (f: Field): string => f.path.split(".").at(-1)!;

/** layout groups a form's sections. Questions whose answers are known are not asked. */
export function layout(form: Form, act: string): Group[] {
  const asked = form.sections.map((s) => ({ ...s, fields: s.fields.filter((f) => !["known", "newid", "none"].includes(f.input)) }));
  if (act === "session.observe") return observation(asked);
  return asked.filter((s) => s.fields.length > 0).map(plain);
}

function plain(s: Section): Group {
  return { title: s.title ?? "", fields: s.fields, folded: s.optional === true, style: signs(s) ? "signs" : "plain" };
}

function signs(s: Section): boolean {
  return s.fields.length > 0 && s.fields.every((f) => f.input === "vital");
}

function observation(sections: Section[]): Group[] {
  const all = sections.flatMap((s) => (s.optional ? [] : s.fields));
  const first = everyTime.flatMap((name) => all.filter((f) => f.input !== "vital" && lastName(f) === name));
  const groups: Group[] = [{ title: "", fields: first, folded: false, style: "row" }];
  for (const s of sections) {
    const rest = s.fields.filter((f) => !first.includes(f));
    if (rest.length === 0) continue;
    const heavy = rest.filter((f) => f.input === "se12" || f.input === "pump");
    const light = rest.filter((f) => !heavy.includes(f));
    if (light.length > 0) groups.push({ ...plain({ ...s, fields: light }), folded: s.optional === true });
    for (const f of heavy) groups.push({ title: f.label, fields: [f], folded: true, style: "plain" });
  }
  return groups;
}
