// The list of books. Handing one in: handin.js.

import { get } from "./api.js";
import { STATES, announce, h, number, own, replace, work } from "./dom.js";
import { handIn } from "./handin.js";
import { apply, watch } from "./live.js";

export function shelf(main) {
  const list = h("ul", { class: "shelf" });
  const below = h("div", { class: "below" });
  const heading = h("h2", {}, "Your books");
  const cards = new Map();
  let next = null;

  replace(main, h("h1", { class: "sr" }, "Litink: books into films"), handIn(), h("section", {}, heading, list, below));

  async function load() {
    try {
      const page = await get(`/books?limit=12${next ? `&cursor=${encodeURIComponent(next)}` : ""}`);
      for (const book of page.items) add(book, false);
      next = page.next;
      replace(below, next && h("button", { class: "plain", onclick: load }, "Show more"));
      emptiness();
    } catch (problem) {
      replace(below, trouble(problem, () => load()));
    }
  }

  function emptiness() {
    if (!cards.size && !next) {
      replace(below, h("p", { class: "empty" }, "No books yet. Hand one in above: a novel, a story, lecture notes."));
    }
  }

  function add(book, first) {
    const known = cards.get(book.id);
    const card = bookCard(book);
    cards.set(book.id, card);
    if (known) known.element.replaceWith(card.element);
    else if (first) list.prepend(card.element);
    else list.append(card.element);
  }

  async function refresh(id) {
    try {
      const book = await get(`/books/${id}`);
      if (!cards.has(id)) replace(below, next && h("button", { class: "plain", onclick: load }, "Show more"));
      add(book, true);
      if (book.state === "ready") announce(`“${book.title}” is ready.`);
    } catch (problem) {
      if (problem.status === 404) drop(id);
    }
  }

  function drop(id) {
    cards.get(id)?.element.remove();
    cards.delete(id);
    emptiness();
  }

  const stop = watch((event) => {
    if (event.kind === "again") {
      next = null;
      list.replaceChildren();
      cards.clear();
      load();
    } else if (event.state === "deleted") drop(event.book_id);
    else if (event.kind === "book") refresh(event.book_id);
    else cards.get(event.book_id)?.update(event);
  });
  load();
  return { leave: stop, show: () => {} };
}

/** A book in the list; while it is in work it follows the events. */
function bookCard(book) {
  const line = h("div", { class: "progress-line" });
  const words = h("p", { class: "now" });
  let status = null;
  const early = []; // events that came before the status did

  function draw() {
    const running = status.assets.filter((asset) => asset.state === "running");
    replace(line, strip(status));
    const now = running.map((asset) =>
      asset.items_total > 1
        ? `${work(asset.asset)}, ${number(asset.items_done)} of ${number(asset.items_total)}`
        : work(asset.asset),
    );
    words.textContent = now.join(" · ") || (status.state === "queued" ? "Waiting to begin" : "On to the next step");
  }

  if (book.state === "queued" || book.state === "working") {
    get(`/books/${book.id}/status`)
      .then((found) => {
        status = found;
        for (const event of early) apply(status, event);
        draw();
      })
      .catch(() => {});
  }

  const element = h(
    "li",
    { class: "card", "data-book": book.id },
    h(
      "a",
      { href: `#/books/${book.id}`, class: "card-link" },
      cover(book),
      h(
        "span",
        { class: "card-text" },
        h("span", { class: "card-title" }, book.title),
        book.author && h("span", { class: "card-author" }, book.author),
        h("span", { class: "facts" }, `${number(book.word_count)} words`),
        h("span", { class: `pill ${book.state}` }, STATES[book.state]),
      ),
    ),
    book.state === "failed" && book.problem && h("p", { class: "now bad" }, book.problem.message),
    (book.state === "queued" || book.state === "working") && [line, words],
  );
  return {
    element,
    update(event) {
      if (!status) early.push(event);
      else if (apply(status, event)) draw();
    },
  };
}

/** Every asset as a small field, in order: how far the book is, at a glance. */
export function strip(status) {
  const done = status.assets.filter((asset) => asset.state === "done").length;
  return h(
    "div",
    { class: "strip", role: "img", "aria-label": `${done} of ${status.assets.length} steps done` },
    status.assets.map((asset) => {
      const field = h("span", { class: asset.state, title: work(asset.asset) }, h("i"));
      const filled = asset.state === "done" ? 1 : asset.items_total ? asset.items_done / asset.items_total : 0;
      field.firstChild.style.setProperty("--share", String(filled));
      return field;
    }),
  );
}

/** The book's cover; a plain one with its title until, and unless, there is a picture. */
export function cover(book) {
  const plain = h("span", { class: "cover", "aria-hidden": "true" }, h("span", {}, book.title));
  if (book.links.cover) {
    const picture = h("img", { src: own(book.links.cover), alt: "", decoding: "async" });
    picture.addEventListener("load", () => plain.classList.add("pictured"));
    plain.append(picture);
  }
  return plain;
}

export function trouble(problem, again) {
  return h(
    "div",
    { class: "notice bad", role: "alert" },
    h("p", {}, problem.message),
    again && h("button", { class: "plain", onclick: again }, "Try again"),
  );
}
