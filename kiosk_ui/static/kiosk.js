// The page's entry point: puts the parts together, decides what a press does, and what may change
// the stage.

import { ActivityReport } from "./activity_report.js";
import { AttractLoop } from "./attract_loop.js";
import { blockGestures } from "./block_gestures.js";
import { BrowsePanel } from "./browse_panel.js";
import { ClosedScreen } from "./closed_screen.js";
import { ComparisonSheet } from "./comparison.js";
import { CornerEditor } from "./corner_editor.js";
import { byId, closest, closestTarget, find, findOrNull } from "./dom.js";
import { FilterPanel } from "./filters.js";
import { post } from "./http.js";
import { watchIdle } from "./idle.js";
import { replaceMissingImages } from "./missing_image.js";
import { applyPreferences, closeAppearanceMenus, hasChosen } from "./preferences.js";
import { Preview } from "./preview.js";
import { showRecordPicture } from "./record_pictures.js";
import { RegionEditor } from "./region_editor.js";
import { watchService, watchStand } from "./service_status.js";
import { watchStaffGesture } from "./staff_gesture.js";
import { Stage, fitPicture } from "./stage.js";
import { sendPicture, turned } from "./upload.js";
import { watchUsbStatus } from "./usb_status.js";

const isStand = document.documentElement.dataset.mode === "stand";
const stage = new Stage(byId("stage", HTMLElement), byId("announcer", HTMLElement));
const browsePanel = new BrowsePanel(byId("reading", HTMLDialogElement));
const comparison = new ComparisonSheet(byId("closer", HTMLDialogElement));
const searchFilters = new FilterPanel(byId("narrowing", HTMLDialogElement));
const browseFilters = new FilterPanel(byId("sifting", HTMLDialogElement), "sift");

/**
 * The picture uploaded on this page, while its answer is shown; changes of the stand's state wait
 * until it is gone.
 *
 * @type {OwnPicture | null}
 */
let own = null;

// A print at the stand interrupts no visitor who reads, sets filters or looks at the answer to
// their own picture.
const activity = new ActivityReport(() => ({
  query: searchFilters.query,
  isElsewhere: Boolean(own) || browsePanel.isOpen || comparison.isOpen || searchFilters.isOpen,
}));

function reportActivity() {
  if (isStand) activity.send();
}

async function showStart() {
  forgetOwn();
  reportActivity();
  await stage.show(isStand ? "/stand" : "/invite");
}

async function endAnswer() {
  if (own || !isStand || stage.name === "problem") return showStart();
  await post("/api/v1/stand/dismiss");
}

async function searchStand() {
  if (own) return searchOwn(own.file, own.corners, own.isPart);
  stage.acknowledge("look");
  const response = await post(`/api/v1/stand/look${searchFilters.query}`);
  if (!response.ok) await stage.show("/stand");
}

/**
 * Search for the print on a visitor's picture.
 *
 * @param {Blob} file
 * @param {string | null} corners The print's in the picture, or a part's, where the visitor has
 *     marked them.
 * @param {boolean} isPart
 */
async function searchOwn(file, corners = null, isPart = false) {
  forgetOwn();
  const picture = newPicture(file, corners, isPart);
  own = picture;
  reportActivity();
  stage.showTemplate("busy-scene", (scene) => showPicture(picture, scene));
  const query = withCorners(searchFilters.query, corners, isPart);
  const answer = await sendPicture(file, query, picture.upload.signal);
  if (own !== picture) return; // the visitor went on meanwhile
  if (!answer) return stage.showTemplate("unreachable-scene");
  picture.size = [answer.width, answer.height];
  stage.showHtml(answer.html);
  const why = findOrNull(stage.scene, '[data-sheet^="/why/"]', HTMLElement);
  picture.comparison = why?.dataset.sheet;
  if (!answer.width) removeMarkingButtons(); // there is no picture to mark anything on
}

/**
 * @param {Blob} file
 * @param {string | null} corners
 * @param {boolean} isPart
 * @returns {OwnPicture}
 */
function newPicture(file, corners = null, isPart = false) {
  const address = URL.createObjectURL(file);
  return { file, address, upload: new AbortController(), corners, isPart, size: [0, 0] };
}

function removeMarkingButtons() {
  const buttons = '[data-action="corners"], [data-action="part"]';
  stage.scene?.querySelectorAll(buttons).forEach((each) => each.remove());
}

