// Shows another of a record's pictures, such as its verso, in place of the one that is shown.

import { closest, find, findAll } from "./dom.js";

/**
 * Show the picture of the pressed thumbnail.
 *
 * @param {HTMLElement} pressed
 */
export function showRecordPicture(pressed) {
  const figure = closest(pressed, ".hero", HTMLElement);
  const { width, height } = find(pressed, "img", HTMLImageElement);
  const shown = find(figure, "img.print", HTMLImageElement);
  Object.assign(shown, { width, height, src: pressed.dataset.picture });
  for (const button of findAll(figure, "[data-picture]", HTMLElement)) {
    button.ariaPressed = String(button === pressed);
  }
}
