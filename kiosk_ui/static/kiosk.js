// The page's composition root: what happens when something is touched, and who may change the stage.

import { applyPreferences, hasChosen } from "./preferences.js";
import { AttractLoop } from "./attract_loop.js";
import { ActivityReport } from "./activity_report.js";
import { replaceMissingImages } from "./missing_image.js";
import { ComparisonSheet } from "./comparison.js";
import { CornerEditor } from "./corner_editor.js";
import { watchStaffGesture } from "./staff_gesture.js";
import { watchIdle } from "./idle.js";
import { blockGestures } from "./block_gestures.js";
import { FilterPanel } from "./filters.js";
import { RegionEditor } from "./region_editor.js";
import { ClosedScreen } from "./closed_screen.js";
import { Preview } from "./preview.js";
import { Stage, fit } from "./stage.js";
import { post } from "./http.js";
import { watchService, watchStand } from "./service_status.js";
import { watchUsbStatus } from "./usb_status.js";
import { sendPicture, turned } from "./upload.js";
import { BrowsePanel } from "./browse_panel.js";

const isStand = document.documentElement.dataset.mode === "stand";
const stage = new Stage(document.getElementById("stage"), document.getElementById("announcer"));
const wander = new BrowsePanel(document.getElementById("reading"));
const closer = new ComparisonSheet(document.getElementById("closer"));
const still = document.getElementById("still");
const narrowing = new FilterPanel(document.getElementById("narrowing"));
const sifting = new FilterPanel(document.getElementById("sifting"), "sift"); // of what is browsed
const attract = isStand ? new AttractLoop(document.getElementById("attract")) : null;
const preview = isStand ? new Preview(stage) : null;

// A picture handed in on this page, while its answer is shown; the stand's own state waits behind it.
let own = null;

// What lies at the stand takes the screen from nobody who reads, narrows or asks about a picture of their own.
const attention = new ActivityReport(() => ({
  query: narrowing.query,
  isElsewhere: Boolean(own) || wander.isOpen || closer.isOpen || narrowing.isOpen,
}));
const tell = () => isStand && attention.tell();

async function showHome() {
  forget();
  tell();
  await stage.show(isStand ? "/stand" : "/invite");
}

async function again() {
  if (own || !isStand) return showHome();
  if (stage.name === "problem") return showHome();
  await post("/api/v1/stand/dismiss");
}

async function look() {
  if (own) return ask(own.file, own.corners, own.isPart);
  stage.acknowledge("look");
  const response = await post(`/api/v1/stand/look${narrowing.query}`);
  if (!response.ok) await stage.show("/stand");
}

/** Ask about a picture; `corners` are the print's in it, or a part's, where the visitor has marked them. */
async function ask(file, corners = null, isPart = false) {
  forget();
  const asked = { file, corners, isPart, address: URL.createObjectURL(file), sending: new AbortController() };
  own = asked;
  tell();
  stage.showTemplate("busy-scene", showYours);
  const shown = await sendPicture(file, withCorners(narrowing.query, corners, isPart), asked.sending.signal);
  if (own !== asked) return; // somebody went on meanwhile
  if (!shown) return stage.showTemplate("unreachable-scene");
  asked.size = [shown.width, shown.height];
  stage.showHtml(shown.html);
  asked.why = stage.scene.querySelector('[data-sheet^="/why/"]')?.dataset.sheet;
  if (!shown.width) stage.scene.querySelectorAll('[data-action="corners"], [data-action="part"]').forEach((each) => each.remove()); // it can't be shown here
}

/** Let the visitor mark the print on their picture, beginning with what was found. */
function mark() {
  const marked = own.marking?.query.split(",").map(Number);
  const found = marked ?? stage.scene.dataset.corners?.split(",").map((v, i) => Number(v) / own.size[i % 2]) ?? [];
  stage.showTemplate("corners-scene", (scene) => {
    own.marking = new CornerEditor(scene, found.length === 8 && found.every(Number.isFinite) ? found : null);
    showYours(scene);
  });
}

/** Turn the visitor's picture by a right angle, with the corners marked on it; each press waits for the one before. */
function quarter() {
  const asked = own;
  asked.turning = Promise.resolve(asked.turning).then(async () => {
    const file = await turned(asked.file);
    if (own !== asked) return; // somebody went on meanwhile
    URL.revokeObjectURL(asked.address);
    Object.assign(asked, { file, address: URL.createObjectURL(file) });
    asked.marking.turn();
    showYours(stage.scene);
    await stage.scene.querySelector("[data-yours]")?.decode().catch(() => {}); // the next turn draws on this one
  });
}

/** Let the visitor draw a box on their print: on their own picture, or on what lay at the stand. */
async function drawPart() {
  if (!own) {
    const response = await fetch("/api/v1/stand/print.jpg").catch(() => null);
    if (!response?.ok) return; // its answer has gone
    const file = await response.blob();
    own = { file, address: URL.createObjectURL(file), sending: new AbortController() };
    tell();
  }
  stage.showTemplate("part-scene", (scene) => {
    own.marking = new RegionEditor(scene);
    own.marking.isPart = true;
    showYours(scene);
  });
}

function showYours(scene) {
  const picture = scene.querySelector("[data-yours]");
  picture.src = own.address;
  picture.addEventListener("load", () => fit(picture, picture), { once: true });
  picture.addEventListener("error", () => picture.removeAttribute("src"), { once: true });
}

