// A wall-clock time in the clinic's zone: four digits and the day. Safety
// answers start empty; "now" is offered, never assumed.

import { createElement } from "preact";
import { useSignal } from "@preact/signals";

import { clock, wall, zoneMS } from "./age.ts";
import { answer } from "./fill.ts";
import { useTyping } from "./formsheet.tsx";

/** Days that can be meant: last evening's supper, tomorrow's call. */
const days = [
  { at: -1, label: "Yesterday" },
  { at: 0, label: "Today" },
  { at: 1, label: "Tomorrow" },
];

/** digitsTime reads "615", "6:15" or "0615" as hours and minutes. */
export function digitsTime(text: string): { hour: number; minute: number } | undefined {
  const d = text.replace(/\D/g, "");
  if (d.length < 3 || d.length > 4) return undefined;
  const hour = Number(d.slice(0, -2));
  const minute = Number(d.slice(-2));
  return hour < 24 && minute < 60 ? { hour, minute } : undefined;
}

/** dayOf is how many days an instant lies from today in the zone. */
export function dayOf(zone: string, now: number, at: number): number {
  const day = (ms: number): number => Math.floor((ms + zoneMS(zone, ms)) / 86_400_000);
  return day(at) - day(now);
}

export function TimeField({ fieldKey: key, only }: { fieldKey: string; only: "past" | "ahead" | undefined }) {
  const typing = useTyping();
  const { app } = typing;
  const zone = app.zone;
  const set = answer(typing.answers.value, key);
  const at = set === "" ? undefined : Date.parse(set);
  const text = useSignal(at === undefined ? "" : clock(zone, at));
  const day = useSignal(at === undefined ? 0 : dayOf(zone, app.now.value, at));
  const put = (): void => {
    const t = digitsTime(text.value);
    typing.set(key, t ? new Date(wall(zone, app.now.value, day.value, t.hour, t.minute)).toISOString() : "");
  };
  const now = (): void => {
    const ms = Math.floor(app.now.value / 60_000) * 60_000;
    text.value = clock(zone, ms);
    day.value = dayOf(zone, app.now.value, ms);
    typing.set(key, new Date(ms).toISOString());
  };
  return (
    <div class="time-box">
      <input
        class="number time" inputMode="numeric" autocomplete="off" placeholder="––:––" aria-labelledby={`q-${key}`} value={text.value} maxLength={5}
        onFocus={() => (typing.active.value = undefined)}
        onInput={(e) => { text.value = e.currentTarget.value; put(); }}
      />
      <div class="chips">
        {days.filter((d) => only === undefined || (only === "past" ? d.at <= 0 : d.at >= 0)).map((d) => (
          <button key={d.at} type="button" aria-pressed={text.value !== "" && day.value === d.at} class="chip small" onClick={() => { day.value = d.at; put(); }}>{d.label}</button>
        ))}
        <button type="button" class="chip small" onClick={now}>Now</button>
      </div>
      {text.value !== "" && set === "" && <span class="quiet range">Hours and minutes, such as 6:15</span>}
    </div>
  );
}
