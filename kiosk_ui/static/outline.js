// The sheet's outline over a picture: moves calmly after what was seen, and is drawn over as the print is held still.

const EASE = 0.35;
const NEAR = 0.0008;
const isStillWanted = matchMedia("(prefers-reduced-motion: reduce)");

export class Outline {
  #svg = null;
  #now = null;
  #wanted = null;
  #still = 0;
  #stillWanted = 0;
  #isRunning = false;

  /** Draw into another scene's overlay from now on. */
  over(svg, { naturalWidth, naturalHeight }) {
    if (!svg || !naturalWidth) return;
    const box = `0 0 ${naturalWidth} ${naturalHeight}`;
    if (svg === this.#svg && svg.getAttribute("viewBox") === box) return;
    this.#svg = svg;
    svg.setAttribute("viewBox", box);
    svg.classList.toggle("shown", this.#wanted !== null);
    this.#draw();
  }

  /** Show four points, x and y in turn as shares of the picture, or none; and how far stillness has come, 0..1. */
  show(points, still = 0) {
    this.#svg?.classList.toggle("shown", points !== null);
    this.#svg?.classList.toggle("growing", points !== null && still > 0);
    this.#stillWanted = points ? still : 0;
    if (points) {
      this.#wanted = this.#now && this.#wanted ? nearest(points, this.#now) : points;
      if (!this.#now || !this.#svg?.classList.contains("seen") || isStillWanted.matches) this.#now = this.#wanted;
    } else {
      this.#wanted = null;
    }
    this.#svg?.classList.toggle("seen", points !== null);
    if (!this.#isRunning) this.#step();
  }

  /** Show four points at once, as they are moved by hand. */
  set(points) {
    this.#now = this.#wanted = points;
    this.#svg?.classList.add("shown");
    this.#draw();
  }

  #step = () => {
    const target = this.#wanted ?? this.#now;
    if (!target) return;
    let far = 0;
    this.#now = this.#now.map((value, i) => {
      far = Math.max(far, Math.abs(target[i] - value));
      return value + EASE * (target[i] - value);
    });
    const back = this.#stillWanted < this.#still;
    far = Math.max(far, Math.abs(this.#stillWanted - this.#still));
    this.#still = back ? this.#stillWanted : this.#still + EASE * (this.#stillWanted - this.#still);
    this.#isRunning = far > NEAR && !isStillWanted.matches;
    if (!this.#isRunning) [this.#now, this.#still] = [target, this.#stillWanted];
    this.#draw();
    if (this.#isRunning) requestAnimationFrame(this.#step);
  };

  #draw() {
    if (!this.#svg || !this.#now) return;
    const [, , width, height] = this.#svg.getAttribute("viewBox").split(" ").map(Number);
    const points = this.#now.map((v, i) => (v * (i % 2 ? height : width)).toFixed(1));
    const corners = [0, 2, 4, 6].map((i) => `${points[i]} ${points[i + 1]}`);
    this.#svg.style.setProperty("--unit", width / (this.#svg.clientWidth || width)); // lines as wide on every screen
    this.#svg.querySelectorAll("polygon").forEach((each) => each.setAttribute("points", corners.join(" ")));
    this.#svg.querySelector(".veil").setAttribute("d", `M0 0H${width}V${height}H0ZM${corners.join("L")}Z`);
    this.#svg.querySelector(".grown").setAttribute("stroke-dasharray", `${(this.#still * 100).toFixed(1)} 200`);
  }
}

/** Give the points in the order in which each is nearest to where it was: a sheet has no first corner. */
function nearest(points, before) {
  const turns = [0, 2, 4, 6].map((by) => [...points.slice(by), ...points.slice(0, by)]);
  const distance = (turn) => turn.reduce((sum, value, i) => sum + (value - before[i]) ** 2, 0);
  return turns.reduce((best, turn) => (distance(turn) < distance(best) ? turn : best));
}
