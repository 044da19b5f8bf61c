// The live picture: one bounded request after the other, and none while nobody can see it.

import { pause } from "./server.js";
import { fit } from "./stage.js";

const LEAST_MS = 100;

export class Preview {
  #stage;
  #after = 0;
  #shown = null;
  isWanted = true;

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
      await this.#show(picture, URL.createObjectURL(await response.blob()));
      return true;
    } catch {
      this.#after = 0;
      return false;
    }
  }

  async #show(picture, address) {
    const ready = new Image();
    ready.src = address;
    await ready.decode().catch(() => {});
    const live = this.#stage.scene?.querySelector("[data-preview]") ?? picture;
    live.src = address;
    fit(live, ready);
    if (this.#shown) setTimeout(URL.revokeObjectURL, 1000, this.#shown);
    this.#shown = address;
  }
}
