// The storyboard, and a picture large.

import { get } from "./api.js";
import { h, own, replace } from "./dom.js";
import { trouble } from "./shelf.js";

export function storyboardTab({ id, book }, panel) {
  async function load() {
    let pictures;
    let sections;
    try {
      [pictures, sections] = await Promise.all([get(`/books/${id}/pictures`), get(`/books/${id}/chapters`)]);
    } catch (problem) {
      replace(panel, trouble(problem, load));
      return;
    }
    if (!pictures.storyboard.length && !pictures.cards.length) {
      replace(panel, h("p", { class: "empty" }, "Nothing has been drawn yet."));
      return;
    }
    const titles = new Map(sections.map((section) => [section.key, section.title]));
    const shown = pictures.storyboard.filter((picture) => picture.link);
    const light = lightbox(shown);
    const groups = Map.groupBy
      ? Map.groupBy(pictures.storyboard, (picture) => picture.chapter)
      : grouped(pictures.storyboard, (picture) => picture.chapter);
    replace(
      panel,
      h("p", { class: "label" }, pictures.made_by.replace(/^./, (first) => first.toUpperCase())),
      [...groups].map(([chapter, found]) => [
        h("h3", {}, titles.get(chapter) ?? chapter),
        h("ul", { class: `board ratio-${book.options.ratio.replace(":", "-")}` }, found.map((picture) => tile(picture, light, shown))),
      ]),
      light.element,
    );
  }
  load();
  return { load, shows: ["scene_images", "scenes"] };
}

function tile(picture, light, shown) {
  if (!picture.link) {
    const words = picture.state === "failed" ? "Could not be drawn" : "Not drawn yet";
    return h("li", {}, h("figure", { class: picture.state }, h("span", { class: "blank" }, words), h("figcaption", {}, picture.caption)));
  }
  return h(
    "li",
    {},
    h(
      "figure",
      {},
      h(
        "button",
        { class: "picture", "aria-label": `Enlarge: ${picture.label}`, onclick: () => light.open(shown.indexOf(picture)) },
        h("img", { src: own(picture.link), alt: picture.label, width: picture.width, height: picture.height, loading: "lazy", decoding: "async" }),
      ),
      h("figcaption", {}, picture.caption),
    ),
  );
}

/** Pictures large, one at a time; arrows turn the pages, Escape closes. */
export function lightbox(pictures) {
  let at = 0;
  const image = h("img", { alt: "" });
  const caption = h("p", {});
  const count = h("p", { class: "facts" });
  const turn = (by) => show((at + by + pictures.length) % pictures.length);
  const dialog = h(
    "dialog",
    { class: "light", "aria-label": "Picture" },
    image,
    h(
      "div",
      { class: "light-bar" },
      h("button", { class: "plain", "aria-label": "Picture before", onclick: () => turn(-1) }, "←"),
      h("div", { class: "light-words" }, caption, count),
      h("button", { class: "plain", "aria-label": "Next picture", onclick: () => turn(1) }, "→"),
      h("button", { class: "plain", onclick: () => dialog.close() }, "Close"),
    ),
  );
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) turn(by);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

  function show(index) {
    at = index;
    image.src = own(pictures[at].link);
    image.alt = pictures[at].label;
    caption.textContent = pictures[at].caption;
    count.textContent = `${at + 1} of ${pictures.length}`;
  }
  return {
    element: dialog,
    open(index) {
      show(index);
      dialog.showModal();
    },
  };
}

function grouped(list, key) {
  const groups = new Map();
  for (const one of list) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return groups;
}
