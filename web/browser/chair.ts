// The chair as a nurse uses it: buttons by their names, numbers on the number
// pad, PINs on the PIN pad. Everything waits for what the page shows.

import type { Locator, Page } from "playwright-core";

import type { Login } from "./clinic.ts";

export class Chair {
  constructor(
    readonly page: Page,
    readonly number: number,
  ) {}

  async open(): Promise<void> {
    await this.page.goto(`/chair/${this.number}`);
    await this.bar.waitFor();
  }

  get bar(): Locator {
    return this.page.getByRole("navigation", { name: "Acts" });
  }

  get sheet(): Locator {
    return this.page.getByRole("dialog");
  }

  get notices(): Locator {
    return this.page.locator(".notes");
  }

  /** phase waits until the header says so. */
  async phase(text: string): Promise<void> {
    await this.page.locator(".head .phase", { hasText: new RegExp(`^${text}$`) }).waitFor();
  }

  /** value waits until a sign is shown as measured. */
  async value(kind: string): Promise<void> {
    await this.page.locator(`.values .value.${kind} .figure`).waitFor();
  }

  /** sheetless waits until nothing lies over the page. */
  async sheetless(): Promise<void> {
    await this.sheet.waitFor({ state: "detached" });
  }

  /** act opens what is to be recorded: from the bar, or from what is behind "More". */
  async act(name: string): Promise<void> {
    const named = (within: Locator): Locator => within.getByRole("button").filter({ has: this.page.locator("b").getByText(name, { exact: true }) });
    const direct = named(this.bar);
    if ((await direct.count()) > 0) return direct.first().click();
    await this.bar.getByRole("button", { name: "More" }).click();
    await named(this.page.getByRole("dialog", { name: "Everything that can be recorded now" })).first().click();
  }

  /** form opens an act and waits for its questions. */
  async form(name: string, title = name): Promise<void> {
    await this.act(name);
    await this.page.getByRole("dialog", { name: title, exact: true }).waitFor();
  }

  /** unfold opens a part of a form that is not asked each time. */
  async unfold(title: string): Promise<void> {
    await this.sheet.getByRole("button", { name: new RegExp(`^${literal(title)}`), expanded: false }).click();
  }

  /** choose taps one of a question's answers. */
  async choose(question: string, choice: string): Promise<void> {
    await this.#group(question).getByRole("radio", { name: new RegExp(`^${literal(choice)}`) }).first().click();
  }

  async chooseAll(question: string, ...choices: string[]): Promise<void> {
    const group = this.sheet.getByRole("group", { name: new RegExp(`^${literal(question)}`) });
    for (const c of choices) await group.getByRole("button", { name: c, exact: true }).click();
  }

  async yes(...questions: string[]): Promise<void> {
    for (const q of questions) await this.choose(q, "Yes");
  }

  async no(...questions: string[]): Promise<void> {
    for (const q of questions) await this.choose(q, "No");
  }

  #group(question: string): Locator {
    return this.sheet.getByRole("radiogroup", { name: new RegExp(`^${literal(question)}`) });
  }

  /** pickDay says on which day a time was. */
  async pickDay(question: string, day: string): Promise<void> {
    await this.sheet.locator(".ask", { has: this.page.getByText(question, { exact: true }) }).getByRole("button", { name: day }).click();
  }

  /** type uses the number pad, as a hand does. */
  async type(question: string, value: string): Promise<void> {
    await this.sheet.getByRole("textbox", { name: new RegExp(`^${literal(question)}`) }).first().click();
    const pad = this.page.getByRole("group", { name: /^Number pad/ });
    for (const key of value) await pad.getByRole("button", { name: key === "." ? "point" : key, exact: true }).click();
  }

  /** retype clears a number first. */
  async retype(question: string, value: string): Promise<void> {
    const field = this.sheet.getByRole("textbox", { name: new RegExp(`^${literal(question)}`) }).first();
    await field.click();
    const pad = this.page.getByRole("group", { name: /^Number pad/ });
    while ((await field.inputValue()) !== "") await pad.getByRole("button", { name: "delete last" }).click();
    await this.type(question, value);
  }

  async back(): Promise<void> {
    await this.sheet.getByRole("button", { name: "Back", exact: true }).click();
    await this.sheetless();
  }

  /** write fills a text, a date or a time with the keyboard. */
  async write(question: string, value: string): Promise<void> {
    await this.field(question).fill(value);
  }

  /** field is what a question is answered in; a part of the form may have the same name. */
  field(question: string): Locator {
    return this.sheet.getByLabel(new RegExp(`^${literal(question)}`)).and(this.page.locator("input, textarea, select")).first();
  }

  /** submit presses the form's own act and waits until the sheet is gone. */
  async submit(label: string): Promise<void> {
    await this.press(label);
    await this.sheet.waitFor({ state: "detached" });
  }

  async press(label: string): Promise<void> {
    await this.bar.getByRole("button", { name: new RegExp(`^${literal(label)}`) }).click();
  }

  /** pin names a person and types the PIN on the pad. */
  async pin(who: Login): Promise<void> {
    await this.sheet.getByRole("radio", { name: who.name }).click();
    for (const d of who.pin) await this.sheet.getByRole("button", { name: d, exact: true }).click();
  }

  async lock(): Promise<void> {
    await this.act("Lock");
    await this.bar.getByRole("button", { name: /^Unlock/ }).waitFor();
  }

  async unlock(who: Login): Promise<void> {
    await this.bar.getByRole("button", { name: /^Unlock/ }).click();
    await this.pin(who);
    await this.bar.getByRole("button", { name: "More" }).waitFor();
  }

  /** handTo lets another person sign on with their PIN at the same tablet. */
  async handTo(who: Login): Promise<void> {
    if (!(await this.bar.getByRole("button", { name: /^Unlock/ }).isVisible())) await this.lock();
    await this.unlock(who);
  }
}

function literal(s: string): string {
  return s.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
