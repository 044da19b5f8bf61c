// One short hint at a time, in the place of the scene's own words, and never quicker than it can be read.

const STAYS_MS = 1200;
const FADE_MS = 220;

const words = document.getElementById("hint-words").content;

export class HintDisplay {
  #element = null;
  #rest = "";
  #said = null;
  #wanted = null;
  #saidAt = 0;
  #timer = 0;

  /** Say a hint by its name, or with none the scene's own words. */
  say(element, hint) {
    if (element !== this.#element) this.#begin(element);
    if (!element) return;
    this.#wanted = hint;
    if (this.#wanted !== this.#said && !this.#timer) {
      this.#timer = setTimeout(() => this.#change(), Math.max(0, this.#saidAt + STAYS_MS - Date.now()));
    }
  }

  #begin(element) {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#element = element;
    this.#rest = element?.textContent ?? "";
    this.#said = this.#wanted = null;
    this.#saidAt = 0;
  }

  #change() {
    this.#timer = 0;
    if (this.#wanted === this.#said) return;
    this.#said = this.#wanted;
    this.#saidAt = Date.now();
    const element = this.#element;
    const found = this.#said && words.querySelector(`[data-hint="${this.#said}"]`);
    element.classList.add("turns");
    setTimeout(() => {
      element.textContent = found ? found.textContent : this.#rest;
      element.classList.remove("turns");
    }, FADE_MS);
  }
}
