import assert from "node:assert/strict";
import { test } from "node:test";

import { baseText, choices, confirm, doubtOf, fill, put, take, type Answers } from "./fill.ts";
import type { Field, Form, Reading } from "./types.ts";

const form = (fields: Field[], over: Partial<Form["sections"][0]> = {}): Form => ({
  act: "session.x",
  version: 1,
  title: "",
  submit: "",
  sections: [{ fields, ...over }],
});
const sys: Field = { path: "readings", label: "Systolic", input: "vital", kind: "nibp_sys", ucum: "mm[Hg]", unit: "mmHg", low: "30", high: "300" };
const spo2: Field = { path: "readings", label: "SpO₂", input: "vital", kind: "spo2", ucum: "%", unit: "%", low: "20", high: "100" };
const id = () => "new-id";
const body = (f: Form, a: Answers, base = {}) => fill(f, a, base, id).body;
const problems = (f: Form, a: Answers, base = {}) => fill(f, a, base, id).problems.map((p) => p.text);

test("each kind of answer takes its wire form", () => {
  const f = form([
    { path: "read_back", label: "", input: "yesno" },
    { path: "text", label: "", input: "text", private: true },
    { path: "ordered", label: "", input: "choice", quantity: true, ucum: "mg/kg/h" },
    { path: "spoken", label: "", input: "choice", int: true },
    { path: "cause", label: "", input: "choice" },
    { path: "identifiers", label: "", input: "choices" },
  ]);
  const a = { read_back: "false", text: " calm ", ordered: "0.30", spoken: "12", cause: "clinical", identifiers: ["full name", "photo"] };
  assert.deepEqual(body(f, a), {
    read_back: false,
    text: { text: "calm" },
    ordered: { v: "0.30", u: "mg/kg/h" },
    spoken: 12,
    cause: "clinical",
    identifiers: ["full name", "photo"],
  });
});

test("what was not answered is absent, never a default", () => {
  assert.deepEqual(body(form([{ path: "a", label: "", input: "yesno" }, { path: "b", label: "", input: "number" }, sys]), {}), {});
});

test("a missing required answer is named", () => {
  assert.deepEqual(problems(form([{ path: "cause", label: "Why", input: "choice", required: true }]), {}), ["Why is missing"]);
});

test("what came with the act is not asked again and is kept", () => {
  const f = form([{ path: "entry", label: "", input: "known", required: true }, { path: "purpose", label: "For", input: "choice", required: true }]);
  const r = fill(f, {}, { entry: 41, purpose: "round" }, id);
  assert.deepEqual(r, { body: { entry: 41, purpose: "round" }, problems: [] });
});

test("a sign marked questionable is charted so, and the mark goes with the value", () => {
  const spo2Doubt = doubtOf("readings/spo2");
  const said = { "readings/nibp_sys": "141", "readings/spo2": "77", [spo2Doubt]: "true" };
  const quality = (a: Answers): unknown[] => (body(form([sys, spo2]), a)["readings"] as { quality: string }[]).map((r) => r.quality);
  assert.deepEqual(quality(said), ["good", "questionable"]);
  assert.deepEqual(quality(put(said, "readings/spo2", "79")), ["good", "questionable"], "another digit does not take the doubt away");
  const cleared = put(said, "readings/spo2", "");
  assert.deepEqual(Object.keys(cleared), ["readings/nibp_sys"]);
  assert.deepEqual(quality(put(cleared, "readings/spo2", "97")), ["good", "good"]);
  const confirmed = put(take(spo2, {}, { kind: "spo2", v: "88", u: "%", at_ms: 0, fresh_ms: 1 }), spo2Doubt, "true");
  assert.deepEqual(body(form([spo2]), confirmed)["readings"], [
    { kind: "spo2", v: "88", u: "%", quality: "questionable", origin: "device, confirmed", at: "1970-01-01T00:00:00.000Z" },
  ]);
});

