// The live picture and what was seen in it: one bounded request after the other, and none while nobody can see it.

import { HintDisplay } from "./hint_display.js";
import { Outline } from "./outline.js";
import { pause } from "./http.js";
import { fit } from "./stage.js";

const LEAST_MS = 100;

export class Preview {
  #stage;
  #after = 0;
  #shown = null;
  #outline = new Outline();
  #guide = new HintDisplay();
  isWanted = true;
  onSeen = () => {}; // a print is held, other than one that was looked up already

  constructor(stage) {
    this.#stage = stage;
  }

  async start() {
    for (;;) {
      const picture = this.#stage.scene?.querySelector("[data-preview]");
      if (!picture || document.hidden || !this.isWanted) {
        await pause(200);
        continue;
      }
      const [taken] = await Promise.all([this.#next(picture), pause(LEAST_MS)]);
      if (!taken) await pause(1000);
    }
  }

  /** Show the next picture; false when the server had none to give and should be left alone. */
  async #next(picture) {
    try {
      const response = await fetch(`/api/v1/stand/preview.jpg?after=${this.#after}`);
      if (response.status === 204) return true;
      if (!response.ok) return false;
      this.#after = Number(response.headers.get("X-Frame-Number"));
      await this.#show(picture, URL.createObjectURL(await response.blob()), seen(response.headers));
      return true;
    } catch {
      this.#after = 0;
      return false;
    }
  }

  async #show(picture, address, { points, still, hint }) {
    if (points && hint !== "known") this.onSeen();
    const ready = new Image();
    ready.src = address;
    await ready.decode().catch(() => {});
    const live = this.#stage.scene?.querySelector("[data-preview]") ?? picture;
    live.src = address;
    fit(live, ready);
    this.#outline.over(live.closest(".glass").querySelector("[data-outline]"), ready);
    this.#outline.show(points, still);
    this.#guide.say(live.closest(".scene").querySelector("[data-guide]"), hint);
    if (this.#shown) setTimeout(URL.revokeObjectURL, 1000, this.#shown);
    this.#shown = address;
  }
}

/** Read what was seen in a picture from the headers that came with it. */
function seen(headers) {
  const outline = headers.get("X-Outline");
  const isKnown = headers.has("X-Known");
  return {
    points: outline ? outline.split(",").map(Number) : null,
    still: Number(headers.get("X-Still") ?? 0),
    hint: headers.get("X-Hint") ?? (isKnown ? "known" : outline ? "steady" : null),
  };
}
