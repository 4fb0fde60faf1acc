// Search in a book, by words and by meaning.

import { get } from "./api.js";
import { h, plural, replace } from "./dom.js";
import { trouble } from "./shelf.js";

export function searchTab(context, panel, { go }) {
  const { id, book } = context;
  const found = h("div", { class: "found", role: "region", "aria-live": "polite", "aria-label": "Passages found" });
  const words = h("input", { id: "q", type: "search", maxLength: 500, autocomplete: "off", placeholder: "who finds the letter, the storm at sea, …" });
  const chapters = book.chapters.filter((chapter) => chapter.kind === "chapter");
  const until = h(
    "select",
    { id: "until" },
    h("option", { value: "" }, "the whole book"),
    chapters.map((chapter) => h("option", { value: chapter.number }, `up to ${chapter.number}. ${chapter.title}`)),
  );
  const form = h(
    "form",
    { class: "search", role: "search" },
    h("p", { class: "field wide" }, h("label", { htmlFor: "q" }, "Look for"), words),
    h("p", { class: "field" }, h("label", { htmlFor: "until" }, "In"), until),
    h("button", { class: "button" }, "Search"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (words.value.trim()) ask();
  });
  replace(panel, form, found);

  async function ask() {
    const query = new URLSearchParams({ q: words.value.trim(), limit: "8" });
    if (until.value) query.set("until_chapter", until.value);
    try {
      const { passages } = await get(`/books/${id}/search?${query}`);
      const terms = new Set(words.value.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
      replace(
        found,
        h("p", { class: "facts" }, passages.length ? plural(passages.length, "passage") : "Nothing found."),
        h("ol", {}, passages.map((passage) => h("li", {}, hit(passage, terms)))),
      );
    } catch (problem) {
      if (problem.code === "not-made-yet") replace(found, h("p", { class: "empty" }, "The book can be searched as soon as it has been indexed."));
      else replace(found, trouble(problem, ask));
    }
  }

  function hit(passage, terms) {
    const read = () => {
      context.passage = { chapter: passage.chapter, start: passage.start, end: passage.end };
      go("text");
      delete context.passage;
    };
    return [
      h("p", {}, highlighted(passage.text, terms)),
      h("button", { class: "link", onclick: read }, `Read on in “${passage.title}”`),
    ];
  }
  return {};
}

/** The words asked for, and words that begin like them, marked. */
function highlighted(text, terms) {
  return text.split(/([\p{L}\p{N}’']+)/u).map((part) => {
    const word = part.toLowerCase();
    const asked = [...terms].some((term) => word === term || (term.length > 3 && word.startsWith(term.slice(0, Math.max(4, term.length - 2)))));
    return asked ? h("mark", {}, part) : part;
  });
}
