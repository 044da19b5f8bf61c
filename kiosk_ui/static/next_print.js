// Shows the live picture in an answer's place while another print comes, so that its visitor sees
// that it is seen. The answer itself stays until the other print has one.

import { byId, find, findOrNull } from "./dom.js";

const WATCHES = 2; // in how many pictures in a row another print must be seen
const STAYS_MS = 1000;

export class NextPrint {
  #template = byId("live-view", HTMLTemplateElement).content;
  #inRow = 0;
  #seenAt = 0;

  /**
   * Follow one picture of the stand.
   *
   * @param {HTMLElement | null} scene The answer on the screen; null while there is none.
   * @param {Observation} observation What was seen in the picture.
   */
  follow(scene, { points, isKnown }) {
    const isOther = points !== null && !isKnown;
    this.#inRow = isOther ? this.#inRow + 1 : 0;
    if (isOther) this.#seenAt = Date.now();
    const live = findOrNull(scene, ".live", HTMLElement);
    if (!live && scene && this.#inRow >= WATCHES) this.#show(scene);
    if (live && Date.now() - this.#seenAt > STAYS_MS) this.#hide(live);
  }

  /** @param {HTMLElement} scene */
  #show(scene) {
    const view = findOrNull(scene, ".view", HTMLElement);
    if (!view) return;
    view.append(find(this.#template, ".live", HTMLElement).cloneNode(true));
    scene.classList.add("waits");
  }

  /** @param {HTMLElement} live */
  #hide(live) {
    live.closest(".scene")?.classList.remove("waits");
    live.remove();
  }
}
