// The sheet's outline over a picture. It follows the detected corners smoothly, and fills up as the
// print is held still.

import { find } from "./dom.js";

const EASE = 0.35;
const NEAR = 0.0008;
const prefersStill = matchMedia("(prefers-reduced-motion: reduce)");

export class Outline {
  /** @type {SVGSVGElement | null} */
  #svg = null;
  /** @type {number[] | null} */
  #now = null;
  /** @type {number[] | null} */
  #wanted = null;
  #still = 0;
  #stillWanted = 0;
  #isRunning = false;

  /**
   * Draw into a scene's overlay from now on.
   *
   * @param {SVGSVGElement | null} svg
   * @param {HTMLImageElement} picture The picture below, whose size counts.
   */
  attach(svg, { naturalWidth, naturalHeight }) {
    if (!svg || !naturalWidth) return;
    const box = `0 0 ${naturalWidth} ${naturalHeight}`;
    if (svg === this.#svg && svg.getAttribute("viewBox") === box) return;
    this.#svg = svg;
    svg.setAttribute("viewBox", box);
    svg.classList.toggle("shown", this.#wanted !== null);
    this.#draw();
  }

  /**
   * Move to four points, or fade out for null.
   *
   * @param {number[] | null} points x and y in turn, as shares of the picture.
   * @param {number} still How far the sheet has come to be held still, 0..1.
   */
  show(points, still = 0) {
    this.#svg?.classList.toggle("shown", points !== null);
    this.#svg?.classList.toggle("growing", points !== null && still > 0);
    this.#stillWanted = points ? still : 0;
    if (points) {
      this.#wanted = this.#now && this.#wanted ? inOrderOf(this.#now, points) : points;
      const isNew = !this.#now || !this.#svg?.classList.contains("seen");
      if (isNew || prefersStill.matches) this.#now = this.#wanted;
    } else {
      this.#wanted = null;
    }
    this.#svg?.classList.toggle("seen", points !== null);
    if (!this.#isRunning) this.#step();
  }

  /**
   * Show four points at once, as they are moved by hand.
   *
   * @param {number[]} points
   */
  set(points) {
    this.#now = this.#wanted = points;
    this.#svg?.classList.add("shown");
    this.#draw();
  }

  #step = () => {
    const target = this.#wanted ?? this.#now;
    if (!target || !this.#now) return;
    let far = 0;
    this.#now = this.#now.map((value, i) => {
      far = Math.max(far, Math.abs(target[i] - value));
      return value + EASE * (target[i] - value);
    });
    const isBack = this.#stillWanted < this.#still;
    const growth = this.#stillWanted - this.#still;
    far = Math.max(far, Math.abs(growth));
    this.#still = isBack ? this.#stillWanted : this.#still + EASE * growth;
    this.#isRunning = far > NEAR && !prefersStill.matches;
    if (!this.#isRunning) [this.#now, this.#still] = [target, this.#stillWanted];
    this.#draw();
    if (this.#isRunning) requestAnimationFrame(this.#step);
  };

  #draw() {
    const box = this.#svg?.getAttribute("viewBox");
    if (!this.#svg || !this.#now || !box) return;
    const [, , width, height] = box.split(" ").map(Number);
    const points = this.#now.map((v, i) => (v * (i % 2 ? height : width)).toFixed(1));
    const corners = [0, 2, 4, 6].map((i) => `${points[i]} ${points[i + 1]}`);
    const unit = width / (this.#svg.clientWidth || width); // lines as wide on every screen
    this.#svg.style.setProperty("--unit", String(unit));
    for (const polygon of this.#svg.querySelectorAll("polygon")) {
      polygon.setAttribute("points", corners.join(" "));
    }
    const around = `M0 0H${width}V${height}H0ZM${corners.join("L")}Z`;
    find(this.#svg, ".veil", SVGElement).setAttribute("d", around);
    const drawn = `${(this.#still * 100).toFixed(1)} 200`;
    find(this.#svg, ".grown", SVGElement).setAttribute("stroke-dasharray", drawn);
  }
}

/**
 * Return the points rotated so that each is nearest to where it was: a sheet has no first corner.
 *
 * @param {number[]} before
 * @param {number[]} points
 */
function inOrderOf(before, points) {
  const rotations = [0, 2, 4, 6].map((by) => [...points.slice(by), ...points.slice(0, by)]);
  /** @param {number[]} rotation */
  const distance = (rotation) =>
    rotation.reduce((sum, value, i) => sum + (value - before[i]) ** 2, 0);
  return rotations.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}
