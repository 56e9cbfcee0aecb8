// What the service worker answers, apart from the browser's own things, so
// that tests can stand in for them.

/** Kept is what the worker may answer with, as the server lists it. */
export interface Kept {
  /** A hash over everything below: another version is another store. */
  version: string;
  /** Address of the page that opens without the server. */
  shell: string;
  /** Files whose names carry a hash of their content. */
  files: string[];
}

/** Where the page keeps its chair: in a store that both it and the worker reach. */
export const keptIn = "chair-kept";
export const keptAt = "/chair/kept";

/** Means is what answering needs. */
export interface Means {
  origin: string;
  kept: Kept;
  network(r: Request): Promise<Response>;
  stored(path: string): Promise<Response | undefined>;
  later(ms: number): Promise<unknown>;
  /** forget clears what the page kept of its chair. */
  forget(): void;
}

/** How long the server has for a page before it counts as away. */
export const patienceMS = 3_000;

/** Answers of something between here and the server, which says with them that it is not there. */
const notTheServer = [502, 504];

/**
 * answer gives the response to a request of the page, or nothing where the
 * browser goes its own way. Everything that is not listed goes to the server
 * and nowhere else: values, entries, the stream.
 */
export function answer(r: Request, by: Means): Promise<Response> | undefined {
  const at = new URL(r.url);
  if (r.method !== "GET" || at.origin !== by.origin) return undefined;
  if (r.mode === "navigate") return chairPath.test(at.pathname) ? page(r, by) : undefined;
  if (by.kept.files.includes(at.pathname)) return by.stored(at.pathname).then((s) => s ?? by.network(r));
  return undefined;
}

const chairPath = /^\/chair\/[1-9][0-9]*$/;

/** page is the server's whenever the server answers, whatever it answers. */
async function page(r: Request, by: Means): Promise<Response> {
  const late = by.later(patienceMS).then(() => undefined);
  const came = await Promise.race([by.network(r).catch(() => undefined), late]);
  if (came && !notTheServer.includes(came.status)) {
    // The server sends this browser elsewhere: nothing of the chair is for it any more.
    if (came.type === "opaqueredirect" || [401, 403, 404].includes(came.status)) by.forget();
    return came;
  }
  return (await by.stored(by.kept.shell)) ?? came ?? Response.error();
}
