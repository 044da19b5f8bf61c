// Requests to the kiosk's own server, and to no other.

// Asks for a fragment of the page, so that an error comes as a fragment, too.
export const FRAGMENT_HEADERS = { "X-Fragment": "1" };

/**
 * Send a POST without a body; return an error response if the server can't be reached.
 *
 * @param {string} address
 */
export async function post(address) {
  try {
    return await fetch(address, { method: "POST" });
  } catch {
    return Response.error();
  }
}

/**
 * Return the first element of a piece of HTML, or null if it has none.
 *
 * @param {string} html
 */
export function parseFragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const first = holder.content.firstElementChild;
  return first instanceof HTMLElement ? first : null;
}

/**
 * Resolve after some milliseconds.
 *
 * @param {number} ms
 * @returns {Promise<void>}
 */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
