import assert from "node:assert/strict";
import { test } from "node:test";

import { memoryStore, type Store, type Waiting } from "./outbox.ts";
import { pause, refusal, Sender, type Reply, type Saying } from "./send.ts";

/** A clinic's worth of surroundings: a scripted server, and time that moves by hand. */
function bench(answer: (w: Waiting) => Reply | Error, store: Store<Waiting> = memoryStore<Waiting>()) {
  const posted: Waiting[] = [];
  const timers: (() => void)[] = [];
  let random = 0;
  const sender = new Sender({
    store,
    post: async (w) => {
      posted.push(structuredClone(w));
      const a = answer(w);
      if (a instanceof Error) throw a;
      return a;
    },
    now: () => 1_000_000,
    random: (b) => b.fill(++random),
    later: (_, run) => void timers.push(run),
    offset: () => 250,
    grant: () => "grant-of-okafor",
    hand: () => ({ person: "okafor", name: "A. Okafor RN" }),
  });
  const settle = async () => {
    for (let i = 0; i < 50; i++) await Promise.resolve();
  };
  const tick = async () => {
    timers.splice(0).forEach((run) => run());
    await settle();
  };
  return { sender, store, posted, settle, tick, timers };
}

const ok: Reply = { status: 200, body: { position: 7 } };
const note = (over: Partial<Saying> = {}): Saying => ({
  act: "session.note",
  session: "s",
  body: { text: { text: "asleep" } },
  label: "Note",
  planned: false,
  touched: 1_763_000_000_000,
  ...over,
});

test("an act is durable before it is posted", async () => {
  const store = memoryStore<Waiting>();
  let keptFirst = false;
  const b = bench(() => ok, store);
  b.sender.at.post = async (w) => {
    keptFirst = (await store.all()).some((x) => x.id === w.id);
    return ok;
  };
  const said = b.sender.say(note());
  assert.equal(await said.kept, true);
  await said.settled;
  assert.equal(keptFirst, true);
});

