// The visitor marks the print on their picture: four corners, moved by a finger or by the arrow
// keys.

import { find, findAll, findOrNull } from "./dom.js";
import { Outline } from "./outline.js";

const STEP = 0.005;
const LEAP = 0.05;
const MAGNIFICATION = 3;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const NEARLY_WHOLE = [0.12, 0.12, 0.88, 0.12, 0.88, 0.88, 0.12, 0.88];

export class CornerEditor {
  isPart = false;
  #glass;
  #picture;
  #outline = new Outline();
  #points;

  /**
   * @param {HTMLElement} scene
   * @param {number[] | null} points The corners found, x and y in turn as shares of the picture;
   *     with null the corners start a little inside it.
   */
  constructor(scene, points) {
    this.#glass = find(scene, ".glass", HTMLElement);
    this.#picture = find(scene, "[data-yours]", HTMLImageElement);
    this.#points = points && isSheet(points) ? points.map(clamped) : NEARLY_WHOLE;
    for (const handle of this.#handles) this.#attach(handle, Number(handle.dataset.corner));
    this.#picture.addEventListener("load", () => this.#draw());
  }

  /** The corners as a parameter of a search. */
  get query() {
    return this.#points.map((value) => value.toFixed(4)).join(",");
  }

  /**
   * Follow a picture turned clockwise by a right angle: what was at its bottom left is at its top
   * left.
   */
  turn() {
    const points = this.#points;
    this.#points = [3, 0, 1, 2].flatMap((n) => [1 - points[2 * n + 1], points[2 * n]]);
  }

  get #handles() {
    return findAll(this.#glass, "[data-corner]", HTMLElement);
  }

  /** @param {HTMLElement} handle @param {number} corner */
  #attach(handle, corner) {
    const [atX, atY] = [2 * corner, 2 * corner + 1];
    handle.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      const by = event.shiftKey ? LEAP : STEP;
      this.#move(corner, this.#points[atX] + by * arrow[0], this.#points[atY] + by * arrow[1]);
    });
    /** @type {number[] | null} */
    let grip = null;
    handle.addEventListener("pointerdown", (event) => {
      const [x, y] = this.#position(event);
      grip = [this.#points[atX] - x, this.#points[atY] - y];
      handle.setPointerCapture(event.pointerId);
      this.#magnify(corner);
    });
    handle.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const [x, y] = this.#position(event);
      this.#move(corner, x + grip[0], y + grip[1]);
      this.#magnify(corner);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      handle.addEventListener(end, () => {
        grip = null;
        find(this.#glass, "[data-loupe]", HTMLElement).hidden = true;
      });
    }
  }

  /** @param {PointerEvent} event */
  #position(event) {
    const box = this.#glass.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  /**
   * Move a corner, unless the four would no longer bound a sheet.
   *
   * @param {number} corner
   * @param {number} x
   * @param {number} y
   */
  #move(corner, x, y) {
    const moved = this.#points.with(2 * corner, clamped(x)).with(2 * corner + 1, clamped(y));
    if (!isSheet(moved)) return;
    this.#points = moved;
    this.#draw();
  }

  #draw() {
    const svg = findOrNull(this.#glass, "[data-outline]", SVGSVGElement);
    this.#outline.attach(svg, this.#picture);
    this.#outline.set(this.#points);
    for (const handle of this.#handles) {
      const at = 2 * Number(handle.dataset.corner);
      handle.style.left = `${this.#points[at] * 100}%`;
      handle.style.top = `${this.#points[at + 1] * 100}%`;
    }
  }

  /**
   * Show magnified, off to one side, what the finger covers.
   *
   * @param {number} corner
   */
  #magnify(corner) {
    const loupe = find(this.#glass, "[data-loupe]", HTMLElement);
    const [x, y] = [this.#points[2 * corner], this.#points[2 * corner + 1]];
    const box = this.#glass.getBoundingClientRect();
    const [width, height] = [box.width * MAGNIFICATION, box.height * MAGNIFICATION];
    loupe.hidden = false;
    loupe.style.backgroundImage = `url("${this.#picture.src}")`;
    loupe.style.backgroundSize = `${width}px ${height}px`;
    const middle = loupe.clientWidth / 2;
    loupe.style.backgroundPosition = `${middle - x * width}px ${middle - y * height}px`;
    loupe.style.left = `${(x < 0.5 ? 0.75 : 0.25) * 100}%`;
    loupe.style.top = `${(y < 0.5 ? 0.75 : 0.25) * 100}%`;
  }
}

/** @param {number} value */
const clamped = (value) => Math.min(1, Math.max(0, value));

/**
 * Whether four points form a convex sheet: they turn the same way at each, and enclose some area.
 *
 * @param {number[]} points
 */
function isSheet(points) {
  /** @param {number} n */
  const at = (n) => [points[2 * (n % 4)], points[2 * (n % 4) + 1]];
  return [0, 1, 2, 3].every((n) => {
    const [[ax, ay], [bx, by], [cx, cy]] = [at(n), at(n + 1), at(n + 2)];
    return (bx - ax) * (cy - by) - (by - ay) * (cx - bx) > 0.002;
  });
}
