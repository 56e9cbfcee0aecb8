import assert from "node:assert/strict";
import { test } from "node:test";

import { answer, type Means } from "./away.ts";

const never = (): Promise<never> => new Promise(() => {});

function means(over: Partial<Means> = {}): Means & { asked: string[]; forgot: number } {
  const asked: string[] = [];
  return {
    asked, forgot: 0,
    forget() {
      this.forgot++;
    },
    origin: "https://clinic.test",
    kept: { version: "1", shell: "/chair/away", files: ["/assets/chair-1.js"] },
    network: async (r) => (asked.push(r.url), new Response("server")),
    stored: async (path) => new Response(`stored ${path}`),
    later: never,
    ...over,
  };
}

function request(path: string, mode: "navigate" | "cors" = "cors", method = "GET"): Request {
  // A page cannot make a navigation itself: what is read of it stands in.
  return { url: `https://clinic.test${path}`, method, mode } as unknown as Request;
}

const text = async (r: Promise<Response> | undefined): Promise<string> => (await r!).text();

test("the page is the server's while the server answers", async () => {
  assert.equal(await text(answer(request("/chair/3", "navigate"), means())), "server");
  for (const status of [200, 303, 401, 403, 404, 500, 503]) {
    const by = means({ network: async () => (status === 303 ? ({ status, type: "opaqueredirect" } as Response) : new Response("sick", { status })) });
    assert.equal((await answer(request("/chair/3", "navigate"), by)!).status, status, `answered ${status}`);
    assert.equal(by.forgot, [303, 401, 403, 404].includes(status) ? 1 : 0, `what is kept, after ${status}`);
  }
});

test("the stored shell opens when nobody answers, or only something in between", async () => {
  const cut = means({ network: () => Promise.reject(new TypeError("failed to fetch")) });
  assert.equal(await text(answer(request("/chair/3", "navigate"), cut)), "stored /chair/away");
  for (const status of [502, 504]) {
    const by = means({ network: async () => new Response("", { status }) });
    assert.equal(await text(answer(request("/chair/12", "navigate"), by)), "stored /chair/away");
  }
  let pass: () => void = () => {};
  const frozen = means({ network: never, later: () => new Promise((done) => (pass = () => done(undefined))) });
  const waits = text(answer(request("/chair/3", "navigate"), frozen));
  pass();
  assert.equal(await waits, "stored /chair/away");
});

test("nothing else is ever answered from the store", () => {
  for (const [path, mode, method] of [
    ["/v1/chair/3", "cors", "GET"], ["/v1/stream?topics=chair.3", "cors", "GET"], ["/v1/commands/session.note", "cors", "POST"],
    ["/board", "navigate", "GET"], ["/sessions/x", "navigate", "GET"], ["/chair/3", "navigate", "POST"], ["/chair/away", "navigate", "GET"],
    ["/assets/board-1.js", "cors", "GET"], ["/chair/3", "cors", "GET"],
  ] as const) {
    const by = means();
    assert.equal(answer(request(path, mode, method), by), undefined, path);
  }
  const elsewhere = { url: "https://other.test/chair/3", method: "GET", mode: "navigate" } as unknown as Request;
  assert.equal(answer(elsewhere, means()), undefined);
});

test("a listed file comes from the store, and from the server where the store lacks it", async () => {
  const by = means();
  assert.equal(await text(answer(request("/assets/chair-1.js"), by)), "stored /assets/chair-1.js");
  assert.deepEqual(by.asked, []);
  const bare = means({ stored: async () => undefined });
  assert.equal(await text(answer(request("/assets/chair-1.js"), bare)), "server");
});

test("without a stored shell the browser says itself that nobody answers", async () => {
  const by = means({ network: () => Promise.reject(new TypeError("failed to fetch")), stored: async () => undefined });
  assert.equal((await answer(request("/chair/3", "navigate"), by)!).type, "error");
});
