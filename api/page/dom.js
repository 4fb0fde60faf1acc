// Building elements and wording figures. Text only ever enters the page as text: nothing here parses HTML.

/** An element. `props` are properties, except `class`, `aria-…`, `data-…`, `role` and the like (attributes) and `on…`. */
export function h(name, props = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "class") element.className = value;
    else if (key in element && !key.startsWith("aria") && key !== "role" && key !== "list") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function replace(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
}

/** Only addresses of our own API become links or sources. */
export function own(link) {
  return typeof link === "string" && /^\/(?!\/)/.test(link) ? link : undefined;
}

export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

export function duration(seconds) {
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Working time in words: 4 s, 2 min. */
export function took(seconds) {
  if (seconds < 1) return "under 1 s";
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

export function number(value) {
  return new Intl.NumberFormat("en").format(value);
}

export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export function money(usd) {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

/** What the money words say when nothing was paid. */
export function cost(usd) {
  return usd > 0 ? money(usd) : "$0.00, made locally";
}

const DAY = new Intl.DateTimeFormat("en", { dateStyle: "long" });
const MOMENT = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** A time of the API as a date: May 3, 2027. */
export const day = (time) => DAY.format(new Date(time));
export const moment = (time) => MOMENT.format(new Date(time));

export const STATES = { unstarted: "Waits for your word", queued: "Waiting", working: "In the making", ready: "Ready", failed: "Failed" };

const ASSETS = {
  chapters: "Reading the chapters",
  passages: "Indexing for search",
  characters: "Finding the cast",
  cross_references: "Linking the passages",
  plot_overview: "Outlining the plot",
  scripts: "Writing the scripts",
  scenes: "Describing the scenes",
  character_images: "Drawing the portraits",
  scene_images: "Drawing the storyboard",
  motion: "Setting pictures in motion",
  music: "Laying beds under the voices",
  audio: "Speaking the lines",
  clips: "Filming the scenes",
  film: "Joining the film",
  audiobook: "Binding the audiobook",
  read_along: "Binding the book to read along",
  export_clips: "Rendering pieces for exports",
  exports: "Putting exports together",
  audition: "Trying voices",
  question: "Answering questions",
  search: "Searching",
};

/** What an asset's work is called. */
export function work(asset) {
  return ASSETS[asset] ?? asset;
}
