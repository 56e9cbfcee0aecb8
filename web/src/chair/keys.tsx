// The keys themselves: large, for one hand, the same for numbers and PINs.

import { createElement } from "preact";
import type { Key } from "./pad.ts";

const rows: Key[][] = [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"]];

export function Keys({ decimals, onKey, next }: { decimals: number; onKey: (k: Key) => void; next?: (() => void) | undefined }) {
  // The field keeps the focus: a key is pressed, not visited.
  const hold = (e: Event): void => e.preventDefault();
  const key = (k: Key, label: string = k, name: string = k) => (
    <button key={k} type="button" class="key" aria-label={name} onPointerDown={hold} onMouseDown={hold} onClick={() => onKey(k)}>{label}</button>
  );
  return (
    <div class="keys">
      {rows.flat().map((k) => key(k))}
      {decimals > 0 ? key(".", ".", "point") : key("clear", "C", "clear")}
      {key("0")}
      {key("back", "⌫", "delete last")}
      {next && <button type="button" class="key next" onPointerDown={hold} onMouseDown={hold} onClick={next}>Next</button>}
    </div>
  );
}
