// What can be had of a book besides its film: ordering exports, watching them being made, taking them home.

import { get, post, remove } from "./api.js";
import { announce, duration, h, number, own, plural, replace, size, work } from "./dom.js";
import { watch } from "./live.js";
import { trouble } from "./shelf.js";

const STATES = { waiting: "Waiting", running: "In the making", done: "Ready", failed: "Failed" };
const PILLS = { waiting: "queued", running: "working", done: "ready", failed: "failed" };
const ASSETS = ["export_clips", "exports"];
const EACH = "each"; // no chapter's key: an order for every one

export function exportsTab(context, panel) {
  const { id } = context;
  const said = h("p", { class: "bad", role: "alert" });
  const now = h("p", { class: "export-now" });
  const list = h("ul", { class: "exports" });
  let shown = null;
  replace(panel, readyMade(context), h("section", {}, h("h2", {}, "Have something made"), orderForm(context, order), said), now, list);

  async function load() {
    try {
      draw(await get(`/books/${id}/exports`));
    } catch (problem) {
      replace(list, h("li", {}, trouble(problem, load)));
      shown = null;
    }
  }

  function draw(exports) {
    if (!exports.some((one) => one.state === "waiting" || one.state === "running")) replace(now);
    const told = JSON.stringify([exports, context.book.state]);
    if (told === shown) return; // nobody loses their place for nothing
    const place = focused(list);
    shown = told;
    const none = h("li", { class: "empty" }, "Nothing was asked for yet.");
    replace(list, exports.length ? exports.toReversed().map(row) : none);
    place();
  }

  async function order(orders) {
    await act(async () => {
      for (const wanted of orders) await post(`/books/${id}/exports`, { json: wanted });
      announce(`${plural(orders.length, "export")} ordered.`);
    });
  }

  async function act(send) {
    said.textContent = "";
    try {
      await send();
    } catch (problem) {
      said.textContent = problem.message;
    }
    await load();
  }

  function row(one) {
    const content = own(one.links.content);
    const quiet = (field, label, send) =>
      h("button", { class: "plain small", "data-field": field, onclick: () => act(send) }, label, h("span", { class: "sr" }, `: ${one.label}`));
    const facts = [
      one.seconds !== null && duration(one.seconds),
      one.height !== null && `${one.width} × ${one.height}`,
      one.state !== "done" && content && "what is there is of an earlier edition",
      one.missing.length > 0 && `goes without ${plural(one.missing.length, "part")} that could not be made`,
    ].filter(Boolean);
    return h(
      "li",
      { "data-key": one.key },
      h("p", { class: "export-name" }, h("b", {}, one.label), " ", h("span", { class: `pill ${PILLS[one.state]}` }, STATES[one.state])),
      facts.length > 0 && h("p", { class: "facts" }, facts.join(" · ")),
      one.state === "waiting" && context.book.state !== "ready" && h("p", { class: "facts" }, "It is made once the book is ready."),
      one.problem && h("p", { class: "bad" }, one.problem.message),
      h(
        "p",
        { class: "row" },
        content && h("a", { class: "button plain small", href: content, download: "" }, `Download, ${size(one.bytes)}`, h("span", { class: "sr" }, `: ${one.label}`)),
        one.state === "failed" && quiet("again", "Try again", () => post(`/books/${id}/exports/${one.key}/retry`)),
        quiet("remove", content ? "Remove" : "Take back", () => remove(`/books/${id}/exports/${one.key}`)),
      ),
    );
  }

  const stop = watch((event) => {
    if (!panel.isConnected) return stop();
    const mine = event.kind === "again" || (event.book_id === id && (event.kind === "book" || ASSETS.includes(event.asset)));
    if (!mine) return;
    if (event.state === "running" && event.asset) tell(event);
    else if (event.asset === "exports") replace(now);
    load();
  });

  function tell(event) {
    const steps = event.total > 0 && [
      h("progress", { max: event.total, value: event.done, "aria-label": "Exports" }),
      h("span", { class: "facts" }, `${number(event.done)} of ${number(event.total)}`),
    ];
    replace(now, h("b", {}, work(event.asset)), steps);
  }

  load();
  return { load };
}

