// A part of the print: a box on the visitor's own picture, drawn by a finger, or moved and sized by buttons and keys.

import { Outline } from "./outline.js";

const LEAST = 0.08;
const STEP = 0.02;
const DRAWN = 0.03; // what moves less is a tap
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class RegionEditor {
  #glass;
  #picture;
  #outline = new Outline();
  #box = [0.25, 0.25, 0.75, 0.75]; // left, top, right, bottom as shares of the picture

  constructor(scene) {
    this.#glass = scene.querySelector(".glass");
    this.#picture = scene.querySelector("[data-yours]");
    this.#picture.addEventListener("load", () => this.#draw());
    this.#follow();
    for (const handle of scene.querySelectorAll("[data-box]")) this.#attach(handle);
    scene.addEventListener("click", (event) => {
      const by = event.target.closest("[data-grow]")?.dataset.grow;
      if (by) this.#grow(Number(by));
    });
  }

  /** The box as corners in the query of a search. */
  get query() {
    const [left, top, right, bottom] = this.#box;
    return [left, top, right, top, right, bottom, left, bottom].map((value) => value.toFixed(4)).join(",");
  }

  /** A finger draws the box anew; a tap brings it there as it is. */
  #follow() {
    let from = null;
    let before = null;
    this.#glass.addEventListener("pointerdown", (event) => {
      if (event.target.closest("[data-box]")) return;
      from = this.#place(event);
      before = this.#box;
      this.#glass.setPointerCapture(event.pointerId);
    });
    this.#glass.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [x, y] = this.#place(event);
      if (Math.hypot(x - from[0], y - from[1]) < DRAWN) return;
      this.#set([Math.min(x, from[0]), Math.min(y, from[1]), Math.max(x, from[0]), Math.max(y, from[1])]);
    });
    this.#glass.addEventListener("pointerup", (event) => {
      const [x, y] = this.#place(event);
      if (from && Math.hypot(x - from[0], y - from[1]) < DRAWN) this.#bring(before, x, y);
      from = null;
    });
    this.#glass.addEventListener("pointercancel", () => {
      if (from) this.#set(before);
      from = null;
    });
  }

  #attach(handle) {
    const corner = Number(handle.dataset.box);
    const move = (x, y) => {
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
    handle.addEventListener("pointermove", (event) => isHeld && move(...this.#place(event)));
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => (isHeld = false));
  }

  #grow(by) {
    const [left, top, right, bottom] = this.#box;
    const [x, y] = [(left + right) / 2, (top + bottom) / 2];
    const [wide, tall] = [right - left, bottom - top].map((side) => Math.min(1, Math.max(LEAST, side * by)) / 2);
    this.#bring([x - wide, y - tall, x + wide, y + tall], x, y);
  }

  /** Bring the middle of a box as near to a place as the picture lets it. */
  #bring([left, top, right, bottom], x, y) {
    const [wide, tall] = [right - left, bottom - top];
    const [a, b] = [between(0, x - wide / 2, 1 - wide), between(0, y - tall / 2, 1 - tall)];
    this.#set([a, b, a + wide, b + tall]);
  }

  #set([left, top, right, bottom]) {
    const [a, b] = [between(0, left, 1 - LEAST), between(0, top, 1 - LEAST)];
    this.#box = [a, b, between(a + LEAST, right, 1), between(b + LEAST, bottom, 1)];
    this.#draw();
  }

  #place(event) {
    const box = this.#glass.getBoundingClientRect();
    return [between(0, (event.clientX - box.left) / box.width, 1), between(0, (event.clientY - box.top) / box.height, 1)];
  }

  #draw() {
    const [left, top, right, bottom] = this.#box;
    this.#outline.over(this.#glass.querySelector("[data-outline]"), this.#picture);
    this.#outline.set([left, top, right, top, right, bottom, left, bottom]);
    for (const handle of this.#glass.querySelectorAll("[data-box]")) {
      const corner = Number(handle.dataset.box);
      handle.style.left = `${this.#box[corner] * 100}%`;
      handle.style.top = `${this.#box[corner + 1] * 100}%`;
    }
  }
}

const between = (least, value, most) => Math.min(most, Math.max(least, value));
