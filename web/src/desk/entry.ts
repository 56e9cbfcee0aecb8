// What a browser need not keep any longer is taken away where people come by anyway: as
// they sign in, at the list of visits, and at a record. No page waits for it.

import { settle } from "../order/kept.ts";

try {
  const address = new URL(location.href);
  const person = document.querySelector<HTMLElement>("form.who")?.dataset["person"] ?? "";
  if (settle(localStorage, address, person, Date.now())) {
    address.searchParams.delete("done"); // the way back leads here again, and is not the act
    history.replaceState(history.state, "", address);
  }
} catch {
  // a browser that keeps nothing has nothing to take away
}