/** Let the visitor mark the print on their picture, starting with the corners found. */
function markCorners() {
  const picture = own;
  if (!picture) return;
  const points =
    picture.editor?.query.split(",").map(Number) ??
    stage.scene?.dataset.corners?.split(",").map((value, i) => Number(value) / picture.size[i % 2]);
  const areFound = points?.length === 8 && points.every(Number.isFinite);
  stage.showTemplate("corners-scene", (scene) => {
    picture.editor = new CornerEditor(scene, areFound ? points : null);
    showPicture(picture, scene);
  });
}

/**
 * Turn the visitor's picture by a right angle, with its corners; each press waits for the one
 * before.
 */
function turnPicture() {
  const picture = own;
  if (!picture) return;
  picture.turning = Promise.resolve(picture.turning).then(async () => {
    const file = await turned(picture.file);
    if (own !== picture) return; // the visitor went on meanwhile
    URL.revokeObjectURL(picture.address);
    Object.assign(picture, { file, address: URL.createObjectURL(file) });
    if (picture.editor instanceof CornerEditor) picture.editor.turn();
    if (!stage.scene) return;
    showPicture(picture, stage.scene);
    const image = findOrNull(stage.scene, "[data-yours]", HTMLImageElement);
    await image?.decode().catch(() => {}); // the next turn draws on this one
  });
}

/**
 * Let the visitor mark a part of the print, on their own picture or on the one taken at the stand.
 */
async function markRegion() {
  if (!own) {
    const response = await fetch("/api/v1/stand/print.jpg").catch(() => null);
    if (!response?.ok) return; // its answer has gone
    own = newPicture(await response.blob());
    reportActivity();
  }
  const picture = own;
  stage.showTemplate("part-scene", (scene) => {
    picture.editor = new RegionEditor(scene);
    showPicture(picture, scene);
  });
}

/** @param {OwnPicture} picture @param {HTMLElement} scene */
function showPicture(picture, scene) {
  const image = find(scene, "[data-yours]", HTMLImageElement);
  image.src = picture.address;
  image.addEventListener("load", () => fitPicture(image, image), { once: true });
  image.addEventListener("error", () => image.removeAttribute("src"), { once: true });
}

/** Return the filters of the prints being browsed, as a query. */
function browseQuery() {
  const query = findOrNull(document, "#reading .browsing", HTMLElement)?.dataset.query;
  return query ? `?${query}` : "";
}

/** Forget the visitor's picture, here and in the service. */
function forgetOwn() {
  if (!own) return;
  own.upload.abort();
  if (own.comparison) navigator.sendBeacon(`${own.comparison}/forget`);
  URL.revokeObjectURL(own.address);
  own = null;
}

/** @param {string} query @param {string | null} corners @param {boolean} isPart */
function withCorners(query, corners, isPart) {
  if (!corners) return query;
  const parameters = new URLSearchParams(query);
  parameters.set("corners", corners);
  if (isPart) parameters.set("part", "1");
  return `?${parameters}`;
}

/**
 * Show the page in another language or appearance; the stage keeps its scene, with new words.
 *
 * @param {string | URLSearchParams} query
 */
async function changePreferences(query) {
  const page = await applyPreferences(query);
  if (!page) return;
  if (browsePanel.isOpen) browsePanel.refresh();
  if (searchFilters.isOpen) searchFilters.refresh();
  if (browseFilters.isOpen) browseFilters.refresh();
  searchFilters.updateButtons();
  if (own?.editor) return own.editor.isPart ? markRegion() : markCorners();
  const isOfOwn = comparison.isOpen && comparison.address === own?.comparison;
  if (own) await searchOwn(own.file, own.corners, own.isPart);
  // The visitor's own picture has another address after a new search.
  if (comparison.isOpen) comparison.refresh(isOfOwn ? own?.comparison : comparison.address);
  if (own) return;
  const scene = page.querySelector("#stage .scene");
  if (scene) stage.showHtml(scene.outerHTML);
}

/** Reset picture, search, language and appearance for the next visitor. */
function resetVisit() {
  comparison.close();
  browseFilters.reset();
  browsePanel.close();
  searchFilters.reset();
  closeAppearanceMenus();
  if (hasChosen()) resetPreferences();
  if (own) showStart();
  else if (stage.hasAnswer) endAnswer();
}

async function resetPreferences() {
  const page = await applyPreferences("anew");
  if (page && !own) await stage.show(isStand ? "/stand" : "/invite");
}

/** @param {Element} pressed */
function finishFilters(pressed) {
  if (pressed.closest("#sifting")) {
    if (browseFilters.finish()) browsePanel.turn(`/browse${browseFilters.query}`);
    return;
  }
  const hasChanged = searchFilters.finish();
  if (hasChanged && own) searchOwn(own.file, own.corners, own.isPart);
  else if (hasChanged && isStand && stage.hasAnswer) searchStand();
}

