// Talking to the kiosk's own server; never to any other.

// Say that a fragment of the page is wanted, so that an error comes as one too.
export const FRAGMENT_HEADERS = { "X-Fragment": "1" };

export async function post(address, body = null, headers = {}) {
  try {
    return await fetch(address, { method: "POST", body, headers });
  } catch {
    return Response.error();
  }
}

export function parseFragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.firstElementChild;
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
