/** One command as it waits on this device, in the order of its making. */
export interface Waiting {
  id: string;
  act: string;
  session: string;
  /** When the person touched the button, ISO 8601 by this device's clock. */
  occurred_at: string;
  /** Device clock minus server clock when it was said. */
  offset_ms: number;
  /** Who said it: the grant of the person signed in at that moment; empty for the device itself. */
  grant: string;
  /** Nobody was known at the screen: whoever is signed in when it arrives did not say it. */
  unsigned?: boolean;
  /** Who was at the screen, where somebody was known. */
  said?: Person;
  /** The second person's grant, for acts that need a witness. */
  witness?: string;
  /** Who is said to have charted it, where no PIN could be asked for: it is recorded once that person signs it. */
  by?: Person;
  body: unknown;
  /** What staff call it, for the list of what waits. */
  label: string;
  /** Rules may refuse a planned act; it is never delivered late on its own. */
  planned: boolean;
  /** Stop and call for help go before everything else. */
  urgent: boolean;
  state: "waiting" | "returned";
  tries: number;
  /** Why it came back, once it did. */
  returned?: Refusal;
}

/** Person is somebody by id and printed name. */
export interface Person {
  person: string;
  name: string;
}

/** Refusal is why an act was not accepted, as the server says it. */
export interface Refusal {
  status: number;
  rule?: string;
  text: string;
  asked?: string;
  allowed?: string;
  source?: string;
  needs?: string[];
  /** The server's whole answer: a shut gate comes with all its checks. */
  answer?: unknown;
}

/** Store keeps values on the device, durable once put has resolved. */
export interface Store<T> {
  all(): Promise<T[]>;
  put(key: string, value: T): Promise<void>;
  remove(key: string): Promise<void>;
}

/** memoryStore is a Store for tests, and for a browser without IndexedDB. */
export function memoryStore<T>(): Store<T> {
  const kept = new Map<string, T>();
  return {
    all: async () => [...kept.values()].map((v) => structuredClone(v)),
    put: async (key, value) => void kept.set(key, structuredClone(value)),
    remove: async (key) => void kept.delete(key),
  };
}

const tables = ["outbox", "drafts"] as const;

/** open gives the device's own store of that name. */
export function open<T>(table: (typeof tables)[number]): Store<T> {
  const db = new Promise<IDBDatabase>((resolve, reject) => {
    const req = indexedDB.open("stillwatch", 1);
    req.onupgradeneeded = () => {
      for (const t of tables) req.result.createObjectStore(t);
    };
    req.onsuccess = () => resolve(req.result);
    req.onerror = () => reject(req.error);
  });
  const run = async <R>(mode: IDBTransactionMode, ask: (s: IDBObjectStore) => IDBRequest<R>): Promise<R> => {
    // Strict durability: the entry is on the disk, not only with the
    // operating system, before anything says it is kept.
    const tx = (await db).transaction(table, mode, { durability: "strict" });
    const req = ask(tx.objectStore(table));
    await new Promise<void>((resolve, reject) => {
      tx.oncomplete = () => resolve();
      tx.onabort = tx.onerror = () => reject(tx.error);
    });
    return req.result;
  };
  return {
    all: () => run<T[]>("readonly", (s) => s.getAll()),
    put: async (key, value) => void (await run("readwrite", (s) => s.put(value, key))),
    remove: async (key) => void (await run("readwrite", (s) => s.delete(key))),
  };
}
