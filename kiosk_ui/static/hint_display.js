// Shows one short hint at a time in place of the scene's own words, each long enough to be read.

import { byId, findOrNull } from "./dom.js";

const STAYS_MS = 1200;
const FADE_MS = 220;

const hints = byId("hint-words", HTMLTemplateElement).content;

export class HintDisplay {
  /** @type {HTMLElement | null} */
  #element = null;
  #ownWords = "";
  /** @type {string | null} */
  #shown = null;
  /** @type {string | null} */
  #wanted = null;
  #shownAt = 0;
  #timer = 0;

  /**
   * Show a hint by its name, or the scene's own words for null.
   *
   * @param {HTMLElement | null} element
   * @param {string | null} hint
   */
  show(element, hint) {
    if (element !== this.#element) this.#begin(element);
    if (!element) return;
    this.#wanted = hint;
    if (this.#wanted !== this.#shown && !this.#timer) {
      const delay = Math.max(0, this.#shownAt + STAYS_MS - Date.now());
      this.#timer = setTimeout(() => this.#change(element), delay);
    }
  }

  /** @param {HTMLElement | null} element */
  #begin(element) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#element = element;
    this.#ownWords = element?.textContent ?? "";
    this.#shown = this.#wanted = null;
    this.#shownAt = 0;
  }

  /** @param {HTMLElement} element */
  #change(element) {
    this.#timer = 0;
    if (this.#wanted === this.#shown) return;
    this.#shown = this.#wanted;
    this.#shownAt = Date.now();
    const hint = this.#shown && findOrNull(hints, `[data-hint="${this.#shown}"]`, HTMLElement);
    element.classList.add("turns");
    setTimeout(() => {
      element.textContent = hint ? hint.textContent : this.#ownWords;
      element.classList.remove("turns");
    }, FADE_MS);
  }
}