test("what one cuff measured at once is questionable together", () => {
  const dia: Field = { ...sys, label: "Diastolic", kind: "nibp_dia" };
  const a = { "readings/nibp_sys": "141", "readings/nibp_dia": "85", "readings/spo2": "97", [doubtOf("readings/nibp_dia")]: "true" };
  const got = body(form([sys, dia, spo2]), a)["readings"] as { kind: string; quality: string }[];
  assert.deepEqual(got.map((r) => [r.kind, r.quality]), [["nibp_sys", "questionable"], ["nibp_dia", "questionable"], ["spo2", "good"]]);
});

test("signs typed by hand say so; the range of the table is held", () => {
  assert.deepEqual(body(form([sys, spo2]), { "readings/nibp_sys": "141", "readings/spo2": "97" }), {
    readings: [
      { kind: "nibp_sys", v: "141", u: "mm[Hg]", quality: "good", origin: "by hand" },
      { kind: "spo2", v: "97", u: "%", quality: "good", origin: "by hand" },
    ],
  });
  assert.deepEqual(problems(form([sys]), { "readings/nibp_sys": "14" }), ["Systolic: Possible here: 30 to 300 mmHg."]);
});

const device: Reading[] = [
  { kind: "nibp_sys", v: "141", u: "mm[Hg]", at_ms: 1_000, fresh_ms: 600_000, site: "left arm" },
  { kind: "spo2", v: "97", u: "%", at_ms: 1_000, fresh_ms: 15_000, source: "MDC_PULS_OXIM_SAT_O2" },
];

test("confirming takes the monitor's fresh values with their own times and sites", () => {
  const a = confirm(form([sys, spo2]), {}, device, 2_000);
  assert.deepEqual(body(form([sys, spo2]), a), {
    readings: [
      { kind: "nibp_sys", v: "141", u: "mm[Hg]", quality: "good", origin: "device, confirmed", at: "1970-01-01T00:00:01.000Z", site: "left arm" },
      { kind: "spo2", v: "97", u: "%", quality: "good", origin: "device, confirmed", at: "1970-01-01T00:00:01.000Z", source: "MDC_PULS_OXIM_SAT_O2" },
    ],
  });
});

test("a stale device value is not confirmed", () => {
  const a = confirm(form([sys, spo2]), {}, device, 20_000);
  assert.equal(a["readings/spo2"], undefined);
  assert.equal(a["readings/nibp_sys"], "141");
});

test("a device value in another unit is not confirmed", () => {
  assert.deepEqual(confirm(form([sys]), {}, [{ ...device[0]!, u: "kPa" }], 2_000), {});
});

test("of two sites of one sign neither is confirmed: a person takes one, with its place", () => {
  const left = { ...device[1]!, v: "97", site: "1.2.1.1", where: "at site 1.2.1.1" };
  const right = { ...device[1]!, v: "88", site: "1.2.2.1", where: "at site 1.2.2.1" };
  const both = [device[0]!, left, right];
  const a = confirm(form([sys, spo2]), {}, both, 2_000);
  assert.equal(a["readings/spo2"], undefined);
  assert.equal(a["readings/nibp_sys"], "141");
  const asked = choices(form([sys, spo2]), a, both, 2_000);
  assert.deepEqual(asked.map((c) => `${c.reading.v} ${c.reading.where}`), ["97 at site 1.2.1.1", "88 at site 1.2.2.1"]);
  const b = take(asked[1]!.field, a, asked[1]!.reading);
  assert.equal(b["readings/spo2"], "88");
  assert.equal(b["readings/spo2/site"], "1.2.2.1");
  assert.deepEqual(choices(form([sys, spo2]), b, both, 2_000), []);
});

test("confirming never overwrites what a person typed", () => {
  const a = confirm(form([sys]), { "readings/nibp_sys": "150" }, device, 2_000);
  assert.deepEqual(a, { "readings/nibp_sys": "150" });
});

