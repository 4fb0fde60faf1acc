// The book's text, chapter by chapter, as it was read.

import { get } from "./api.js";
import { h, number, replace } from "./dom.js";
import { trouble } from "./shelf.js";

export function textTab({ id, book, passage }, panel) {
  const page = h("article", { class: "page", lang: book.language === "und" ? undefined : book.language });
  const chooser = h(
    "select",
    { id: "chapter", onchange: () => open(chooser.value) },
    book.chapters.map((chapter) =>
      h("option", { value: chapter.key }, chapter.number ? `${chapter.number}. ${bare(chapter)}` : chapter.title),
    ),
  );
  const first = book.chapters.find((chapter) => chapter.kind === "chapter") ?? book.chapters[0];
  replace(panel, h("p", { class: "field inline" }, h("label", { htmlFor: "chapter" }, "Chapter"), chooser), page);

  async function open(key, span) {
    chooser.value = key;
    try {
      const chapter = await get(`/books/${id}/chapters/${encodeURIComponent(key)}`);
      draw(page, chapter, span);
    } catch (problem) {
      replace(page, trouble(problem, () => open(key, span)));
    }
  }
  const wanted = passage ?? { chapter: first?.key };
  if (wanted.chapter) open(wanted.chapter, passage);
  return {};
}

/** "1. Chapter 1. The Lamp" says it twice. */
function bare(chapter) {
  return chapter.title.replace(new RegExp(`^(chapter\\s+)?${chapter.number}[.:]?\\s+`, "i"), "") || chapter.title;
}

function draw(page, chapter, span) {
  const text = [...chapter.text]; // offsets count code points
  const notes = chapter.notes.map((note) => h("li", {}, note.label && h("b", {}, `${note.label} `), note.text));
  replace(
    page,
    h("h2", {}, chapter.heading || chapter.title),
    h("p", { class: "facts" }, [...chapter.path, `${number(chapter.word_count)} words`].join(" · ")),
    chapter.blocks.map((block) => drawn(block, text, span)),
    notes.length > 0 && h("section", { class: "notes" }, h("h3", {}, "Notes"), h("ol", {}, notes)),
  );
  page.querySelector("mark")?.scrollIntoView({ block: "center" });
}

function drawn(block, text, span) {
  const words = () => marked(text, block.start, block.end, span);
  const plain = () => text.slice(block.start, block.end).join("");
  switch (block.kind) {
    case "heading":
      return h("h3", {}, words());
    case "verse":
      return h("p", { class: "verse" }, words());
    case "speech":
      return h("p", { class: "speech" }, block.speaker && h("b", {}, `${block.speaker} `), words());
    case "stage":
      return h("p", { class: "stage-direction" }, words());
    case "letter":
    case "quotation":
      return h("blockquote", {}, h("p", {}, words()));
    case "code":
      return h("pre", {}, plain());
    case "table":
      return h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Table" }, table(plain()));
    case "picture":
      return h("p", { class: "facts" }, `[Picture: ${plain() || "no description"}]`);
    case "break":
      return h("p", { class: "break", "aria-hidden": "true" }, plain() || "⁂");
    case "list":
      return h("p", { class: "verse" }, words());
    default:
      return h("p", {}, words());
  }
}

function table(text) {
  return h("table", {}, h("tbody", {}, text.split("\n").map((row) => h("tr", {}, row.split(" | ").map((cell) => h("td", {}, cell))))));
}

/** The block's text with the part that lies in the span marked. */
function marked(text, start, end, span) {
  const [from, to] = span ? [Math.max(start, span.start), Math.min(end, span.end)] : [end, end];
  const cut = (a, b) => text.slice(a, b).join("");
  if (from >= to) return cut(start, end);
  return [cut(start, from), h("mark", {}, cut(from, to)), cut(to, end)];
}
