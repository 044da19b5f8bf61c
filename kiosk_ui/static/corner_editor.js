// Marking the print on a picture by hand: four corners, moved by a finger or by the arrow keys.

import { Outline } from "./outline.js";

const STEP = 0.005;
const LEAP = 0.05;
const CLOSER = 3;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const WHOLE = [0.12, 0.12, 0.88, 0.12, 0.88, 0.88, 0.12, 0.88];

export class CornerEditor {
  #glass;
  #picture;
  #outline = new Outline();
  #points;

  /** Begin with the corners found, x and y in turn as shares of the picture; with none, a little inside of it. */
  constructor(scene, points) {
    this.#glass = scene.querySelector(".glass");
    this.#picture = scene.querySelector("[data-yours]");
    this.#points = points && isSheet(points) ? points.map(within) : WHOLE;
    for (const handle of scene.querySelectorAll("[data-corner]")) this.#attach(handle, Number(handle.dataset.corner));
    this.#picture.addEventListener("load", () => this.#draw());
  }

  /** The corners as the query of a search. */
  get query() {
    return this.#points.map((value) => value.toFixed(4)).join(",");
  }

  /** Follow a picture that was turned by a right angle, clockwise: what was at its bottom left is at its top left. */
  turn() {
    const [x, y] = [(n) => this.#points[2 * n], (n) => this.#points[2 * n + 1]];
    this.#points = [3, 0, 1, 2].flatMap((n) => [1 - y(n), x(n)]);
  }

  #attach(handle, number) {
    handle.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      const by = event.shiftKey ? LEAP : STEP;
      this.#move(number, this.#points[2 * number] + by * arrow[0], this.#points[2 * number + 1] + by * arrow[1]);
    });
    let grip = null;
    handle.addEventListener("pointerdown", (event) => {
      const [x, y] = this.#place(event);
      grip = [this.#points[2 * number] - x, this.#points[2 * number + 1] - y];
      handle.setPointerCapture(event.pointerId);
      this.#magnify(number);
    });
    handle.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const [x, y] = this.#place(event);
      this.#move(number, x + grip[0], y + grip[1]);
      this.#magnify(number);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      handle.addEventListener(end, () => {
        grip = null;
        this.#glass.querySelector("[data-loupe]").hidden = true;
      });
    }
  }

  #place(event) {
    const box = this.#glass.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  /** Move a corner, but never so that the four no longer bound a sheet. */
  #move(number, x, y) {
    const moved = this.#points.with(2 * number, within(x)).with(2 * number + 1, within(y));
    if (!isSheet(moved)) return;
    this.#points = moved;
    this.#draw();
  }

  #draw() {
    this.#outline.over(this.#glass.querySelector("[data-outline]"), this.#picture);
    this.#outline.set(this.#points);
    for (const handle of this.#glass.querySelectorAll("[data-corner]")) {
      const at = 2 * Number(handle.dataset.corner);
      handle.style.left = `${this.#points[at] * 100}%`;
      handle.style.top = `${this.#points[at + 1] * 100}%`;
    }
  }

  /** Show what lies under the finger beside it. */
  #magnify(number) {
    const loupe = this.#glass.querySelector("[data-loupe]");
    const [x, y] = [this.#points[2 * number], this.#points[2 * number + 1]];
    const { width, height } = this.#glass.getBoundingClientRect();
    loupe.hidden = false;
    loupe.style.backgroundImage = `url("${this.#picture.src}")`;
    loupe.style.backgroundSize = `${width * CLOSER}px ${height * CLOSER}px`;
    const middle = loupe.clientWidth / 2;
    loupe.style.backgroundPosition = `${middle - x * width * CLOSER}px ${middle - y * height * CLOSER}px`;
    loupe.style.left = `${(x < 0.5 ? 0.75 : 0.25) * 100}%`;
    loupe.style.top = `${(y < 0.5 ? 0.75 : 0.25) * 100}%`;
  }
}

const within = (value) => Math.min(1, Math.max(0, value));

/** Whether four points, one after the other, turn the same way at each of them, and leave something between. */
function isSheet(points) {
  const at = (n) => [points[2 * (n % 4)], points[2 * (n % 4) + 1]];
  return [0, 1, 2, 3].every((n) => {
    const [[ax, ay], [bx, by], [cx, cy]] = [at(n), at(n + 1), at(n + 2)];
    return (bx - ax) * (cy - by) - (by - ay) * (cx - bx) > 0.002;
  });
}