/** Give what the browsed prints are narrowed to, as a query. */
function wanderQuery() {
  const query = document.querySelector("#reading .browsing")?.dataset.query;
  return query ? `?${query}` : "";
}

/** Let go of the picture that was asked about, here and on its way. */
function forget() {
  if (!own) return;
  own.sending.abort();
  if (own.why) navigator.sendBeacon(`${own.why}/forget`);
  URL.revokeObjectURL(own.address);
  own = null;
}

function withCorners(query, corners, isPart) {
  if (!corners) return query;
  const whole = new URLSearchParams(query);
  whole.set("corners", corners);
  if (isPart) whole.set("part", "1");
  return `?${whole}`;
}

/** Show the page in another language or look; what is on the stage stays, said anew. */
async function switchTo(query) {
  const anew = await applyPreferences(query);
  if (!anew) return;
  if (wander.isOpen) wander.refresh();
  if (narrowing.isOpen) narrowing.refresh();
  if (sifting.isOpen) sifting.refresh();
  narrowing.mark();
  if (own?.marking) return own.marking.isPart ? drawPart() : mark();
  const isWhy = closer.isOpen && closer.address === own?.why;
  if (own) await ask(own.file, own.corners, own.isPart);
  if (closer.isOpen) closer.refresh(isWhy ? own?.why : closer.address); // its own picture has another address now
  if (own) return;
  const scene = anew.querySelector("#stage .scene");
  if (scene) stage.showHtml(scene.outerHTML);
}

/** Begin anew for the next visitor: no picture, no search, no language, no large text of the last one. */
function reset() {
  closer.close();
  sifting.reset();
  wander.close();
  narrowing.reset();
  document.querySelectorAll(".look[open]").forEach((look) => (look.open = false));
  if (hasChosen()) applyPreferences("anew").then((anew) => anew && !own && stage.show(isStand ? "/stand" : "/invite"));
  if (own) showHome();
  else if (stage.hasAnswer) again();
}

const actions = {
  look,
  again,
  narrow: async () => {
    await narrowing.open();
    tell();
  },
  corners: mark,
  quarter,
  part: drawPart,
  search: () => ask(own.file, own.marking.query, own.marking.isPart),
  clear: (pressed) => (pressed.closest("#sifting") ? sifting : narrowing).clear(),
  close: (pressed) => pressed.closest("dialog").close(),
  back: () => wander.back(),
  home: async () => {
    closer.close();
    wander.close();
    if (own || stage.hasAnswer) await again();
  },
  sift: () => sifting.open(wanderQuery()),
  done: (pressed) => {
    if (pressed.closest("#sifting")) return sifting.done() && wander.turn(`/browse${sifting.query}`);
    const changed = narrowing.done();
    if (changed && own) ask(own.file, own.corners, own.isPart);
    else if (changed && isStand && stage.hasAnswer) look();
  },
};

document.addEventListener("click", (event) => {
  const chosen = event.target.closest(".switches button");
  if (chosen) {
    event.preventDefault(); // without a script the form is sent
    return switchTo(new URLSearchParams([[chosen.name, chosen.value]]));
  }
  if (!event.target.closest(".look")) document.querySelectorAll(".look[open]").forEach((look) => (look.open = false));
  const pressed = event.target.closest("[data-action], [data-read], [data-go], [data-turn], [data-sheet]");
  if (!pressed) return;
  const { read, go, turn, keep } = pressed.dataset;
  if (read) wander.open(`/records/${read.split("/").map(encodeURIComponent).join("/")}`).then(tell);
  else if (go) wander.open(go).then(tell);
  else if (turn) wander.turn(turn, keep);
  else if (pressed.dataset.sheet) closer.open(pressed.dataset.sheet).then(tell);
  else actions[pressed.dataset.action]?.(pressed);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-upload]") || !event.target.files.length) return;
  ask(event.target.files[0]);
  event.target.value = "";
});

addEventListener("pagehide", forget);
document.addEventListener("close", tell, { capture: true }); // of any dialog

replaceMissingImages();
stage.onChange = () => narrowing.mark();
tell();
if (isStand) {
  blockGestures();
  watchStaffGesture(() => location.assign("/staff"));
  const touched = watchIdle({
    idleMs: Number(document.body.dataset.idleS) * 1000,
    graceMs: Number(document.body.dataset.graceS) * 1000,
    isNeeded: () => own || wander.isOpen || narrowing.isOpen || narrowing.query || stage.hasAnswer || hasChosen(),
    ask: () => still.showModal(),
    stay: () => still.close(),
    leave: reset,
    rest: () => !night.isClosed && ["looking", "camera_lost"].includes(stage.name) && attract.begin(),
  });
  const { idleS, graceS } = document.body.dataset;
  const night = new ClosedScreen(document.getElementById("night"), (Number(idleS) + Number(graceS)) * 1000);
  watchStand((state, isNews) => {
    if (isNews || !state.is_open) attract.end();
    night.isClosed = !state.is_open;
    if (isNews) night.light();
    if (isNews) touched(); // whoever holds a print there need not touch the screen
    if (isNews && !own) stage.show("/stand");
    if (isNews && !own && !state.answer) closer.close(); // a visitor's print goes with its answer
    preview.isWanted = state.camera_ready;
  });
  preview.onSeen = () => attract.end();
  preview.start();
  watchUsbStatus(document.getElementById("stick"));
} else {
  watchService();
  if (!hasChosen() && matchMedia("(prefers-color-scheme: dark)").matches) switchTo("theme=dark"); // as the phone is
}
