// Follows the service: the stand's state by long polling, and a notice while the service is away.

import { byId } from "./dom.js";
import { pause } from "./http.js";

const ANSWERED_WITHIN_MS = 9000;
const AWAY_AFTER_MS = 1500;
const GUEST_EVERY_MS = 10_000;

const notice = byId("moment", HTMLElement);
const bootId = document.body.dataset.boot;
let answeredAt = Date.now();

/** @param {string} boot */
function onAnswer(boot) {
  answeredAt = Date.now();
  notice.hidden = true;
  if (boot !== bootId) location.reload(); // the service has restarted
}

function onSilence() {
  if (Date.now() - answeredAt > AWAY_AFTER_MS) notice.hidden = false;
}

/** @param {string} address */
function request(address) {
  return fetch(address, { signal: AbortSignal.timeout(ANSWERED_WITHIN_MS) });
}

/**
 * Call back with every state of the stand, and whether it differs from the one the page shows.
 *
 * @param {(state: StandState, isNews: boolean) => void} onState
 */
export async function watchStand(onState) {
  let revision = Number(document.body.dataset.revision);
  let isFirst = true;
  for (;;) {
    try {
      const startedAt = Date.now();
      const response = await request(`/api/v1/stand/state?after=${isFirst ? 0 : revision}`);
      if (response.ok) {
        /** @type {StandState} */
        const state = await response.json();
        onAnswer(state.boot_id);
        const isNews = state.revision !== revision;
        if (isFirst || isNews) onState(state, isNews);
        revision = state.revision;
        isFirst = false;
      }
      if (!response.ok || Date.now() - startedAt < 20) await pause(response.ok ? 50 : 1000);
    } catch {
      onSilence();
      await pause(1000);
    }
  }
}

/** Check that the service is there, and still the same one: all that a guest's page needs. */
export async function watchService() {
  for (;;) {
    await pause(notice.hidden ? GUEST_EVERY_MS : 2000);
    if (document.hidden) {
      answeredAt = Date.now();
      continue;
    }
    try {
      onAnswer((await (await request("/healthz")).json()).boot_id);
    } catch {
      onSilence();
    }
  }
}
