// The progress of an update from a USB stick: polled, laid over any scene, announced once by screen
// readers.

import { FRAGMENT_HEADERS, parseFragment, pause } from "./http.js";

const EVERY_MS = 3000;

/**
 * Keep showing in `holder` what the kiosk reports of the USB stick.
 *
 * @param {HTMLElement} holder
 */
export async function watchUsbStatus(holder) {
  let shown = "";
  for (;;) {
    try {
      const response = await fetch("/stand/stick", { headers: FRAGMENT_HEADERS });
      const html = response.status === 200 ? await response.text() : "";
      if (response.ok && html !== shown) {
        shown = html;
        const message = parseFragment(html);
        holder.replaceChildren(...(message ? [message] : []));
      }
    } catch {
      // The service is away: the last message stays until it is back.
    }
    await pause(EVERY_MS);
  }
}
