// Who and what is in the book: portraits, voices, places and things, and what the text says of them.

import { get, getIfMade } from "./api.js";
import { h, own, plural, replace } from "./dom.js";
import { trouble } from "./shelf.js";

const SHOWN = 12;
const SEARCHED = 6; // chapters looked through for a line of somebody's

export function castTab({ id }, panel) {
  let all = false;

  async function load() {
    let cast;
    try {
      cast = await getIfMade(`/books/${id}/characters`);
    } catch (problem) {
      replace(panel, trouble(problem, load));
      return;
    }
    if (!cast) {
      replace(panel, h("p", { class: "empty" }, "The cast has not been found yet."));
      return;
    }
    const people = cast.characters;
    const shown = all ? people : people.slice(0, SHOWN);
    const player = h("audio", { preload: "none" });
    const hear = voices(id, player);
    replace(
      panel,
      h("p", { class: "label" }, "Found in the text; portraits drawn locally"),
      people.length === 0 && h("p", { class: "empty" }, "Nobody is named in this book: the narrator tells it alone."),
      h("ul", { class: "cast" }, shown.map((one) => person(one, hear)), shown.length === people.length && narrator(cast.narrator, hear)),
      people.length > shown.length &&
        h("button", { class: "plain", onclick: () => ((all = true), load()) }, `Show all ${people.length}`),
      entities("Places", cast.locations),
      entities("Things", cast.objects),
      player,
    );
  }
  load();
  return { load, shows: ["characters", "character_images"] };
}

function person(one, hear) {
  const facts = [one.importance === "major" && "main character", one.role].filter(Boolean).join(" · ");
  const said = one.description[0] ?? one.personality[0];
  return h(
    "li",
    {},
    portrait(one),
    h("h3", {}, one.name),
    facts && h("p", { class: "facts" }, facts),
    one.aliases.length > 0 && h("p", { class: "facts" }, `also ${one.aliases.slice(0, 3).join(", ")}`),
    said && h("p", { class: "quote" }, said.text),
    voiceLine(one.voice_used, one.id, one.quotation_count, hear),
  );
}

function portrait(one) {
  if (one.portrait) return h("img", { src: own(one.portrait), alt: `Portrait of ${one.name}`, loading: "lazy", decoding: "async" });
  return h("span", { class: "initial", "aria-hidden": "true" }, [...one.name][0] ?? "?");
}

function narrator(voice, hear) {
  if (!voice) return null;
  return h("li", {}, h("span", { class: "initial", "aria-hidden": "true" }, "¶"), h("h3", {}, "Narrator"), voiceLine(voice, null, 0, hear));
}

function voiceLine(voice, id, quotations, hear) {
  if (!voice) return h("p", { class: "facts" }, "Never speaks");
  const accent = { us: "American", gb: "British" }[voice.accent] ?? voice.accent;
  const button = h("button", { class: "plain small", onclick: () => hear(id, button) }, "Hear");
  return h(
    "p",
    { class: "voice" },
    h("span", {}, `Voice ${voice.name}, ${accent}${voice.manner ? `, ${voice.manner}` : ""}`),
    quotations > 0 && h("span", { class: "facts" }, plural(quotations, "line")),
    button,
  );
}

/** Places or things: those that matter, and the rest for who asks. */
function entities(heading, found) {
  if (found.length === 0) return null;
  const main = found.filter((one) => one.importance !== "minor");
  const rest = found.filter((one) => one.importance === "minor");
  return h(
    "section",
    { class: "entities" },
    h("h3", {}, heading),
    main.length > 0 && h("ul", {}, main.map(entity)),
    rest.length > 0 && h("p", { class: "facts" }, `Also ${rest.map((one) => one.name).join(", ")}`),
  );
}

function entity(one) {
  return h(
    "li",
    {},
    h("h4", {}, one.name),
    one.aliases.length > 0 && h("p", { class: "facts" }, `also ${one.aliases.slice(0, 3).join(", ")}`),
    one.description.length > 0 && h("p", { class: "quote" }, one.description[0].text),
  );
}

/** Plays a line that the voice really spoke in this book. */
function voices(id, player) {
  const lines = new Map(); // speaker -> address
  let chapters = null;
  async function find(speaker) {
    chapters ??= (await get(`/books/${id}/scripts`)).map((script) => script.chapter).slice(0, SEARCHED);
    while (!lines.has(speaker) && chapters.length) {
      for (const line of await get(`/books/${id}/audio?chapter=${encodeURIComponent(chapters.shift())}`)) {
        if (line.link && !lines.has(line.speaker)) lines.set(line.speaker, line.link);
      }
    }
    return lines.get(speaker);
  }
  return async (speaker, button) => {
    try {
      const link = await find(speaker);
      if (!link) {
        button.textContent = "Nothing spoken yet";
        button.disabled = true;
        return;
      }
      player.src = own(link);
      await player.play();
    } catch {
      button.textContent = "Cannot be played";
    }
  };
}
