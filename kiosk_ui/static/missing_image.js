// Replaces a print's picture that fails to load by an empty mount, as for a print whose picture may
// not be shown.

import { findAll } from "./dom.js";

/** Replace every print's picture that failed to load, or fails from now on. */
export function replaceMissingImages() {
  document.addEventListener(
    "error",
    ({ target }) => {
      if (target instanceof HTMLImageElement && target.matches("img.print")) replace(target);
    },
    { capture: true }, // errors don't bubble
  );
  for (const picture of findAll(document, "img.print", HTMLImageElement)) {
    // failed before the listener was there
    if (picture.complete && !picture.naturalWidth) replace(picture);
  }
}

/** @param {HTMLImageElement} picture */
function replace(picture) {
  const mount = document.createElement("span");
  mount.className = "blank";
  if (picture.alt) Object.assign(mount, { role: "img", ariaLabel: picture.alt });
  picture.replaceWith(mount);
}
