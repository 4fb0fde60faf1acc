// What a book will cost, and the word that it may be made: for a book that waits for it.

import { get, post } from "./api.js";
import { h, money, replace, work } from "./dom.js";
import { capField } from "./handin.js";
import { trouble } from "./shelf.js";

/** The panel of a book that is read and waits. The event stream tells when it has begun. */
export function startPanel(id) {
  const price = h("div", {}, h("p", { class: "facts" }, "Reckoning the price"));
  const said = h("p", { class: "help", role: "status" });
  const cap = capField("start-cap", "Nothing more is bought once this is reached; it can be changed at any time.");
  const button = h("button", { class: "button", type: "submit", disabled: true }, "Make this book");

  async function load() {
    try {
      replace(price, told(await get(`/books/${id}/estimate`)));
      button.disabled = false;
    } catch (problem) {
      replace(price, trouble(problem, load));
    }
  }

  async function start(event) {
    event.preventDefault();
    button.disabled = true;
    try {
      await post(`/books/${id}/start`, { json: cap.value() ? { cap_usd: cap.value() } : undefined });
      said.textContent = "It has begun.";
    } catch (problem) {
      said.textContent = problem.message;
      button.disabled = false;
    }
  }

  load();
  return h(
    "section",
    { class: "progress-panel start-panel", "aria-labelledby": "start-title" },
    h("h2", { id: "start-title" }, "Ready to be made"),
    price,
    h("form", { class: "start", onsubmit: start }, cap.element, h("p", {}, button), said),
  );
}

function told(estimate) {
  if (!estimate.assets.length) return h("p", {}, "It costs nothing: everything is made on this machine.");
  const sum = `${usd(estimate.usd_least)} to ${usd(estimate.usd_most)}`;
  const row = (asset) => h("li", {}, h("b", {}, work(asset.asset)), ` ${usd(asset.usd_least)} to ${usd(asset.usd_most)}, by ${asset.models[0]}`);
  return [
    h("p", {}, "Making it will cost ", h("b", {}, sum), ". Nothing has been spent yet."),
    h("details", {}, h("summary", {}, "What for"), h("ul", {}, estimate.assets.map(row))),
  ];
}

const usd = (text) => money(Number(text));
