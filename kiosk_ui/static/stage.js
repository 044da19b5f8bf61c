// The stage: one scene at a time, each fading into the next.

import { FRAGMENT_HEADERS, parseFragment } from "./http.js";

const ANSWERS = ["answer", "not_found"];

// Words that don't all fit are scrolled by keys, too.
export const scrolled = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollHeight > target.clientHeight) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

export class Stage {
  #element;
  #announcer;
  #asked = 0;
  #html = null;
  onChange = () => {};

  constructor(element, announcer) {
    this.#element = element;
    this.#announcer = announcer;
    this.#observe(element);
  }

  get scene() {
    return this.#element.querySelector(".scene:not(.goes)");
  }

  get name() {
    return this.scene?.dataset.scene ?? "";
  }

  get hasAnswer() {
    return ANSWERS.includes(this.name);
  }

  /** Fetch a scene and show it, unless another has been asked for meanwhile. */
  async show(address) {
    const asked = ++this.#asked;
    try {
      const response = await fetch(address, { headers: FRAGMENT_HEADERS });
      const html = await response.text();
      if (asked === this.#asked) this.showHtml(html);
    } catch {
      // The service is away: the watch over it says so, and asks again.
    }
  }

  showHtml(html) {
    if (html === this.#html) return;
    const scene = parseFragment(html);
    if (!scene) return;
    this.#change(scene);
    this.#html = html;
  }

  showTemplate(id, prepare = () => {}) {
    const scene = document.getElementById(id).content.firstElementChild.cloneNode(true);
    prepare(scene);
    this.#change(scene);
  }

  /** Show at once that a press was felt. */
  acknowledge(action) {
    this.scene?.querySelector(`[data-action="${action}"]`)?.setAttribute("aria-busy", "true");
  }

  #change(scene) {
    this.#asked += 1;
    this.#html = null;
    const before = this.scene;
    const hadFocus = before?.contains(document.activeElement);
    this.#keepLivePicture(before, scene);
    this.#element.querySelectorAll(".goes").forEach((old) => old.remove());
    if (before) this.#leave(before);
    scene.classList.add("comes");
    this.#element.append(scene);
    this.#observe(scene);
    if (hadFocus) scene.querySelector(".button.main")?.focus({ preventScroll: true });
    this.#announcer.textContent = scene.dataset.announce ?? "";
    this.onChange();
    scrollTo(0, 0);
  }

  #observe(element) {
    element.querySelectorAll(".label").forEach((label) => scrolled.observe(label));
  }

  #leave(scene) {
    scene.classList.remove("comes");
    scene.classList.add("goes");
    scene.inert = true;
    scene.setAttribute("aria-hidden", "true");
    const remove = () => scene.remove();
    scene.addEventListener("animationend", (event) => event.target === scene && remove());
    setTimeout(remove, 1500); // where nothing is animated
  }

  #keepLivePicture(before, scene) {
    const [from, to] = [before, scene].map((each) => each?.querySelector("[data-preview]"));
    if (!from?.src || !to) return;
    to.src = from.src;
    to.closest(".glass").style.cssText = from.closest(".glass").style.cssText;
  }
}

/** Let a picture on the easel fill it in its own shape, larger than it is if need be. */
export function fit(picture, { naturalWidth, naturalHeight }) {
  picture.closest(".glass").style.setProperty("--ratio", naturalWidth / naturalHeight || 4 / 3);
}
