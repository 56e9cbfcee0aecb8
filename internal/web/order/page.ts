// Several people write at one order. The page sends each answer as it is typed, shows
// what others change, and keeps what is typed until the server has it. It signs
// nothing: the server holds a signature against what the page was read with.

import { confirmed, draftOf, heard, keep, name, owed, read, same, sweep, touched, type Answered } from "../../../web/src/order/kept.ts";

interface News extends Answered {
  here: string[];
  since: string[];
  ended?: string;
  unknown?: boolean;
}

const every = 3_000;
const pause = 400; // after the last key, before it is sent
const waits = "What you type is kept in this browser and sent when the server answers.";

const form = document.querySelector<HTMLFormElement>("form[data-order]");
if (form) begin(form);

function begin(form: HTMLFormElement): void {
  const visit = form.dataset["order"]!;
  const key = name(visit, form.dataset["person"] ?? "");
  const hidden = (n: string): HTMLInputElement => form.querySelector<HTMLInputElement>(`input[type=hidden][name=${n}]`)!;
  const [page, protocol, drawn, shown] = [hidden("command").value, hidden("protocol").value, hidden("draft").value, hidden("shown")];
  const here = document.querySelector<HTMLElement>("#here")!;
  const since = document.querySelector<HTMLElement>("#since")!;
  const said = form.querySelector<HTMLElement>("#kept")!;
  let typed = read(localStorage, key, Number(form.dataset["signed"]), Number(form.dataset["now"]));
  sweep(localStorage, Date.now(), key);
  let ended = false;
  let busy = false;
  let soon: ReturnType<typeof setTimeout> | undefined;

  const say = (text: string): void => {
    if (said.textContent !== text) said.textContent = text;
  };
  const fields = (n: string): HTMLElement[] => [...form.querySelectorAll<HTMLElement>(`[name="${CSS.escape(n)}"]:not([type=hidden]):not([type=password]):not(button)`)];
  const chosen = (f: HTMLElement): f is HTMLInputElement => f instanceof HTMLInputElement && (f.type === "radio" || f.type === "checkbox");

  function answer(n: string): string[] {
    return fields(n).flatMap((f) => (chosen(f) ? (f.checked ? [f.value] : []) : [(f as HTMLInputElement).value])).filter((v) => v !== "");
  }
  function fill(n: string, says: readonly string[]): void {
    for (const f of fields(n)) {
      if (chosen(f)) f.checked = says.includes(f.value);
      else (f as HTMLInputElement).value = says[0] ?? "";
    }
  }
  /** asked are those of some answers that this form asks for: the server takes no other. */
  const asked = (names: readonly string[]): string[] => names.filter((n) => fields(n).length > 0);

  function store(): void {
    if (!keep(localStorage, key, typed, Date.now())) say("This browser keeps nothing: what the server does not have is lost when the page is closed.");
  }

  const boxOf = (n: string): HTMLElement | null => fields(n)[0]?.closest<HTMLElement>(".field") ?? null;
  function note(n: string, text: string): void {
    const box = boxOf(n);
    if (!box) return;
    let by = box.querySelector<HTMLElement>("[data-by]");
    if (!by && text === "") return;
    if (!by) {
      by = Object.assign(document.createElement("span"), { className: "hint" });
      by.dataset["by"] = "";
      box.append(by);
    }
    if (by.textContent !== text) by.textContent = text;
  }

  function list(into: HTMLElement, tag: string, lines: readonly string[]): void {
    if ([...into.children].map((c) => c.textContent).join("\n") === lines.join("\n")) return;
    into.replaceChildren(...lines.map((text) => Object.assign(document.createElement(tag), { textContent: text })));
  }

  function show(news: News): void {
    list(here, "p", news.here);
    const lines = [...(news.ended ? [news.ended] : []), ...news.since];
    list(since.querySelector("ul")!, "li", news.unknown && lines.length === 0 ? ["It is not known any more what others changed: check against the protocol before it is signed."] : lines);
    since.hidden = lines.length === 0 && !news.unknown;
    const other = news.answers["protocol"];
    since.querySelector<HTMLElement>("[data-other]")!.hidden = !other || other[0] === protocol;
    if (news.ended) {
      ended = true;
      return;
    }
    for (const [n, says] of Object.entries(news.answers)) {
      if (!typed.unsent.includes(n) && fields(n).length > 0 && !same(answer(n), says)) fill(n, says);
    }
    for (const n of Object.keys(news.answers)) note(n, news.last[n] ?? "");
    shown.value = news.draft;
  }

  async function ask(body?: string): Promise<News | string> {
    const q = new URLSearchParams({ page, draft: drawn, shown: shown.value, protocol });
    try {
      const r = await fetch(`/v1/orders/${visit}${body === undefined ? `?${q}` : ""}`, {
        method: body === undefined ? "GET" : "POST", credentials: "same-origin", signal: AbortSignal.timeout(10_000),
        ...(body === undefined ? {} : { body, headers: { "Content-Type": "application/json" } }),
      });
      if (r.ok) return (await r.json()) as News;
      const { text } = (await r.json().catch(() => ({}))) as { text?: string };
      return `${text ?? `The server answered ${r.status}.`} What you type is kept in this browser.`;
    } catch {
      return `The server does not answer. ${waits}`;
    }
  }

  /** turn sends what is owed, or asks what others did; one at a time. */
  async function turn(): Promise<void> {
    if (busy || ended) return;
    busy = true;
    const sent = Object.fromEntries(typed.unsent.map((n) => [n, typed.answers[n] ?? []]));
    const sends = Object.keys(sent).length > 0;
    const news = await ask(sends ? JSON.stringify({ page, draft: drawn, shown: shown.value, protocol, answers: sent }) : undefined);
    busy = false;
    if (typeof news === "string") {
      say(news);
      return;
    }
    const before = Object.keys(typed.answers).length;
    if (!news.ended) typed = heard(typed, sent, news);
    else if (sends) typed = confirmed(typed, sent, news.draft, news.at_ms);
    typed = { ...typed, unsent: asked(typed.unsent) };
    show(news);
    if (before > 0) store();
    say(typed.unsent.length > 0 ? "Being sent." : sends || said.textContent !== "" ? "What you typed is on the server, for everyone who opens this form." : "");
    if (typed.unsent.length > 0) later();
  }
  function later(): void {
    clearTimeout(soon);
    soon = setTimeout(() => void turn(), pause);
  }

  form.addEventListener("input", (e) => {
    const n = (e.target as HTMLInputElement).name;
    if (fields(n).length === 0) return;
    typed = touched(typed, n, answer(n));
    store();
    later();
  });

  const others = Object.keys(typed.answers).filter((n) => (boxOf(n)?.querySelector("[data-by]")?.textContent ?? "") !== "");
  const back = owed(typed, drawn, others);
  for (const n of asked(back)) fill(n, typed.answers[n]!);
  typed = { ...typed, draft: draftOf(drawn), unsent: asked(back) };
  if (typed.unsent.length > 0) {
    say("What you typed here before, and the server did not have, is back.");
    later();
  }
  setInterval(() => void turn(), every);
  void turn();
}
