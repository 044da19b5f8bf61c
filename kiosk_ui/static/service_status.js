// Watching the service: the stand's state by long poll, and what to do while it is away.

import { pause } from "./http.js";

const ANSWERED_WITHIN_MS = 9000;
const AWAY_AFTER_MS = 1500;
const GUEST_EVERY_MS = 10_000;

const moment = document.getElementById("moment");
const bootId = document.body.dataset.boot;
let answeredAt = Date.now();

function heard(boot) {
  answeredAt = Date.now();
  moment.hidden = true;
  if (boot !== bootId) location.reload(); // another start of the service: begin anew
}

function missed() {
  if (Date.now() - answeredAt > AWAY_AFTER_MS) moment.hidden = false;
}

async function ask(address) {
  const response = await fetch(address, { signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) });
  return response;
}

/** Call back with every state of the stand, and whether it is news to the page as it was sent. */
export async function watchStand(onState) {
  let revision = Number(document.body.dataset.revision);
  let isFirst = true;
  for (;;) {
    try {
      const began = Date.now();
      const response = await ask(`/api/v1/stand/state?after=${isFirst ? 0 : revision}`);
      if (response.ok) {
        const state = await response.json();
        heard(state.boot_id);
        const isNews = state.revision !== revision;
        if (isFirst || isNews) onState(state, isNews);
        revision = state.revision;
        isFirst = false;
      }
      if (!response.ok || Date.now() - began < 20) await pause(response.ok ? 50 : 1000);
    } catch {
      missed();
      await pause(1000);
    }
  }
}

/** A guest's page only wants to know whether the service is there, and the same. */
export async function watchService() {
  for (;;) {
    await pause(moment.hidden ? GUEST_EVERY_MS : 2000);
    if (document.hidden) {
      answeredAt = Date.now();
      continue;
    }
    try {
      heard((await (await ask("/healthz")).json()).boot_id);
    } catch {
      missed();
    }
  }
}
