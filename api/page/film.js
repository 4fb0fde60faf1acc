// The film with its chapters and captions, and the audiobook.

import { duration, h, own, plural } from "./dom.js";

/** What there is: the film, the audiobook, both, or nothing. */
export function watchAndHear({ book, results }) {
  const { film, audiobook } = results;
  if (film) return filmStage(book, film, audiobook, results.cover);
  return audiobook ? sound(audiobook) : null;
}

function filmStage(book, film, audiobook, cover) {
  const video = h(
    "video",
    { controls: true, playsInline: true, preload: "metadata", poster: film.ratio === "9:16" ? own(cover) : undefined, "aria-label": `Film of ${book.title}` },
    film.captions && h("track", { kind: "captions", src: own(film.captions), srclang: language(book.language), label: "Captions", default: true }),
  );
  video.src = own(film.link);
  return h(
    "section",
    { class: `film ratio-${film.ratio.replace(":", "-")}`, "aria-label": "Film" },
    h("div", { class: "screen" }, video),
    chapterList(film, video),
    film.missing.length > 0 &&
      h("p", { class: "help" }, `The film goes without ${plural(film.missing.length, "picture or line", "pictures and lines")} that could not be made.`),
    audiobook && sound(audiobook),
  );
}

function chapterList(film, video) {
  const buttons = film.chapters.map((chapter) =>
    h(
      "button",
      {
        onclick: () => {
          video.currentTime = chapter.start;
          video.play().catch(() => {}); // a browser may not let a page begin by itself
        },
      },
      h("span", { class: "time" }, duration(chapter.start)),
      h("span", {}, chapter.title),
    ),
  );
  video.addEventListener("timeupdate", () => {
    film.chapters.forEach((chapter, index) => {
      const here = video.currentTime >= chapter.start && video.currentTime < chapter.end;
      if (here) buttons[index].setAttribute("aria-current", "true");
      else buttons[index].removeAttribute("aria-current");
    });
  });
  return h(
    "nav",
    { class: "chapters", "aria-label": "Chapters of the film" },
    h("h2", {}, "Chapters"),
    h("ol", {}, buttons.map((button) => h("li", {}, button))),
  );
}

function sound(audiobook) {
  return h(
    "div",
    { class: "sound" },
    h("h2", {}, "Audiobook ", h("span", { class: "facts" }, duration(audiobook.seconds))),
    h("audio", { controls: true, preload: "none", src: own(audiobook.link), "aria-label": "Audiobook" }),
  );
}

function language(tag) {
  return tag === "und" ? "en" : tag;
}
