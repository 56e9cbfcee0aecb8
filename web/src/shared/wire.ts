// What passes between the server's stream, the worker that owns it, and the
// pages that listen. The stream's id is "<log position>.<telemetry cursor>".

/** Frame is one event of the stream. */
export interface Frame {
  /** "board", "chair", "live", "beat", "reset", "who" or "gone" from the server; "lost" and "back" from the watchdog, "tick" from the worker's clock. */
  kind: string;
  id: string;
  data: unknown;
}

/** Beat is the server's sign of life. */
export interface Beat {
  at_ms: number;
  head: number;
  /** What keeps entries from being written, in the server's words. */
  fault?: string;
}

/** Asked is what a page says to the worker. */
export type Asked = { say: "follow"; topics: string[] } | { say: "here" } | { say: "again" } | { say: "bye" };

/** After this long without a beat the page says so and greys its values. */
export const lostAfter = 5000;

/** The events that the server names. */
export const kinds = ["board", "chair", "live", "beat", "reset", "who", "gone"] as const;
