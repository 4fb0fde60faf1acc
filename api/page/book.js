// One book: its head, its film, and the tabs below.

import { get, post, remove } from "./api.js";
import { question } from "./ask.js";
import { STATES, announce, cost, duration, h, number, own, plural, replace, size } from "./dom.js";
import { castTab } from "./cast.js";
import { chaptersTab } from "./chapters.js";
import { exportsTab } from "./exports.js";
import { watchAndHear } from "./film.js";
import { follow } from "./live.js";
import { makingTab, progressPanel } from "./making.js";
import { storyboardTab } from "./pictures.js";
import { startPanel } from "./price.js";
import { searchTab } from "./search.js";
import { cover, trouble } from "./shelf.js";
import { textTab } from "./text.js";

const TABS = [
  ["storyboard", "Storyboard", storyboardTab],
  ["cast", "Cast", castTab],
  ["text", "Text", textTab],
  ["chapters", "Chapters", chaptersTab],
  ["search", "Search", searchTab],
  ["exports", "Exports", exportsTab],
  ["making", "Making of", makingTab],
];

export function book(main, id, tab) {
  let stop = () => {};
  let left = false;
  let tabs = null;
  const context = { id, book: null, status: null, results: null };

  async function load() {
    try {
      [context.book, context.results] = await Promise.all([get(`/books/${id}`), get(`/books/${id}/results`)]);
    } catch (problem) {
      if (problem.status === 404) gone();
      else replace(main, back(), trouble(problem, load));
      return;
    }
    if (left) return;
    document.title = `${context.book.title} · Litink`;
    draw();
    stop = follow(id, changed);
  }

  function gone() {
    stop();
    replace(main, back(), h("div", { class: "notice", role: "alert" }, h("p", {}, "There is no such book. It may have been deleted.")));
  }

  const head = h("header", { class: "book-head" });
  let deleting = null; // drawn once: an open question must not vanish with the next event
  const stage = h("div", { class: "stage" });
  const panel = h("div", { class: "panel", id: "panel", role: "tabpanel", tabIndex: 0 });

  function draw() {
    deleting = deleteButton(context);
    drawHead();
    replace(stage, watchAndHear(context));
    tabs = tabList(context, panel);
    replace(main, back(), head, stage, tabs.element, panel, deleting.dialog);
    tabs.show(tab);
  }

  function drawHead() {
    const { book, status, results } = context;
    const chapters = book.chapters.filter((chapter) => chapter.kind === "chapter").length;
    const facts = [
      `${number(book.word_count)} words`,
      plural(chapters, "chapter"),
      results.film && `${duration(results.film.seconds)} film`,
      status && status.state === "ready" && cost(status.cost_usd),
    ].filter(Boolean);
    replace(
      head,
      cover(book),
      h(
        "div",
        { class: "head-text" },
        h("h1", { class: book.title.length > 50 && "long" }, book.title),
        book.author && h("p", { class: "author" }, book.author),
        h("p", { class: "facts" }, facts.join(" · ")),
        h("p", { class: "row" }, h("span", { class: `pill ${book.state}` }, STATES[book.state]), deleting.button),
      ),
      (results.film || results.audiobook) && h("p", { class: "row downloads" }, downloads(results)),
    );
  }

  async function changed(status, event, problem) {
    if (left) return;
    if (event?.state === "deleted" || problem?.status === 404) return gone();
    if (!status) return;
    const before = context.status;
    context.status = status;
    if (event?.kind === "book" || event?.kind === "again" || status.state !== context.book.state) {
      [context.book, context.results] = await Promise.all([get(`/books/${id}`), get(`/books/${id}/results`)]).catch(() => [
        context.book,
        context.results,
      ]);
      if (context.book.state === "ready" && before && before.state !== "ready") announce(`“${context.book.title}” is ready.`);
      if (left) return;
      if (context.results.film && !stage.querySelector("video")) replace(stage, watchAndHear(context));
      tabs.again();
    }
    drawHead();
    if (!context.results.film || status.state !== "ready") drawProgress();
    else stage.querySelector(".progress-panel, .notice.failures")?.remove();
    if (status.assets.some((asset) => asset.failed.length) || status.state === "failed") drawFailures();
    if (event?.kind === "asset" && event.state === "done") tabs.again(event.asset);
    tabs.update();
  }

  function drawProgress() {
    const old = stage.querySelector(".progress-panel");
    const waits = context.status.state === "unstarted";
    if (waits && old?.matches(".start-panel")) return; // somebody may be filling it in
    const panel = waits ? startPanel(id) : progressPanel(context.status);
    if (old) old.replaceWith(panel);
    else stage.prepend(panel);
  }

  function drawFailures() {
    stage.querySelector(".notice.failures")?.remove();
    stage.prepend(failures(context));
  }

  load();
  return {
    leave() {
      left = true;
      stop();
    },
    show(name) {
      tab = name;
      tabs?.show(name);
    },
  };
}

