// Person and PIN, for unlocking and for a witness. A PIN is never stored,
// never drafted and never shown.

import { Fragment, createElement } from "preact";
import { useSignal } from "@preact/signals";

import { Keys } from "./keys.tsx";
import { press, type Key } from "./pad.ts";
import type { Option } from "./types.ts";

const digits = 6;

export function PinPad({ people, first, trouble, onDone }: {
  people: readonly Option[];
  first: string;
  trouble: string;
  onDone: (person: string, pin: string) => Promise<boolean>;
}) {
  const person = useSignal(people.length === 1 ? people[0]!.value : first);
  const pin = useSignal("");
  const busy = useSignal(false);
  const put = (next: string): void => {
    pin.value = next.slice(0, digits);
    if (pin.value.length < digits || person.value === "" || busy.value) return;
    busy.value = true;
    void onDone(person.value, pin.value).finally(() => {
      busy.value = false;
      pin.value = "";
    });
  };
  return (
    <div class="pin">
      <div class="people" role="radiogroup" aria-label="Person">
        {people.map((o) => (
          <button
            key={o.value} type="button" role="radio" aria-checked={person.value === o.value} class="chip"
            onClick={() => { person.value = o.value; put(pin.value); }}
          >
            <b>{o.label}</b>
            {o.hint && <span>{o.hint}</span>}
          </button>
        ))}
        {people.length === 0 && <p class="soft">Nobody with a PIN works here today.</p>}
      </div>
      <div class="pin-side">
        <input
          class="dots" type="password" inputMode="none" autocomplete="off" aria-label="PIN, six digits" maxLength={digits}
          value={pin.value} onInput={(e) => put(e.currentTarget.value.replace(/\D/g, ""))}
        />
        <p class={trouble ? "amber" : "quiet"} role="status">
          {trouble ? <><span class="shape" />{trouble}</> : busy.value ? "Checking" : person.value === "" ? "Choose who you are" : "Six digits"}
        </p>
        <Keys decimals={0} onKey={(k: Key) => put(k === "clear" || k === "back" ? press(pin.value, k, 0) : pin.value + k)} />
      </div>
    </div>
  );
}