test("a confirmed value changed by hand is by hand", () => {
  const a = put(confirm(form([sys]), {}, device, 2_000), "readings/nibp_sys", "150");
  assert.deepEqual(body(form([sys]), a), { readings: [{ kind: "nibp_sys", v: "150", u: "mm[Hg]", quality: "good", origin: "by hand" }] });
});

test("an optional section is left out whole until something in it is answered", () => {
  const f = form(
    [
      { path: "fasting.solids", label: "Last solid food", input: "time", required: true },
      { path: "fasting.clear_fluids", label: "Last clear fluid", input: "time", required: true },
    ],
    { key: "fasting", optional: true },
  );
  assert.deepEqual(fill(f, {}, {}, id), { body: {}, problems: [] });
  assert.deepEqual(problems(f, { "fasting.solids": "2026-11-23T06:00:00Z" }), ["Last clear fluid is missing"]);
});

test("a question that no longer applies is not sent", () => {
  const f = form([
    { path: "escort.arranged", label: "", input: "yesno" },
    { path: "escort.name", label: "Name", input: "text", private: true, required: true, show_if: { path: "escort.arranged", equals: "true" } },
  ]);
  const a = { "escort.arranged": "false", "escort.name": "typed earlier" };
  assert.deepEqual(fill(f, a, {}, id), { body: { escort: { arranged: false } }, problems: [] });
});

const pump: Field = {
  path: "read",
  label: "What the pump shows",
  input: "pump",
  fields: [
    { path: "rate", label: "Rate on the pump", input: "number", quantity: true, ucum: "mL/h", required: true },
    { path: "concentration", label: "Concentration on the pump", input: "number", quantity: true, ucum: "mg/mL", required: true },
  ],
};

test("a pump reading is whole or absent", () => {
  assert.deepEqual(body(form([pump]), {}), {});
  assert.deepEqual(problems(form([pump]), { "read.rate": "21.7" }), ["Concentration on the pump is missing"]);
  assert.deepEqual(problems(form([{ ...pump, required: true }]), {}).length, 2);
  assert.deepEqual(body(form([pump]), { "read.rate": "21.7", "read.concentration": "1" }), {
    read: { rate: { v: "21.7", u: "mL/h" }, concentration: { v: "1", u: "mg/mL" } },
  });
});

test("entries of a list are objects, and their problems say which", () => {
  const f = form([{ path: "vials", label: "Vial", input: "list", required: true, fields: [{ path: "lot", label: "Lot", input: "scan", required: true }] }]);
  assert.deepEqual(problems(f, {}), ["Vial is missing"]);
  assert.deepEqual(body(f, { vials: [{ lot: "A1" }, { lot: "B2" }] }), { vials: [{ lot: "A1" }, { lot: "B2" }] });
  assert.deepEqual(fill(f, { vials: [{ lot: "A1" }, {}] }, {}, id).problems, [{ key: "vials[1].lot", text: "Lot is missing" }]);
});

test("half a score is no score", () => {
  const f = form([{ path: "se12", label: "", input: "se12", options: [{ value: "a", label: "Strange" }, { value: "b", label: "Floating" }] }]);
  assert.deepEqual(problems(f, { se12: ["0", ""] }), ["1 of 2 not rated yet, next: Floating"]);
  assert.deepEqual(body(f, { se12: ["0", "4"] }), { se12: [0, 4] });
});

test("a client-made id is made once and kept with the draft", () => {
  const f = form([{ path: "id", label: "", input: "newid" }]);
  assert.deepEqual(body(f, {}), { id: "new-id" });
  assert.deepEqual(body(f, { id: "from-draft" }), { id: "from-draft" });
});

test("what came with the act is shown as text, whatever its wire form", () => {
  const base = { drug: "ondansetron", dose: { v: "4", u: "mg" }, why: { text: "nausea" }, n: 3, read: { rate: { v: "21.7", u: "mL/h" } } };
  assert.deepEqual(["drug", "dose", "why", "n", "read.rate", "absent", "read"].map((k) => baseText(base, k)), ["ondansetron", "4", "nausea", "3", "21.7", "", ""]);
});