/** What is there without being ordered. */
function readyMade({ id, results }) {
  const link = (made, what) => made && h("li", {}, h("a", { href: own(made.link), download: "" }, what), h("span", { class: "facts" }, ` ${size(made.bytes)}`));
  return h(
    "section",
    {},
    h("h2", {}, "Ready to take home"),
    h(
      "ul",
      {},
      link(results.film, "The film"),
      link(results.audiobook, "The audiobook"),
      link(results.read_along, "The book to read along, as EPUB"),
      h("li", {}, h("a", { href: `/api/v1/books/${id}/archive`, download: "" }, "Everything in one ZIP"), h("span", { class: "facts" }, " with what each file was made from")),
    ),
  );
}

/** `order` is called with the orders that a person put together. */
function orderForm({ book }, order) {
  const chapters = book.chapters.filter((chapter) => chapter.kind === "chapter");
  const kind = choice("export-kind", { film: "Film", trailer: "Trailer", audiobook: "Audiobook" });
  const chapter = choice("export-chapter", [
    ["", "The whole book"],
    ...(chapters.length > 1 ? [[EACH, "Each chapter by itself"]] : []),
    ...chapters.map((one) => [one.key, `${one.number}. ${one.title}`]),
  ]);
  const seconds = h("input", { id: "export-seconds", type: "number", min: "30", max: "300", step: "1", value: "60", required: true, inputMode: "numeric" });
  const formats = { film: { mp4: "MP4", mov: "MOV", webm: "WebM" }, audiobook: { m4b: "M4B", mp3: "MP3" } };
  const format = choice("export-format", {});
  const resolution = choice("export-size", { "720p": "720p", "1080p": "1080p", "2160p": "2160p (4K)" });
  const captions = choice("export-captions", { soft: "To be switched on", burned: "In the picture", none: "None" });
  const fields = {
    chapter: field("Part", chapter),
    seconds: field("Length, seconds", seconds),
    format: field("Format", format),
    resolution: field("Size", resolution),
    captions: field("Captions", captions),
  };
  const looks = ["format", "resolution", "captions"];
  const asked = { film: ["chapter", ...looks], trailer: ["seconds", ...looks], audiobook: ["chapter", "format"] };
  const button = h("button", { type: "submit" }, "Have it made");
  const choose = () => {
    for (const [name, element] of Object.entries(fields)) element.hidden = !asked[kind.value].includes(name);
    const offered = formats[kind.value] ?? formats.film;
    if (!(format.value in offered)) replace(format, options(offered));
    seconds.disabled = kind.value !== "trailer"; // what is not asked for is not checked either
  };
  kind.addEventListener("change", choose);
  choose();

  function wanted() {
    const container = { container: format.value };
    const seen = kind.value === "audiobook" ? {} : { resolution: resolution.value, captions: captions.value };
    if (kind.value === "trailer") return [{ kind: "trailer", seconds: Number(seconds.value), ...container, ...seen }];
    const parts = chapter.value === EACH ? chapters.map((one) => one.key) : [chapter.value || null];
    return parts.map((part) => ({ kind: kind.value, chapter: part, ...container, ...seen }));
  }

  async function send(event) {
    event.preventDefault();
    button.disabled = true;
    await order(wanted());
    button.disabled = false;
    button.focus();
  }

  return h(
    "form",
    { class: "export-order", onsubmit: send },
    h("p", { class: "help" }, "It costs nothing: exports are made on this machine, and again when the book changes."),
    h("div", { class: "fields" }, field("What", kind), Object.values(fields)),
    h("p", {}, button),
  );
}

const field = (label, input) => h("p", { class: "field" }, h("label", { htmlFor: input.id }, label), input);

const choice = (id, entries) => h("select", { id }, options(entries));

const options = (entries) => (Array.isArray(entries) ? entries : Object.entries(entries)).map(([value, label]) => h("option", { value }, label));

/** Remembers which button of the list has the focus; the function that it gives puts it there again. */
function focused(list) {
  const held = list.contains(document.activeElement) ? document.activeElement : null;
  const [key, name] = [held?.closest("[data-key]")?.dataset.key, held?.dataset.field];
  return () => {
    if (!held) return;
    const rows = [...list.children];
    const row = rows.find((one) => one.dataset.key === key) ?? rows[0];
    (row?.querySelector(`[data-field="${name}"]`) ?? row?.querySelector("a, button"))?.focus();
  };
}
