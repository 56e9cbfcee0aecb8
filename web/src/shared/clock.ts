/**
 * ServerClock measures this device's clock against the server's. Every
 * server time that arrives is late by the way it took, so among the recent
 * measurements the smallest difference is nearest the truth.
 */
export class ServerClock {
  #recent: number[] = [];
  #earlier = 0;

  constructor(
    readonly local: () => number,
    readonly keep = 30,
  ) {}

  /** heard takes a server time, in Unix milliseconds, at the moment it arrived. */
  heard(server: number): void {
    if (!Number.isFinite(server)) return;
    this.#recent.push(this.local() - server);
    if (this.#recent.length > this.keep) this.#recent.shift();
  }

  /** take starts from an offset that was measured before this page was there. */
  take(offset: number): void {
    if (this.#recent.length === 0 && Number.isFinite(offset)) this.#earlier = offset;
  }

  /** offset is device minus server in whole milliseconds; what was measured before, or 0, until the server was heard. */
  get offset(): number {
    return this.#recent.length === 0 ? this.#earlier : Math.round(Math.min(...this.#recent));
  }

  /** now is the server's time as well as this device can tell. */
  now(): number {
    return this.local() - this.offset;
  }
}
