// What is said while an update comes from a stick: asked for now and then, laid over whatever is shown, read out once.

import { FRAGMENT_HEADERS, parseFragment, pause } from "./http.js";

const EVERY_MS = 3000;

/** Keep `holder` saying what the kiosk says of the stick that was put in. */
export async function watchUsbStatus(holder) {
  let said = "";
  for (;;) {
    try {
      const response = await fetch("/stand/stick", { headers: FRAGMENT_HEADERS });
      const html = response.status === 200 ? await response.text() : "";
      if (response.ok && html !== said) {
        said = html;
        holder.replaceChildren(...(html ? [parseFragment(html)] : []));
      }
    } catch {
      // The service is away: what was said last stays until it is back.
    }
    await pause(EVERY_MS);
  }
}
