/** A source of random bytes; the page gives crypto.getRandomValues, tests a fixed one. */
export type Random = (into: Uint8Array<ArrayBuffer>) => void;

/**
 * uuid7 makes an RFC 9562 version 7 identifier from Unix milliseconds and
 * random bytes. Its time orders the outbox; nobody trusts it as a clock.
 */
export function uuid7(ms: number, random: Random): string {
  const b = new Uint8Array(16);
  random(b);
  let t = Math.max(0, Math.floor(ms));
  for (let i = 5; i >= 0; i--) {
    b[i] = t % 256;
    t = Math.floor(t / 256);
  }
  b[6] = (b[6]! & 0x0f) | 0x70;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