function back() {
  return h("p", { class: "back" }, h("a", { href: "#/" }, "← All books"));
}

function downloads(results) {
  const link = (made, what) =>
    made && h("a", { class: "button plain", href: own(made.link), download: "" }, `Download ${what}, ${size(made.bytes)}`);
  return [link(results.film, "film"), link(results.audiobook, "audiobook"), link(results.read_along, "book to read along")];
}

/** What failed, why, and what to do about it. */
function failures({ id, status }) {
  const items = status.assets.flatMap((asset) => asset.failed);
  const whole = status.problem ?? status.assets.find((asset) => asset.reason)?.reason;
  const said = h("p", { class: "help", role: "status" });
  const again = h("button", { class: "plain" }, "Make what is missing again");
  again.addEventListener("click", async () => {
    again.disabled = true;
    try {
      await post(`/books/${id}/retry`);
      said.textContent = "It has begun. What is finished is kept.";
    } catch (problem) {
      said.textContent = problem.message;
      again.disabled = false;
    }
  });
  const shown = items.slice(0, 8);
  return h(
    "section",
    { class: "notice bad failures", "aria-label": "What failed" },
    whole && h("p", {}, whole.message),
    items.length > 0 && [
      h("p", {}, `${plural(items.length, "item")} could not be made.${status.state === "failed" ? "" : " The film goes on without what is missing."}`),
      h("ul", {}, shown.map((item) => h("li", {}, h("b", {}, item.label), `: ${item.reason.message}`))),
      items.length > shown.length && h("p", { class: "help" }, `and ${items.length - shown.length} more, under “Making of”`),
    ],
    (status.state === "failed" || status.state === "ready") && again,
    said,
  );
}

function deleteButton({ id, book }) {
  const dialog = question({
    title: "Delete this book?",
    text: `“${book.title}” goes, with its film, pictures and voices. This cannot be undone.`,
    stay: "Keep it",
    label: "Delete",
    act: async () => {
      await remove(`/books/${id}`);
      location.hash = "#/";
      announce(`“${book.title}” was deleted.`);
    },
  });
  return { button: h("button", { class: "quiet", onclick: () => dialog.showModal() }, "Delete"), dialog };
}

/** The WAI-ARIA tabs pattern: arrows move, the address remembers. */
function tabList(context, panel) {
  let current = null;
  let view = null;
  const buttons = TABS.map(([name, label]) =>
    h("button", { role: "tab", id: `tab-${name}`, "aria-controls": "panel", onclick: () => go(name) }, label),
  );
  const element = h("div", { class: "tabs", role: "tablist", "aria-label": "About this book" }, buttons);
  element.addEventListener("keydown", (event) => {
    const at = TABS.findIndex(([name]) => name === current);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: TABS.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const index = (to + TABS.length) % TABS.length;
    go(TABS[index][0]);
    buttons[index].focus();
  });
  const go = (name) => {
    history.replaceState(null, "", `#/books/${context.id}/${name}`);
    show(name);
  };

  function show(wanted) {
    const known = TABS.find(([name]) => name === wanted) ?? TABS[0];
    if (current === known[0] && view) return view.revisit?.();
    current = known[0];
    buttons.forEach((button, index) => {
      const chosen = TABS[index] === known;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      if (chosen) element.scrollLeft = button.offsetLeft - element.offsetLeft - element.clientWidth / 2; // where they do not all fit
    });
    panel.setAttribute("aria-labelledby", `tab-${current}`);
    const room = h("div", { class: "tab-panel" }); // its own: what another tab still waits for is drawn into its old one
    replace(panel, room);
    view = known[2](context, room, { go });
  }

  return {
    element,
    show,
    /** Draw the tab anew when what it shows has been made. */
    again(asset) {
      if (!asset || view?.shows?.includes(asset)) view?.load?.();
    },
    update: () => view?.update?.(),
  };
}
