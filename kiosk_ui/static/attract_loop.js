// While the stand is idle, prints of the collection fade into each other. A touch, or a print at
// the stand, ends the loop.

import { find } from "./dom.js";
import { FRAGMENT_HEADERS, parseFragment, pause } from "./http.js";

const EVERY_MS = 12_000;
const FADE_MS = 2600;
const prefersStill = matchMedia("(prefers-reduced-motion: reduce)");

export class AttractLoop {
  #dialog;
  #slides;
  #turn = 0;
  #timer = 0;
  #run = 0;

  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    this.#dialog = dialog;
    this.#slides = find(dialog, ".slides", HTMLElement);
    // At the end of a press, so that it doesn't reach what lies behind.
    dialog.addEventListener("click", () => this.end());
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Tab" && event.key !== "Shift") this.end();
    });
    dialog.addEventListener("close", () => this.#stop());
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Start with the next print; do nothing if no print may be shown or another dialog is open. */
  async begin() {
    const run = ++this.#run;
    const slide = await this.#next();
    if (!slide || run !== this.#run || document.querySelector("dialog[open]")) return;
    this.#slides.replaceChildren(slide);
    this.#dialog.showModal();
    // With reduced motion a single print stays.
    if (!prefersStill.matches) this.#timer = setTimeout(() => this.#advance(), EVERY_MS);
  }

  end() {
    this.#run += 1;
    if (this.#dialog.open) this.#dialog.close();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#run += 1;
    this.#slides.replaceChildren();
  }

  async #advance() {
    const run = this.#run;
    const slide = await this.#next();
    if (run !== this.#run) return;
    if (!slide) return this.end(); // the service is away, or shows another collection
    slide.classList.add("comes");
    const before = [...this.#slides.children];
    before.forEach((each) => each.classList.add("goes"));
    this.#slides.append(slide);
    this.#timer = setTimeout(() => this.#advance(), EVERY_MS);
    await pause(FADE_MS);
    before.forEach((each) => each.remove());
  }

  /** Return the next print with its picture decoded, or null if there is none. */
  async #next() {
    try {
      const response = await fetch(`/attract?turn=${this.#turn++}`, { headers: FRAGMENT_HEADERS });
      const parsed = response.ok ? parseFragment(await response.text()) : null;
      if (!parsed) return null;
      const slide = document.adoptNode(parsed); // pictures within a template are never loaded
      const picture = find(slide, "img", HTMLImageElement);
      await Promise.race([picture.decode().catch(() => picture.remove()), pause(3000)]);
      return slide;
    } catch {
      return null;
    }
  }
}
