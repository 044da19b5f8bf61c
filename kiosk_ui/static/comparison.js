// The sheet over an answer: a print compared with its record by slider or by blinking, or a
// record's link to take home.

import { closestTarget, find, findAll, findOrNull } from "./dom.js";
import { FRAGMENT_HEADERS, parseFragment } from "./http.js";
import { scrollableLabels } from "./stage.js";

const BLINK_MS = 1200;

/** A sheet that shows a fetched page, and forgets it on closing. */
export class ComparisonSheet {
  #dialog;
  /** @type {PictureComparison | null} */
  #comparison = null;
  /** @type {string | null} */
  address = null;

  /** @param {HTMLDialogElement} dialog */
  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("close", () => this.#forget());
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** @param {string} address */
  async open(address) {
    let html;
    try {
      html = await (await fetch(address, { headers: FRAGMENT_HEADERS })).text();
    } catch {
      return; // service_status.js shows that the service is away
    }
    const scene = parseFragment(html);
    if (!scene) return;
    for (const button of findAll(scene, '[data-action="again"]', HTMLElement)) {
      button.dataset.action = "close"; // an error's button
    }
    this.#dialog.replaceChildren(scene);
    const plates = findOrNull(scene, ".plates", HTMLElement);
    this.#comparison = plates && new PictureComparison(scene, plates);
    this.address = address;
    scrollableLabels.observe(find(scene, ".label", HTMLElement));
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /**
   * Fetch the page again, such as in another language; keep how the pictures are compared.
   *
   * @param {string | null} [address] Another address of the same page.
   */
  async refresh(address = this.address) {
    const state = this.#comparison?.state;
    if (address) await this.open(address);
    if (state) this.#comparison?.restore(state);
  }

  close() {
    this.#dialog.close();
  }

  #forget() {
    this.#comparison = this.address = null;
    this.#dialog.replaceChildren();
  }
}

/** The visitor's picture and the record's, next to each other or one over the other. */
class PictureComparison {
  #scene;
  #plates;
  #slider;
  #blinkButton;
  #timer = 0;

  /** @param {HTMLElement} scene @param {HTMLElement} plates Holds both pictures. */
  constructor(scene, plates) {
    this.#scene = scene;
    this.#plates = plates;
    this.#slider = findOrNull(scene, "[data-mix]", HTMLInputElement);
    this.#blinkButton = findOrNull(scene, '[data-blink="run"]', HTMLElement);
    const ratio = Number(plates.dataset.width) / Number(plates.dataset.height);
    plates.style.setProperty("--ratio", String(ratio));
    scene.addEventListener("click", (event) =>
      this.#press(closestTarget(event, "button", HTMLButtonElement)),
    );
    this.#slider?.addEventListener("input", () => this.#mix());
    if (this.#slider) this.#followFinger();
  }

  get #mode() {
    return this.#plates.dataset.mode ?? "";
  }

  /**
   * How the pictures are compared now.
   *
   * @returns {ComparisonState}
   */
  get state() {
    const hasArea = "area" in this.#plates.dataset;
    return { mode: this.#mode, mix: this.#slider?.value, hasArea };
  }

  /** @param {ComparisonState} state */
  restore({ mode, mix, hasArea }) {
    if (!this.#slider) return;
    this.#setMode(mode);
    this.#mix(mix);
    if (!hasArea) findOrNull(this.#scene, "[data-area-switch]", HTMLElement)?.click();
  }

  /** @param {HTMLButtonElement | null} button */
  #press(button) {
    if (!button) return;
    const { modeTo, mixBy, blink } = button.dataset;
    if (modeTo) this.#setMode(modeTo);
    if (mixBy) this.#mix(Number(this.#slider?.value) + Number(mixBy));
    if (blink === "flip") this.#flip();
    if (blink === "run") this.#setBlinking(!isPressed(button));
    if ("areaSwitch" in button.dataset) {
      setPressed(button, !isPressed(button));
      this.#plates.toggleAttribute("data-area", isPressed(button));
    }
  }

  /** @param {string} mode */
  #setMode(mode) {
    this.#plates.dataset.mode = mode;
    for (const button of findAll(this.#scene, "[data-mode-to]", HTMLElement)) {
      setPressed(button, button.dataset.modeTo === mode);
    }
    for (const row of findAll(this.#scene, "[data-for]", HTMLElement)) {
      row.hidden = !row.dataset.for?.split(" ").includes(mode);
    }
    this.#plates.dataset.up = "yours";
    this.#setBlinking(false);
    this.#mix();
  }

  /**
   * Set how much of the record's picture covers the visitor's, 0..100; by default as the slider
   * says.
   *
   * @param {string | number} [value]
   */
  #mix(value) {
    if (!this.#slider) return;
    if (value !== undefined) this.#slider.value = String(value);
    this.#plates.style.setProperty("--mix", `${this.#slider.value}%`);
  }

  #flip() {
    this.#plates.dataset.up = this.#plates.dataset.up === "theirs" ? "yours" : "theirs";
  }

  /**
   * Start or stop changing the pictures automatically; only a visitor's press starts it.
   *
   * @param {boolean} isWanted
   */
  #setBlinking(isWanted) {
    if (this.#blinkButton) setPressed(this.#blinkButton, isWanted);
    clearInterval(this.#timer);
    if (!isWanted) return;
    this.#timer = setInterval(() => {
      if (this.#scene.isConnected) this.#flip();
      else clearInterval(this.#timer);
    }, BLINK_MS);
  }

  /** Let a finger on the pictures do what slider and button do. */
  #followFinger() {
    const glass = find(this.#plates, ".glass", HTMLElement);
    let isDown = false;
    /** @param {PointerEvent} event */
    const follow = (event) => {
      if (!isDown || !["wipe", "fade"].includes(this.#mode)) return;
      const { left, width } = glass.getBoundingClientRect();
      this.#mix((100 * (event.clientX - left)) / width);
    };
    this.#plates.addEventListener("pointerdown", (event) => {
      isDown = true;
      this.#plates.setPointerCapture(event.pointerId);
      if (this.#mode === "blink") this.#flip();
      follow(event);
    });
    this.#plates.addEventListener("pointermove", follow);
    for (const end of ["pointerup", "pointercancel"]) {
      this.#plates.addEventListener(end, () => (isDown = false));
    }
  }
}

/** @param {HTMLElement} button */
const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

/** @param {HTMLElement} button @param {boolean} is */
const setPressed = (button, is) => button.setAttribute("aria-pressed", String(is));
