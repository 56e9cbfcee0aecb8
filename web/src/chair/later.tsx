// What is not needed at the first paint, in a part of its own that is fetched
// right after it and then stays in memory, whatever becomes of the network.

export { AlarmSheet } from "./alarmsheet.tsx";
export { AwayActs, AwaySheet } from "./awaysheet.tsx";
export { ExpectedSwitch } from "./expected.tsx";
export { FormSheet } from "./formsheet.tsx";
export { startSound } from "./chairsound.ts";
export { forget, keep, reopen } from "./keep.ts";
