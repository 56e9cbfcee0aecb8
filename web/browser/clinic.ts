// A demonstration clinic of the real program, and a real browser before it.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

/** Who is who in the demonstration, as the program prints it at its start. */
export interface Login {
  login: string;
  password: string;
  pin: string;
  name: string;
}

export const tablet = { width: 1024, height: 768 };

/** How long one thing may take on a busy machine before the test fails. */
const patience = 20_000;

const browserFlags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export class Clinic {
  readonly zone = dayZone(new Date());
  readonly staff = new Map<string, Login>();
  url = "";
  #program!: ChildProcess;
  readonly #said: string[] = [];
  readonly #waiting: { line: RegExp; done: (m: RegExpExecArray) => void }[] = [];
  #browser: Promise<Browser> | undefined;

  private constructor(
    readonly bin: string,
    readonly data: string,
  ) {
    this.#run("127.0.0.1:0");
  }

  #run(listen: string): void {
    const args = ["demo", "--no-open", "--ahead", "--listen", listen, "--data", this.data, "--zone", this.zone];
    this.#program = spawn(this.bin, args, { stdio: ["pipe", "pipe", "inherit"], env: settingless() });
    createInterface({ input: this.#program.stdout! }).on("line", (line) => this.#hear(line));
  }

  /** open plays the demonstration's morning and returns when its pages are served. */
  static async open(data = mkdtempSync(path.join(tmpdir(), "stillwatch-browser-"))): Promise<Clinic> {
    const c = new Clinic(needed("STILLWATCH_BIN"), data);
    c.url = (await c.says(/^Stillwatch demonstration: (\S+)$/))[1]!;
    await c.says(/^Stop with Ctrl-C/);
    return c;
  }

  #hear(line: string): void {
    this.#said.push(line);
    const who = /^ +(\w+) +password "([^"]+)" +(?:PIN (\d{6}))? *(.*)$/.exec(line);
    if (who) this.staff.set(who[1]!, { login: who[1]!, password: who[2]!, pin: who[3] ?? "", name: who[4]! });
    for (const w of [...this.#waiting]) {
      const m = w.line.exec(line);
      if (!m) continue;
      this.#waiting.splice(this.#waiting.indexOf(w), 1);
      w.done(m);
    }
  }

  /** says waits for a line of the program's output. */
  says(line: RegExp, from = 0): Promise<RegExpExecArray> {
    for (const l of this.#said.slice(from)) {
      const m = line.exec(l);
      if (m) return Promise.resolve(m);
    }
    return new Promise((done, fail) => {
      const ended = (code: number | null): void =>
        fail(new Error(`the program ended with ${code} before it said ${line}:\n${this.#said.join("\n")}`));
      this.#program.once("exit", ended);
      this.#waiting.push({ line, done: (m) => (this.#program.off("exit", ended), done(m)) });
    });
  }

  /** pass lets the clinic's time pass at once, monitors speaking: "10m". */
  async pass(how: string): Promise<void> {
    const from = this.#said.length;
    this.#program.stdin!.write(`${how}\n`);
    const said = await this.says(/^(In the clinic it is now|Time could not pass|How long should pass).*/, from);
    if (!said[0].startsWith("In the clinic")) throw new Error(said[0]);
  }

  who(login: string): Login {
    const l = this.staff.get(login);
    if (!l) throw new Error(`the demonstration names nobody called ${login}`);
    return l;
  }

  /** freeze and thaw stop the server's answers without ending its connections. */
  freeze(): void {
    this.#program.kill("SIGSTOP");
  }

  thaw(): void {
    this.#program.kill("SIGCONT");
  }

  kill(): void {
    this.#program.kill("SIGKILL");
  }

  /** killed kills the program and returns when it is gone. */
  async killed(): Promise<void> {
    const ended = new Promise((done) => this.#program.once("exit", done));
    this.kill();
    await ended;
  }

  /** revive starts the program again over the same data, at the same address, and returns when its pages are served. */
  async revive(): Promise<void> {
    const from = this.#said.length;
    this.#run(new URL(this.url).host);
    await this.says(/^Stop with Ctrl-C/, from);
  }

  async browser(): Promise<Browser> {
    // The promise is kept, not its result: two who ask at once get one browser.
    this.#browser ??= chromium.launch({ executablePath: needed("STILLWATCH_CHROMIUM"), args: browserFlags });
    return this.#browser;
  }

  /** device is one browser of its own: its own cookies, its own store. */
  async device(viewport = tablet): Promise<BrowserContext> {
    const context = await (await this.browser()).newContext({ viewport, baseURL: this.url, hasTouch: true, reducedMotion: "reduce" });
    context.setDefaultTimeout(patience);
    context.on("weberror", (e) => console.error(`error on ${e.page()?.url()}:`, e.error()));
    return context;
  }

  /** stop ends the program as Ctrl-C does; its data stays for a look. */
  async stop(): Promise<void> {
    await (await this.#browser)?.close();
    this.#browser = undefined;
    if (this.#program.exitCode !== null || this.#program.signalCode !== null) return;
    const ended = new Promise((done) => this.#program.once("exit", done));
    this.#program.kill("SIGCONT");
    this.#program.kill("SIGINT");
    await ended;
  }

  /** run runs another command of the program and gives its exit status and output. */
  async run(...args: string[]): Promise<{ code: number; out: string }> {
    const p = spawn(this.bin, args, { stdio: ["ignore", "pipe", "pipe"], env: settingless() });
    let out = "";
    for (const s of [p.stdout, p.stderr]) s.on("data", (b: Buffer) => (out += b.toString()));
    const code = await new Promise<number>((done) => p.once("close", (c) => done(c ?? -1)));
    return { code, out };
  }

  forget(): void {
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** within lets a page be told addresses as those of a device are, without the host. */
function within(base: string, page: Page): Page {
  const [go, wait] = [page.goto.bind(page), page.waitForURL.bind(page)];
  page.goto = (to, o) => go(new URL(to, base).href, o);
  page.waitForURL = (to, o) => wait(typeof to === "string" ? new URL(to, base).href : to, o);
  return page;
}

/**
 * Tablet is a browser with a folder of its own that can die as a tablet does:
 * at once, no page told, what is on its disk still there.
 */
export class Tablet {
  #program: ChildProcess | undefined;
  #browser: Browser | undefined;
  readonly #folder = mkdtempSync(path.join(tmpdir(), "stillwatch-tablet-"));

  constructor(readonly url: string) {}

  /** on starts it and gives its one window. */
  async on(): Promise<Page> {
    const args = [...browserFlags, "--headless=new", "--remote-debugging-port=0", `--user-data-dir=${this.#folder}`, "--window-size=1024,768", "about:blank"];
    const p = spawn(needed("STILLWATCH_CHROMIUM"), args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    this.#program = p;
    const at = await new Promise<string>((done, fail) => {
      createInterface({ input: p.stderr! }).on("line", (line) => {
        const m = /^DevTools listening on (\S+)$/.exec(line);
        if (m) done(m[1]!);
      });
      p.once("exit", (code) => fail(new Error(`the tablet's browser ended with ${code}`)));
    });
    this.#browser = await chromium.connectOverCDP(at);
    const context = this.#browser.contexts()[0]!;
    context.setDefaultTimeout(patience);
    const page = within(this.url, context.pages()[0] ?? (await context.newPage()));
    await page.setViewportSize(tablet);
    return page;
  }

  /** off closes it as a person does. */
  async off(): Promise<void> {
    const ended = new Promise((done) => this.#program!.once("exit", done));
    await (await this.#browser!.newBrowserCDPSession()).send("Browser.close");
    await ended;
  }

  /** dies kills it with all its processes. */
  async dies(): Promise<void> {
    const p = this.#program!;
    const ended = new Promise((done) => p.once("exit", done));
    process.kill(-p.pid!, "SIGKILL");
    await ended;
    await this.#browser?.close().catch(() => {});
  }

  async forget(): Promise<void> {
    if (this.#program && this.#program.exitCode === null && this.#program.signalCode === null) await this.dies();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * dayZone puts the clinic at eight in the morning: the hours a test lets pass
 * must not cross midnight, after which yesterday's answers rightly do not count.
 */
function dayZone(now: Date): string {
  let ahead = 8 - now.getUTCHours(); // hours east of Greenwich
  if (ahead < -12) ahead += 24;
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`; // these names count westward
}

/** settingless is the environment without our own variables, which the program would take for its settings. */
function settingless(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("STILLWATCH_")));
}

function needed(name: string): string {
  const v = process.env[name];
  if (!v) throw new Error(`${name} is not set: run make test-web`);
  return v;
}

/** signIn signs a person in at the sign-in page. */
export async function signIn(page: Page, who: Login, next = "/"): Promise<void> {
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  await page.getByLabel("Name").fill(who.login);
  await page.getByLabel("Password").fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((u) => !u.pathname.startsWith("/sign-in"));
}
