// Reading about one print, on a sheet over the stage.

import { FRAGMENT, fragment } from "./server.js";

/** Show a print's own label; from there others can be opened in its place. */
export async function readPrint(dialog, recordId) {
  const address = `/records/${recordId.split("/").map(encodeURIComponent).join("/")}`;
  let html;
  try {
    html = await (await fetch(address, { headers: FRAGMENT })).text();
  } catch {
    return;
  }
  const scene = fragment(html);
  scene.querySelectorAll('[data-action="again"]').forEach((b) => (b.dataset.action = "close"));
  dialog.replaceChildren(scene);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}