/**
 * What a button does, by its `data-action`.
 *
 * @type {Record<string, (pressed: HTMLElement) => unknown>}
 */
const actions = {
  look: searchStand,
  again: endAnswer,
  narrow: () => searchFilters.open().then(reportActivity),
  corners: markCorners,
  quarter: turnPicture,
  part: markRegion,
  search: () => own?.editor && searchOwn(own.file, own.editor.query, own.editor.isPart),
  clear: (pressed) => (pressed.closest("#sifting") ? browseFilters : searchFilters).clear(),
  close: (pressed) => closest(pressed, "dialog", HTMLDialogElement).close(),
  back: () => browsePanel.back(),
  home: async () => {
    comparison.close();
    browsePanel.close();
    if (own || stage.hasAnswer) await endAnswer();
  },
  sift: () => browseFilters.open(browseQuery()),
  done: finishFilters,
};

document.addEventListener("click", (event) => {
  const preference = closestTarget(event, ".switches button", HTMLButtonElement);
  if (preference) {
    event.preventDefault(); // without a script the form is sent
    return changePreferences(new URLSearchParams([[preference.name, preference.value]]));
  }
  if (!closestTarget(event, ".look", HTMLElement)) closeAppearanceMenus();
  const pressable =
    "[data-action], [data-read], [data-go], [data-turn], [data-sheet], [data-picture]";
  const pressed = closestTarget(event, pressable, HTMLElement);
  if (!pressed) return;
  const { read, go, turn, keep, sheet, action } = pressed.dataset;
  if (read) browsePanel.open(recordAddress(read)).then(reportActivity);
  else if (go) browsePanel.open(go).then(reportActivity);
  else if (turn) browsePanel.turn(turn, keep);
  else if (sheet) comparison.open(sheet).then(reportActivity);
  else if (pressed.dataset.picture) showRecordPicture(pressed);
  else if (action) actions[action]?.(pressed);
});

/** @param {string} id */
function recordAddress(id) {
  return `/records/${id.split("/").map(encodeURIComponent).join("/")}`;
}

document.addEventListener("change", ({ target }) => {
  if (!(target instanceof HTMLInputElement && target.matches("[data-upload]"))) return;
  if (!target.files?.length) return;
  searchOwn(target.files[0]);
  target.value = "";
});

addEventListener("pagehide", forgetOwn);
document.addEventListener("close", reportActivity, { capture: true }); // of any dialog

replaceMissingImages();
stage.onChange = () => searchFilters.updateButtons();
reportActivity();
if (isStand) {
  startStand();
} else {
  watchService();
  const isPhoneDark = matchMedia("(prefers-color-scheme: dark)").matches;
  if (!hasChosen() && isPhoneDark) changePreferences("theme=dark");
}

/**
 * Start what only the kiosk's own screen has: camera, attract loop, opening hours, reset between
 * visitors.
 */
function startStand() {
  const stillThere = byId("still", HTMLDialogElement);
  const attractLoop = new AttractLoop(byId("attract", HTMLDialogElement));
  const preview = new Preview(stage);
  const idleMs = Number(document.body.dataset.idleS) * 1000;
  const graceMs = Number(document.body.dataset.graceS) * 1000;
  const closedScreen = new ClosedScreen(byId("night", HTMLDialogElement), idleMs + graceMs);

  blockGestures();
  watchStaffGesture(() => location.assign("/staff"));
  const touched = watchIdle({
    idleMs,
    graceMs,
    isNeeded: () => Boolean(own) || isInUse(),
    ask: () => stillThere.showModal(),
    stay: () => stillThere.close(),
    leave: resetVisit,
    rest: () => {
      const isIdle = ["looking", "camera_lost"].includes(stage.name);
      if (isIdle && !closedScreen.isClosed) attractLoop.begin();
    },
  });
  watchStand((state, isNews) => {
    if (isNews || !state.is_open) attractLoop.end();
    closedScreen.isClosed = !state.is_open;
    if (isNews) closedScreen.light();
    if (isNews) touched(); // a visitor who holds a print need not touch the screen
    if (isNews && !own) stage.show("/stand");
    // a visitor's print goes with its answer
    if (isNews && !own && !state.answer) comparison.close();
    preview.isWanted = state.camera_ready;
  });
  preview.onSeen = () => attractLoop.end();
  preview.start();
  watchUsbStatus(byId("stick", HTMLElement));
}

/** Whether a reset would lose anything that the visitor has opened or chosen. */
function isInUse() {
  const isOpen = browsePanel.isOpen || searchFilters.isOpen;
  return isOpen || searchFilters.query !== "" || stage.hasAnswer || hasChosen();
}
