// While nobody is there the collection's own prints pass by, each fading slowly into the next; a touch or a print ends it.

import { FRAGMENT_HEADERS, parseFragment, pause } from "./http.js";

const EVERY_MS = 12_000;
const FADE_MS = 2600;
const isStillWanted = matchMedia("(prefers-reduced-motion: reduce)");

export class AttractLoop {
  #dialog;
  #slides;
  #turn = 0;
  #timer = 0;
  #visit = 0;

  constructor(dialog) {
    this.#dialog = dialog;
    this.#slides = dialog.querySelector(".slides");
    // At the end of a press, so that it lands on nothing that lies behind.
    dialog.addEventListener("click", () => this.end());
    dialog.addEventListener("keydown", (event) => event.key === "Tab" || event.key === "Shift" || this.end());
    dialog.addEventListener("close", () => this.#stop());
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Let prints pass by, from the next one on; nothing happens where none may be shown. */
  async begin() {
    const visit = ++this.#visit;
    const slide = await this.#next();
    if (!slide || visit !== this.#visit || document.querySelector("dialog[open]")) return;
    this.#slides.replaceChildren(slide);
    this.#dialog.showModal();
    if (!isStillWanted.matches) this.#timer = setTimeout(() => this.#change(), EVERY_MS); // else one print stays
  }

  end() {
    this.#visit += 1;
    if (this.#dialog.open) this.#dialog.close();
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#visit += 1;
    this.#slides.replaceChildren();
  }

  async #change() {
    const visit = this.#visit;
    const slide = await this.#next();
    if (visit !== this.#visit) return;
    if (!slide) return this.end(); // the service is away, or shows another collection
    slide.classList.add("comes");
    const before = [...this.#slides.children];
    before.forEach((each) => each.classList.add("goes"));
    this.#slides.append(slide);
    this.#timer = setTimeout(() => this.#change(), EVERY_MS);
    await pause(FADE_MS);
    before.forEach((each) => each.remove());
  }

  /** Give the next print with its picture ready to be seen; null where there is none. */
  async #next() {
    try {
      const response = await fetch(`/attract?turn=${this.#turn++}`, { headers: FRAGMENT_HEADERS });
      if (!response.ok) return null;
      const slide = document.adoptNode(parseFragment(await response.text())); // a template's own pictures are never loaded
      const picture = slide.querySelector("img");
      await Promise.race([picture.decode().catch(() => picture.remove()), pause(3000)]);
      return slide;
    } catch {
      return null;
    }
  }
}
