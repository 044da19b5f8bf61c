// The stage shows one scene at a time: the live picture, an answer, a problem. Each fades into the
// next.

import { byId, closest, find, findAll, findOrNull } from "./dom.js";
import { FRAGMENT_HEADERS, parseFragment } from "./http.js";

const ANSWERS = ["answer", "not_found"];

/** Lets labels that overflow be scrolled by keys, too. */
export const scrollableLabels = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (!(target instanceof HTMLElement)) continue;
    if (target.scrollHeight > target.clientHeight) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});

export class Stage {
  #element;
  #announcer;
  #requests = 0;
  /** @type {string | null} */
  #html = null;
  onChange = () => {};

  /** @param {HTMLElement} element @param {HTMLElement} announcer Read out by screen readers. */
  constructor(element, announcer) {
    this.#element = element;
    this.#announcer = announcer;
    this.#observe(element);
  }

  get scene() {
    return findOrNull(this.#element, ".scene:not(.goes)", HTMLElement);
  }

  get name() {
    return this.scene?.dataset.scene ?? "";
  }

  get hasAnswer() {
    return ANSWERS.includes(this.name);
  }

  /**
   * Fetch a scene and show it, unless another has been requested meanwhile.
   *
   * @param {string} address
   */
  async show(address) {
    const request = ++this.#requests;
    try {
      const response = await fetch(address, { headers: FRAGMENT_HEADERS });
      const html = await response.text();
      if (request === this.#requests) this.showHtml(html);
    } catch {
      // The service is away: service_status.js shows that, and the page asks again once it is back.
    }
  }

  /** @param {string} html */
  showHtml(html) {
    if (html === this.#html) return;
    const scene = parseFragment(html);
    if (!scene) return;
    this.#change(scene);
    this.#html = html;
  }

  /**
   * Show a copy of one of the page's templates.
   *
   * @param {string} id
   * @param {(scene: HTMLElement) => void} prepare Fills the copy in before it is shown.
   */
  showTemplate(id, prepare = () => {}) {
    const original = find(byId(id, HTMLTemplateElement).content, ".scene", HTMLElement);
    const scene = /** @type {HTMLElement} */ (original.cloneNode(true));
    prepare(scene);
    this.#change(scene);
  }

  /**
   * Show at once that a button was pressed.
   *
   * @param {string} action
   */
  acknowledge(action) {
    this.scene?.querySelector(`[data-action="${action}"]`)?.setAttribute("aria-busy", "true");
  }

  /** @param {HTMLElement} scene */
  #change(scene) {
    this.#requests += 1;
    this.#html = null;
    const before = this.scene;
    const hadFocus = before?.contains(document.activeElement);
    this.#keepLivePicture(before, scene);
    this.#element.querySelectorAll(".goes").forEach((old) => old.remove());
    if (before) this.#fadeOut(before);
    scene.classList.add("comes");
    this.#element.append(scene);
    this.#observe(scene);
    if (hadFocus) findOrNull(scene, ".button.main", HTMLElement)?.focus({ preventScroll: true });
    this.#announcer.textContent = scene.dataset.announce ?? "";
    this.onChange();
    scrollTo(0, 0);
  }

  /** @param {HTMLElement} element */
  #observe(element) {
    findAll(element, ".label", HTMLElement).forEach((label) => scrollableLabels.observe(label));
  }

  /** @param {HTMLElement} scene */
  #fadeOut(scene) {
    scene.classList.remove("comes");
    scene.classList.add("goes");
    scene.inert = true;
    scene.setAttribute("aria-hidden", "true");
    const remove = () => scene.remove();
    scene.addEventListener("animationend", (event) => event.target === scene && remove());
    setTimeout(remove, 1500); // where animations are off
  }

  /** @param {HTMLElement | null} before @param {HTMLElement} scene */
  #keepLivePicture(before, scene) {
    const from = findOrNull(before, "[data-preview]", HTMLImageElement);
    const to = findOrNull(scene, "[data-preview]", HTMLImageElement);
    if (!from?.src || !to) return;
    to.src = from.src;
    const glass = closest(from, ".glass", HTMLElement);
    closest(to, ".glass", HTMLElement).style.cssText = glass.style.cssText;
  }
}

/**
 * Let a picture fill its frame in its own shape, enlarged if need be.
 *
 * @param {HTMLImageElement} picture
 * @param {HTMLImageElement} loaded The picture whose size counts.
 */
export function fitPicture(picture, { naturalWidth, naturalHeight }) {
  const ratio = naturalWidth / naturalHeight || 4 / 3;
  closest(picture, ".glass", HTMLElement).style.setProperty("--ratio", String(ratio));
}
