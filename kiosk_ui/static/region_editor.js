// The visitor marks a part of the print: a box on their picture, drawn by a finger, or moved and
// sized by buttons and keys.

import { closestTarget, find, findAll, findOrNull } from "./dom.js";
import { Outline } from "./outline.js";

const LEAST = 0.08;
const STEP = 0.02;
const DRAWN = 0.03; // a shorter movement is a tap
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class RegionEditor {
  isPart = true;
  #glass;
  #picture;
  #outline = new Outline();
  /** @type {Box} */
  #box = [0.25, 0.25, 0.75, 0.75];

  /** @param {HTMLElement} scene */
  constructor(scene) {
    this.#glass = find(scene, ".glass", HTMLElement);
    this.#picture = find(scene, "[data-yours]", HTMLImageElement);
    this.#picture.addEventListener("load", () => this.#draw());
    this.#followFinger();
    for (const handle of this.#handles) this.#attach(handle);
    scene.addEventListener("click", (event) => {
      const by = closestTarget(event, "[data-grow]", HTMLElement)?.dataset.grow;
      if (by) this.#grow(Number(by));
    });
  }

  /** The box as corners, a parameter of a search. */
  get query() {
    return corners(this.#box)
      .map((value) => value.toFixed(4))
      .join(",");
  }

  get #handles() {
    return findAll(this.#glass, "[data-box]", HTMLElement);
  }

  /** Draw a new box with a finger; move the box to where a finger taps. */
  #followFinger() {
    /** @type {number[] | null} */
    let from = null;
    let before = this.#box;
    this.#glass.addEventListener("pointerdown", (event) => {
      if (closestTarget(event, "[data-box]", HTMLElement)) return;
      from = this.#position(event);
      before = this.#box;
      this.#glass.setPointerCapture(event.pointerId);
    });
    this.#glass.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [[x, y], [fromX, fromY]] = [this.#position(event), from];
      if (Math.hypot(x - fromX, y - fromY) < DRAWN) return;
      this.#set([Math.min(x, fromX), Math.min(y, fromY), Math.max(x, fromX), Math.max(y, fromY)]);
    });
    this.#glass.addEventListener("pointerup", (event) => {
      const [x, y] = this.#position(event);
      if (from && Math.hypot(x - from[0], y - from[1]) < DRAWN) this.#moveTo(before, x, y);
      from = null;
    });
    this.#glass.addEventListener("pointercancel", () => {
      if (from) this.#set(before);
      from = null;
    });
  }

  /** @param {HTMLElement} handle */
  #attach(handle) {
    const corner = Number(handle.dataset.box);
    /** @param {number} x @param {number} y */
    const move = (x, y) => {
      /** @type {Box} */
      const moved = [...this.#box];
      moved[corner] = corner ? Math.max(x, moved[0] + LEAST) : Math.min(x, moved[2] - LEAST);
      moved[corner + 1] = corner ? Math.max(y, moved[1] + LEAST) : Math.min(y, moved[3] - LEAST);
      this.#set(moved);
    };
    handle.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      move(this.#box[corner] + STEP * arrow[0], this.#box[corner + 1] + STEP * arrow[1]);
    });
    let isHeld = false;
    handle.addEventListener("pointerdown", (event) => {
      isHeld = true;
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      const [x, y] = this.#position(event);
      if (isHeld) move(x, y);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      handle.addEventListener(end, () => (isHeld = false));
    }
  }

  /** @param {number} by */
  #grow(by) {
    const [left, top, right, bottom] = this.#box;
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const [wide, tall] = [right - left, bottom - top].map((side) => clamp(LEAST, side * by, 1) / 2);
    this.#moveTo([x - wide, y - tall, x + wide, y + tall], x, y);
  }

  /**
   * Centre a box on a position, as nearly as the picture allows.
   *
   * @param {Box} box
   * @param {number} x
   * @param {number} y
   */
  #moveTo([left, top, right, bottom], x, y) {
    const [wide, tall] = [right - left, bottom - top];
    const [a, b] = [clamp(0, x - wide / 2, 1 - wide), clamp(0, y - tall / 2, 1 - tall)];
    this.#set([a, b, a + wide, b + tall]);
  }

  /** @param {Box} box */
  #set([left, top, right, bottom]) {
    const [a, b] = [clamp(0, left, 1 - LEAST), clamp(0, top, 1 - LEAST)];
    this.#box = [a, b, clamp(a + LEAST, right, 1), clamp(b + LEAST, bottom, 1)];
    this.#draw();
  }

  /** @param {PointerEvent} event */
  #position(event) {
    const box = this.#glass.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return [clamp(0, x / box.width, 1), clamp(0, y / box.height, 1)];
  }

  #draw() {
    const svg = findOrNull(this.#glass, "[data-outline]", SVGSVGElement);
    this.#outline.attach(svg, this.#picture);
    this.#outline.set(corners(this.#box));
    for (const handle of this.#handles) {
      const corner = Number(handle.dataset.box);
      handle.style.left = `${this.#box[corner] * 100}%`;
      handle.style.top = `${this.#box[corner + 1] * 100}%`;
    }
  }
}

/** @param {Box} box */
const corners = ([left, top, right, bottom]) => [
  left,
  top,
  right,
  top,
  right,
  bottom,
  left,
  bottom,
];

/** @param {number} least @param {number} value @param {number} most */
const clamp = (least, value, most) => Math.min(most, Math.max(least, value));
