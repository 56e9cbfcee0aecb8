// The tables of a paper. The page keeps what is typed and says what the server
// answers; it reads no number and no time itself.

import { blank, keep, name, read, rest, send, wire, type Command, type Line, type Reply } from "../../../web/src/paper/draft.ts";
import { uuid7 } from "../../../web/src/shared/uuid7.ts";

interface Answer {
  problems: { row: string; cell: string; text: string }[];
  commands: Command[];
  html: string;
}

const fresh = () => uuid7(Date.now(), (into) => crypto.getRandomValues(into));
const form = document.querySelector<HTMLElement>("#sheet");
if (form) begin(form);

function begin(form: HTMLElement): void {
  const session = form.dataset["session"]!;
  const key = name(session, form.dataset["person"] ?? "");
  const find = <T extends HTMLElement>(selector: string) => form.querySelector<T>(selector)!;
  const kept = find("#kept");
  const preview = find("#preview");
  const problems = find("#problems");
  const sending = find("#sending");
  const look = find<HTMLButtonElement>("#look");
  const record = find<HTMLButtonElement>("#record");
  let draft = read(localStorage, key) ?? { fields: {}, downID: fresh(), totalID: fresh(), sheets: [], lines: [], commands: [], done: [] };

  const say = (where: HTMLElement, text: string) => {
    where.textContent = text;
    where.hidden = text === "";
  };

  /** row puts one line into its table. */
  function row(section: HTMLElement, line?: Line): HTMLElement {
    const made = section.querySelector("template")!.content.firstElementChild!.cloneNode(true) as HTMLElement;
    const lines = section.querySelector(".lines")!;
    made.querySelector("[data-number]")!.textContent = String(lines.children.length + 1);
    made.dataset["ids"] = (line?.ids ?? [fresh(), fresh(), fresh()]).join(" ");
    for (const c of line?.cells ?? []) {
      const field = made.querySelector<HTMLInputElement | HTMLSelectElement>(`[data-key="${CSS.escape(c.key)}"]`);
      if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = c.text !== "";
      else if (field) field.value = c.text;
    }
    lines.append(made);
    return made;
  }

  /** draw puts a draft into the page: its lines, and the blank ones that are offered. */
  function draw(): void {
    for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]")) {
      if (field.name === "sheet") (field as HTMLInputElement).checked = draft.sheets.includes(Number(field.value));
      else if (draft.fields[field.name] !== undefined || field.name.includes(".")) field.value = draft.fields[field.name] ?? "";
    }
    for (const section of form.querySelectorAll<HTMLElement>("[data-section]")) {
      section.querySelector(".lines")!.replaceChildren();
      const own = draft.lines.filter((l) => l.section === section.dataset["section"]);
      for (const l of own) row(section, l);
      for (let n = own.length; n < Number(section.dataset["rows"]); n++) row(section);
    }
  }

  /** gather reads the page into the draft. */
  function gather(): void {
    const fields: Record<string, string> = {};
    for (const field of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]")) {
      if (field.name !== "sheet") fields[field.name] = field.value;
    }
    const sheets = Array.from(form.querySelectorAll<HTMLInputElement>('[name="sheet"]:checked'), (f) => Number(f.value));
    const lines = Array.from(form.querySelectorAll<HTMLElement>(".line"), (l): Line => ({
      ids: l.dataset["ids"]!.split(" "),
      section: l.closest<HTMLElement>("[data-section]")!.dataset["section"]!,
      cells: Array.from(l.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-key]"), (f) => ({
        key: f.dataset["key"]!, text: f instanceof HTMLInputElement && f.type === "checkbox" ? (f.checked ? f.value : "") : f.value,
      })),
    }));
    draft = { ...draft, fields, sheets, lines: lines.filter((l) => !blank(l)), commands: [], done: [] };
  }

  function store(): void {
    if (!keep(localStorage, key, draft)) say(kept, "This browser keeps nothing: what you type is lost when the page is closed.");
  }

  /** changed is after every touch: what was seen before is not what is there now. */
  function changed(): void {
    gather();
    store();
    preview.hidden = record.hidden = true;
    look.hidden = false;
  }

  /** mark says beside each field what is wrong with it, and lists it below. */
  function mark(list: { row: string; cell: string; text: string }[]): void {
    for (const p of form.querySelectorAll<HTMLElement>(".line > .trouble")) say(p, "");
    for (const f of form.querySelectorAll("[aria-invalid]")) f.removeAttribute("aria-invalid");
    const items = list.map((p) => {
      const line = p.row === "" ? null : form.querySelector<HTMLElement>(`.line[data-ids^="${CSS.escape(p.row)}"]`);
      const field = line?.querySelector<HTMLElement>(`[data-key="${CSS.escape(p.cell)}"]`) ?? form.querySelector<HTMLElement>(`[name="${CSS.escape(p.cell)}"]`);
      field?.setAttribute("aria-invalid", "true");
      if (line) {
        const trouble = line.querySelector<HTMLElement>(".trouble")!;
        say(trouble, trouble.hidden ? p.text : `${trouble.textContent} ${p.text}`);
      }
      const where = line ? `${line.querySelector("legend")!.textContent}: ` : "";
      const item = document.createElement("li");
      const shape = document.createElement("span");
      shape.className = "shape";
      item.append(shape, where + p.text);
      return item;
    });
    problems.querySelector("ul")!.replaceChildren(...items);
    problems.hidden = items.length === 0;
  }

  async function ask(path: string, body: BodyInit, type: string): Promise<{ status: number; body: unknown }> {
    try {
      const r = await fetch(path, { method: "POST", headers: { "Content-Type": type }, body, credentials: "same-origin", signal: AbortSignal.timeout(120_000) });
      return { status: r.status, body: await r.json().catch(() => ({})) };
    } catch {
      return { status: 0, body: {} };
    }
  }

  const text = (body: unknown) => String((body as { text?: unknown }).text ?? "");
  const waits = "What you typed is kept in this browser.";

  async function tryIt(): Promise<void> {
    gather();
    store();
    look.disabled = true;
    const r = await ask(`/v1/paper/${session}`, JSON.stringify(wire(draft)), "application/json");
    look.disabled = false;
    if (r.status !== 200) return say(sending, `${r.status === 0 ? "The server does not answer." : text(r.body)} ${waits}`);
    say(sending, "");
    const answer = r.body as Answer;
    mark(answer.problems);
    find("#preview-body").innerHTML = answer.html;
    preview.hidden = false;
    draft.commands = answer.problems.length === 0 ? answer.commands : [];
    record.hidden = draft.commands.length === 0;
    look.hidden = !record.hidden;
    (answer.problems.length > 0 ? problems : preview).focus();
  }

  async function post(c: Command): Promise<Reply> {
    const { row: _row, id, act, occurred_at, paper, body } = c;
    const r = await ask(`/v1/commands/${act}`, JSON.stringify({ schema: 1, id, session, occurred_at, offset_ms: 0, ...(paper ? { paper } : {}), body }), "application/json");
    return { status: r.status, text: text(r.body) };
  }

  const progress = () => {
    store();
    say(sending, `${draft.done.length} of ${draft.commands.length} entries are recorded.`);
  };

  /** deliver sends what was seen; what was sent already is known by its id. */
  async function deliver(): Promise<void> {
    record.disabled = true;
    progress();
    const ended = await send(draft, post, progress);
    record.disabled = false;
    if (ended.stopped !== undefined) {
      record.hidden = false;
      look.hidden = true;
      record.textContent = "Send the rest";
      return say(sending, `${draft.done.length} of ${draft.commands.length} entries are recorded. ${ended.stopped} The rest waits in this browser.`);
    }
    draft = rest(draft, ended.returned);
    if (ended.returned.size === 0) {
      localStorage.removeItem(key);
      return location.assign(`/sessions/${session}?done=paper`);
    }
    draw();
    changed();
    mark(Array.from(ended.returned, ([row, why]) => ({ row, cell: "time", text: why })));
    say(sending, "The others are recorded. These lines came back.");
    problems.focus();
  }

  async function upload(files: File[]): Promise<void> {
    const said = form.querySelector<HTMLElement>("#photo-said")!;
    for (const file of files) {
      say(said, `${file.name} is on its way.`);
      const id = fresh();
      let r = await ask(`/v1/sheets/${session}/${id}`, file, file.type);
      if (r.status === 0) r = await ask(`/v1/sheets/${session}/${id}`, file, file.type); // the same photo under the same id
      if (r.status !== 200) return say(said, `${file.name} is not kept. ${r.status === 0 ? "The server does not answer." : text(r.body)}`);
      const sheet = r.body as { position: number; label: string; href: string };
      const item = document.createElement("li");
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "sheet", value: String(sheet.position), checked: true });
      label.append(box, Object.assign(document.createElement("span"), { textContent: sheet.label }));
      item.append(label, " ", Object.assign(document.createElement("a"), { href: sheet.href, target: "_blank", rel: "noopener", textContent: "Look at it" }));
      form.querySelector("#photo-list")!.append(item);
      changed();
      say(said, "The photo is kept, and stands beside every line of this sheet.");
    }
  }

  form.addEventListener("input", changed);
  look.addEventListener("click", () => void tryIt());
  record.addEventListener("click", () => void deliver());
  form.addEventListener("click", (e) => {
    const more = (e.target as Element).closest<HTMLElement>("[data-more]");
    if (more) row(more.closest<HTMLElement>("[data-section]")!).querySelector<HTMLElement>("[data-key]")!.focus();
  });
  find<HTMLInputElement>("#photo").addEventListener("change", (e) => {
    const field = e.target as HTMLInputElement;
    void upload(Array.from(field.files ?? [])).finally(() => (field.value = ""));
    e.stopPropagation();
  });
  form.querySelector<HTMLButtonElement>("#down-known")?.addEventListener("click", (e) => {
    const at = (e.currentTarget as HTMLElement).dataset;
    find<HTMLInputElement>("#down-from").value = at["from"]!;
    find<HTMLInputElement>("#down-to").value = at["to"]!;
    changed();
  });

  if (draft.lines.length > 0) say(kept, "What you typed here before and did not record is back.");
  draw();
  if (draft.commands.length > draft.done.length && draft.done.length > 0) {
    record.textContent = "Send the rest";
    record.hidden = false;
    look.hidden = true;
    say(sending, `${draft.done.length} of ${draft.commands.length} entries are recorded. The rest waits in this browser.`);
  }
}