test("an act carries the time of touch, the clock offset and its author's grant", async () => {
  const b = bench(() => ok);
  await b.sender.say(note()).settled;
  const w = b.posted[0]!;
  assert.equal(w.occurred_at, new Date(1_763_000_000_000).toISOString());
  assert.equal(w.offset_ms, 250);
  assert.equal(w.grant, "grant-of-okafor");
  assert.match(w.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("a confirmed act leaves the device", async () => {
  const b = bench(() => ok);
  const o = await b.sender.say(note()).settled;
  assert.deepEqual(o, { kind: "accepted", answer: { position: 7 } });
  await b.settle();
  assert.deepEqual(await b.store.all(), []);
  assert.equal(b.sender.queue.waiting, 0);
});

test("what was done waits without a network and goes out under the same id", async () => {
  let up = false;
  const b = bench(() => (up ? ok : new Error("no network")));
  const said = b.sender.say(note());
  await b.settle();
  for (let i = 0; i < 6; i++) await b.tick();
  assert.equal(b.sender.queue.waiting, 1);
  assert.equal(b.sender.queue.oldest, 1_763_000_000_000);
  up = true;
  await b.tick();
  assert.equal((await said.settled).kind, "accepted");
  assert.deepEqual([...new Set(b.posted.map((w) => w.id))], [said.id]);
});

test("a planned act is given back after three tries and never goes out late by itself", async () => {
  let up = false;
  const b = bench(() => (up ? ok : new Error("no network")));
  const said = b.sender.say(note({ act: "session.start", planned: true }));
  await b.settle();
  await b.tick();
  await b.tick();
  const o = await said.settled;
  assert.equal(o.kind, "returned");
  assert.equal(b.sender.queue.waiting, 0);
  up = true;
  await b.tick();
  assert.equal(b.posted.length, 3);
  const again = b.sender.again(said.id)!;
  assert.equal(again.id, said.id, "sending again counts once");
  assert.equal((await again.settled).kind, "accepted");
});

test("a planned act found waiting after a reload is given back, not sent", async () => {
  const store = memoryStore<Waiting>();
  const before = bench(() => new Error("no network"), store);
  await before.sender.say(note({ act: "session.resume", planned: true })).kept;
  const after = bench(() => ok, store);
  await after.sender.load();
  await after.settle();
  assert.equal(after.posted.length, 0);
  assert.equal(after.sender.queue.returned.length, 1);
});

test("what was done survives a reload and is sent", async () => {
  const store = memoryStore<Waiting>();
  const before = bench(() => new Error("no network"), store);
  const said = before.sender.say(note());
  await said.kept;
  const after = bench(() => ok, store);
  await after.sender.load();
  await after.settle();
  assert.deepEqual(after.posted.map((w) => w.id), [said.id]);
  assert.deepEqual(await store.all(), []);
});

test("stop overtakes what waits, even a post that hangs", async () => {
  const b = bench(() => ok);
  const order: string[] = [];
  let release = () => {};
  b.sender.at.post = (w) => {
    order.push(w.act);
    if (w.act === "session.stop") return Promise.resolve(ok);
    return new Promise((done) => (release = () => done(ok)));
  };
  b.sender.say(note());
  await b.settle();
  const stop = b.sender.say(note({ act: "session.stop", urgent: true }));
  assert.equal((await stop.settled).kind, "accepted");
  assert.deepEqual(order, ["session.note", "session.stop"]);
  release();
});

test("urgent acts go first when the network returns", async () => {
  let up = false;
  const b = bench(() => (up ? ok : new Error("no network")));
  b.sender.say(note());
  await b.settle();
  b.sender.say(note({ act: "session.help", urgent: true, touched: 1_763_000_009_000 }));
  await b.settle();
  up = true;
  b.posted.length = 0;
  await b.tick();
  assert.deepEqual(b.posted.map((w) => w.act), ["session.help", "session.note"]);
});

test("an urgent act alone is tried again", async () => {
  let up = false;
  const b = bench(() => (up ? ok : new Error("no network")));
  const said = b.sender.say(note({ act: "session.stop", urgent: true }));
  await b.settle();
  up = true;
  await b.tick();
  assert.equal((await said.settled).kind, "accepted");
});

test("a refusal comes back with its reason and keeps what was typed", async () => {
  const b = bench(() => ({ status: 422, body: { rule: "order.max-rate", text: "Above the order's limit", asked: "0.60 mg/kg/h", allowed: "0.50 mg/kg/h" } }));
  const said = b.sender.say(note({ act: "session.rate", planned: true }));
  const o = await said.settled;
  assert.equal(o.kind, "returned");
  const kept = b.sender.queue.returned[0]!;
  assert.equal(kept.returned?.text, "Above the order's limit");
  assert.equal(kept.returned?.allowed, "0.50 mg/kg/h");
  assert.deepEqual(kept.body, { text: { text: "asleep" } });
  assert.equal((await b.store.all())[0]!.state, "returned");
  await b.sender.drop(said.id);
  assert.deepEqual(await b.store.all(), []);
});

test("409 is shown, not tried again", async () => {
  const b = bench(() => ({ status: 409, body: { text: "This id was used for other content" } }));
  const o = await b.sender.say(note()).settled;
  assert.equal(o.kind, "returned");
  await b.tick();
  assert.equal(b.posted.length, 1);
});

test("a busy server is asked again", async () => {
  const answers: Reply[] = [{ status: 503, body: null }, { status: 429, body: null }, ok];
  const b = bench(() => answers.shift()!);
  const said = b.sender.say(note());
  await b.settle();
  await b.tick();
  await b.tick();
  assert.equal((await said.settled).kind, "accepted");
});

test("one entry the server cannot take now does not hold up the next", async () => {
  const b = bench((w) => (w.label === "first" ? { status: 500, body: null } : ok));
  b.sender.say(note({ label: "first" }));
  const second = b.sender.say(note({ label: "second", touched: 1_763_000_001_000 }));
  assert.equal((await second.settled).kind, "accepted");
  assert.equal(b.sender.queue.waiting, 1);
});

test("an expired sign-in keeps what was done and says so", async () => {
  let signedIn = false;
  const b = bench(() => (signedIn ? ok : { status: 401, body: null }));
  b.sender.at.grant = () => "";
  b.sender.at.hand = () => undefined;
  const said = b.sender.say(note());
  await b.settle();
  assert.equal(b.sender.queue.signIn, true);
  assert.equal(b.sender.queue.waiting, 1);
  signedIn = true;
  b.sender.resume();
  assert.equal((await said.settled).kind, "accepted");
});

test("an entry under a grant that does not hold comes back, and is said by who sends it again", async () => {
  const b = bench((w) => (w.grant === "grant-of-brandt" ? ok : { status: 401, body: { text: "It is not certain who said this." } }));
  const said = b.sender.say(note());
  const o = await said.settled;
  assert.equal(o.kind, "returned");
  await b.tick();
  assert.equal(b.posted.length, 1, "the same grant is not tried for ever");
  assert.equal(b.sender.queue.returned[0]!.returned?.text, "It is not certain who said this.");
  b.sender.at.grant = () => "grant-of-brandt";
  const again = b.sender.again(said.id)!;
  assert.equal((await again.settled).kind, "accepted");
  assert.equal(b.posted[1]!.id, said.id, "it counts once");
});

test("what was said before the grant came is never delivered as another's", async () => {
  const b = bench(() => new Error("no network"));
  b.sender.at.grant = () => "";
  const said = b.sender.say(note());
  await b.settle();
  b.sender.at.post = async () => assert.fail("posted under the cookie of another");
  for (const who of [undefined, { person: "brandt", name: "L. Brandt RN" }]) {
    b.sender.at.hand = () => who;
    b.sender.resume();
    await b.settle();
  }
  assert.equal((await said.settled).kind, "returned");
  assert.deepEqual(b.sender.queue.returned.map((w) => w.by), [{ person: "okafor", name: "A. Okafor RN" }]);
  b.sender.at.hand = () => ({ person: "okafor", name: "A. Okafor RN" });
  b.sender.at.grant = () => "grant-of-okafor";
  b.sender.at.post = async (w) => (assert.equal(w.grant, "grant-of-okafor"), ok);
  assert.equal((await b.sender.again(said.id)!.settled).kind, "accepted");
});

test("what is charted under a name without a PIN never leaves by itself", async () => {
  const b = bench(() => ok);
  assert.equal(await b.sender.hold(note(), { person: "brandt", name: "L. Brandt RN" }), true);
  b.sender.resume();
  await b.tick();
  assert.equal(b.posted.length, 0);
  const reloaded = bench(() => ok, b.store);
  await reloaded.sender.load();
  await reloaded.tick();
  assert.equal(reloaded.posted.length, 0);
  const [w] = reloaded.sender.queue.returned;
  assert.equal(w!.by?.person, "brandt");
  assert.equal((await reloaded.sender.again(w!.id)!.settled).kind, "accepted");
  assert.deepEqual([reloaded.posted[0]!.id, reloaded.posted[0]!.occurred_at, reloaded.posted[0]!.grant, reloaded.posted[0]!.by], [w!.id, w!.occurred_at, "grant-of-okafor", undefined]);
});

test("a stop under a grant that does not hold goes on as the tablet's", async () => {
  const b = bench((w) => (w.grant === "" ? ok : { status: 401, body: null }));
  const said = b.sender.say(note({ act: "session.stop", urgent: true }));
  await b.settle();
  assert.deepEqual(b.sender.queue.urgent, ["Note"], "until then it is said to be on its way");
  assert.equal((await b.store.all())[0]!.grant, "", "a reload does not bring the bad grant back");
  await b.tick();
  assert.equal((await said.settled).kind, "accepted");
  assert.deepEqual(b.posted.map((w) => [w.id, w.grant, w.unsigned]), [[said.id, "grant-of-okafor", undefined], [said.id, "", true]]);
  assert.equal(b.sender.queue.signIn, false);
});

test("a stop that nobody known said waits, is named and goes out after the sign-in", async () => {
  let signedIn = false;
  const b = bench(() => (signedIn ? ok : { status: 401, body: null }));
  const said = b.sender.say(note({ act: "session.stop", label: "Stop", urgent: true }));
  await b.settle();
  await b.tick();
  assert.equal(b.sender.queue.signIn, true);
  assert.deepEqual(b.sender.queue.urgent, ["Stop"]);
  signedIn = true;
  b.sender.resume();
  assert.equal((await said.settled).kind, "accepted");
});

test("a stop whose id belongs to something else is said under another, once", async () => {
  const taken: string[] = [];
  const b = bench((w) => (taken.length === 0 || taken.includes(w.id) ? (taken.push(w.id), { status: 409, body: { text: "used before" } }) : ok));
  const said = b.sender.say(note({ act: "session.stop", urgent: true }));
  await b.settle();
  await b.tick();
  assert.equal((await said.settled).kind, "accepted");
  assert.equal(b.posted.length, 2);
  assert.notEqual(b.posted[1]!.id, said.id);
  assert.equal(b.posted[1]!.occurred_at, b.posted[0]!.occurred_at);
  assert.deepEqual(await b.store.all(), []);

  const never = bench(() => ({ status: 409, body: { text: "used before" } }));
  const back = never.sender.say(note({ act: "session.stop", urgent: true }));
  await never.settle();
  await never.tick();
  const o = await back.settled;
  assert.equal(o.kind, "returned");
  assert.equal(never.posted.length, 2);
  assert.equal(never.sender.queue.returned.length, 1);
});

test("a browser that will not store still sends, and says the entry is fragile", async () => {
  const store = memoryStore<Waiting>();
  store.put = () => Promise.reject(new Error("quota"));
  let up = false;
  const b = bench(() => (up ? ok : new Error("no network")), store);
  const said = b.sender.say(note());
  assert.equal(await said.kept, false);
  assert.equal(b.sender.queue.fragile, true);
  up = true;
  await b.settle();
  await b.tick();
  assert.equal((await said.settled).kind, "accepted");
});

test("the pause between tries doubles to a ceiling", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 20].map(pause), [500, 1000, 2000, 4000, 8000, 15000, 15000]);
});

test("a refusal without words says that none were given", () => {
  assert.match(refusal({ status: 418, body: "teapot" }).text, /418/);
});
