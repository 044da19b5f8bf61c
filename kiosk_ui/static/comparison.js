// The closer sheets over an answer: a print laid over its record by slider and by blink, and its link to take home.

import { FRAGMENT_HEADERS, parseFragment } from "./http.js";
import { scrolled } from "./stage.js";

const EVERY_MS = 1200;

/** A sheet that shows what an address gives; what it shows is let go when it closes. */
export class ComparisonSheet {
  #dialog;
  #plates = null;
  address = null;

  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("close", () => this.#forget());
  }

  get isOpen() {
    return this.#dialog.open;
  }

  async open(address) {
    let html;
    try {
      html = await (await fetch(address, { headers: FRAGMENT_HEADERS })).text();
    } catch {
      return; // the service is away: the watch over it says so
    }
    const scene = parseFragment(html);
    if (!scene) return;
    scene.querySelectorAll('[data-action="again"]').forEach((b) => (b.dataset.action = "close"));
    this.#dialog.replaceChildren(scene);
    const plates = scene.querySelector(".plates");
    this.#plates = plates && new PictureComparison(scene, plates);
    this.address = address;
    scrolled.observe(scene.querySelector(".label"));
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** Ask anew for what is shown, as when the language changes; how it is compared stays. */
  async refresh(address = this.address) {
    const how = this.#plates?.how;
    await this.open(address);
    if (how) this.#plates?.resume(how);
  }

  close() {
    this.#dialog.close();
  }

  #forget() {
    this.#plates = this.address = null;
    this.#dialog.replaceChildren();
  }
}

/** Two pictures of one print, beside and over each other. */
class PictureComparison {
  #scene;
  #plates;
  #slider;
  #run;
  #timer = 0;

  constructor(scene, plates) {
    this.#scene = scene;
    this.#plates = plates;
    this.#slider = scene.querySelector("[data-mix]");
    this.#run = scene.querySelector('[data-blink="run"]');
    plates.style.setProperty("--ratio", plates.dataset.width / plates.dataset.height);
    scene.addEventListener("click", (event) => this.#press(event.target.closest("button")));
    this.#slider?.addEventListener("input", () => this.#mix());
    if (this.#slider) this.#followFinger();
  }

  /** How they are compared now, to be gone on with. */
  get how() {
    return { mode: this.#plates.dataset.mode, mix: this.#slider?.value, hasArea: "area" in this.#plates.dataset };
  }

  resume({ mode, mix, hasArea }) {
    if (!this.#slider) return;
    this.#turnTo(mode);
    this.#mix(mix);
    if (!hasArea) this.#scene.querySelector("[data-area-switch]")?.click();
  }

  #press(button) {
    if (!button) return;
    const { modeTo, mixBy, blink } = button.dataset;
    if (modeTo) this.#turnTo(modeTo);
    if (mixBy) this.#mix(Number(this.#slider.value) + Number(mixBy));
    if (blink === "flip") this.#flip();
    if (blink === "run") this.#runs(!isPressed(button));
    if ("areaSwitch" in button.dataset) {
      press(button, !isPressed(button));
      this.#plates.toggleAttribute("data-area", isPressed(button));
    }
  }

  #turnTo(mode) {
    this.#plates.dataset.mode = mode;
    this.#scene.querySelectorAll("[data-mode-to]").forEach((b) => press(b, b.dataset.modeTo === mode));
    this.#scene.querySelectorAll("[data-for]").forEach((row) => (row.hidden = !row.dataset.for.split(" ").includes(mode)));
    this.#plates.dataset.up = "yours";
    this.#runs(false);
    this.#mix();
  }

  #mix(value = this.#slider.value) {
    this.#slider.value = value;
    this.#plates.style.setProperty("--mix", `${this.#slider.value}%`);
  }

  #flip() {
    this.#plates.dataset.up = this.#plates.dataset.up === "theirs" ? "yours" : "theirs";
  }

  /** Change by itself, slowly, from when a visitor asks for it until they ask again or go on. */
  #runs(isWanted) {
    press(this.#run, isWanted);
    clearInterval(this.#timer);
    if (!isWanted) return;
    this.#timer = setInterval(() => {
      if (this.#scene.isConnected) this.#flip();
      else clearInterval(this.#timer);
    }, EVERY_MS);
  }

  /** A finger on the pictures does what slider and button do. */
  #followFinger() {
    const glass = this.#plates.querySelector(".glass");
    let isDown = false;
    const follow = (event) => {
      if (!isDown || !["wipe", "fade"].includes(this.#plates.dataset.mode)) return;
      const { left, width } = glass.getBoundingClientRect();
      this.#mix((100 * (event.clientX - left)) / width);
    };
    this.#plates.addEventListener("pointerdown", (event) => {
      isDown = true;
      this.#plates.setPointerCapture(event.pointerId);
      if (this.#plates.dataset.mode === "blink") this.#flip();
      follow(event);
    });
    this.#plates.addEventListener("pointermove", follow);
    for (const end of ["pointerup", "pointercancel"]) this.#plates.addEventListener(end, () => (isDown = false));
  }
}

const isPressed = (button) => button.getAttribute("aria-pressed") === "true";
const press = (button, is) => button.setAttribute("aria-pressed", String(is));
