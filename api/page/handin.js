// Handing in a book: a file, several files as one, or a web address; and what to make of it.

import { Problem, get, post, upload } from "./api.js";
import { announce, h, number, plural, replace, size } from "./dom.js";

const ACCEPT = ".epub,.pdf,.docx,.txt,.md,.markdown,.html,.htm";

export function handIn() {
  const said = h("div", { class: "said" });
  const sorting = h("div", { class: "sorting" });
  const picker = h("input", {
    type: "file", id: "file", accept: ACCEPT, multiple: true, class: "sr", onchange: () => take(picker.files),
  });
  const options = optionFields();
  const address = h("input", {
    id: "address", type: "url", required: true, autocomplete: "off", placeholder: "https://", maxLength: 2000,
  });
  const fetching = h("button", { class: "plain", type: "submit" }, "Read this page");
  const zone = h(
    "section",
    { class: "hand-in", "aria-labelledby": "hand-in-title" },
    h("h2", { id: "hand-in-title" }, "Hand in a book"),
    h("p", {}, "Drop files here: EPUB, PDF, DOCX, HTML, Markdown or plain text. ", options.promise),
    picker,
    h("label", { class: "button", htmlFor: "file" }, "Choose a file"),
    h(
      "form",
      { class: "address", onsubmit: sendAddress },
      h("label", { htmlFor: "address" }, "Or an article by its web address"),
      address,
      fetching,
    ),
    sorting,
    options.element,
    said,
  );
  let chosen = []; // files that wait to be put in order

  /** One file is sent at once; several are shown first, since their order matters. */
  function take(files) {
    const found = [...files].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    chosen = [...chosen, ...found];
    picker.value = "";
    if (chosen.length > 1) sort();
    else if (chosen.length) send(chosen.splice(0));
  }

  function sort() {
    replace(said);
    replace(sorting, sorter(chosen, { together, each, cancel }));
    announce(`${plural(chosen.length, "file")} chosen. Put them in order.`);
  }

  function put() {
    const files = chosen;
    chosen = [];
    replace(sorting);
    return files;
  }

  const together = (names) => send(put(), names);

  async function each() {
    for (const file of put()) await send([file]);
  }

  function cancel() {
    put();
    zone.querySelector("label.button").focus();
  }

  async function send(files, names = {}) {
    const what = files.length === 1 ? `“${files[0].name}”` : plural(files.length, "file");
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    const bar = h("progress", { max: 1, value: 0, "aria-label": `Sending ${what}` });
    const words = h("p", {}, `Sending ${what}, ${size(bytes)}`);
    replace(said, h("div", { class: "notice", role: "status" }, words, bar));
    const sending = upload(files, { ...options.read(), ...names }, (share) => {
      bar.value = share;
      if (share === 1) {
        words.textContent = `Reading ${what}`;
        bar.removeAttribute("value");
      }
    });
    await tell(sending, files.length === 1 ? `${what} was not taken.` : "The files were not taken.");
  }

  async function sendAddress(event) {
    event.preventDefault();
    const url = address.value.trim();
    fetching.disabled = true;
    replace(said, h("div", { class: "notice", role: "status" }, h("p", {}, `Reading ${url}`), h("progress", { "aria-label": "Reading the page" })));
    const given = Object.fromEntries(Object.entries(options.read()).filter(([, value]) => value));
    if (await tell(post("/books/url", { json: { url, ...given } }), "The page was not taken.")) address.value = "";
    fetching.disabled = false;
  }

  /** Say how it ended; true when the book is on the shelf. */
  async function tell(sending, refused) {
    try {
      const book = await sending;
      const chapters = book.chapters.filter((chapter) => chapter.kind === "chapter").length;
      const link = h("a", { href: `#/books/${book.id}` }, `“${book.title}”`);
      const waits = book.state === "unstarted" && " It waits for your word: open it to see its price.";
      replace(said, h("p", { class: "notice good", role: "status" }, link, ` is on the shelf: ${plural(chapters, "chapter")} found.`, waits));
      return true;
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      replace(said, h("p", { class: "notice bad", role: "alert" }, `${refused} ${problem.message}`));
      return false;
    }
  }

  zone.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("over");
  });
  zone.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    zone.classList.remove("over");
    take(event.dataTransfer.files);
  });
  return zone;
}

/** Files as a list to put in order, by buttons or by dragging; `files` is changed in place. */
function sorter(files, { together, each, cancel }) {
  const title = h("input", { id: "work-title", type: "text", maxLength: 300, autocomplete: "off", placeholder: "as the files say" });
  const author = h("input", { id: "work-author", type: "text", maxLength: 300, autocomplete: "off", placeholder: "as the files say" });
  const list = h("ol", { class: "order" });
  let dragged = null;

  function move(from, to, focus) {
    if (to < 0 || to >= files.length || from === to) return;
    const [file] = files.splice(from, 1);
    files.splice(to, 0, file);
    draw();
    announce(`${file.name} is now ${number(to + 1)} of ${number(files.length)}.`);
    if (focus) {
      const buttons = list.children[to];
      (buttons.querySelector(`.${focus}:not(:disabled)`) ?? buttons.querySelector("button:not(:disabled)")).focus();
    }
  }

  function drop(index) {
    files.splice(index, 1);
    if (files.length) draw();
    else cancel();
  }

  const button = (kind, label, text, act, disabled) =>
    h("button", { class: `icon ${kind}`, type: "button", "aria-label": label, disabled, onclick: act }, text);

  function row(file, index) {
    const item = h(
      "li",
      { draggable: true },
      h("span", { class: "name" }, file.name),
      h("span", { class: "facts" }, size(file.size)),
      button("up", `Move ${file.name} up`, "↑", () => move(index, index - 1, "up"), index === 0),
      button("down", `Move ${file.name} down`, "↓", () => move(index, index + 1, "down"), index === files.length - 1),
      button("leave-out", `Leave out ${file.name}`, "×", () => drop(index)),
    );
    item.addEventListener("dragstart", (event) => {
      dragged = index;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", file.name);
    });
    item.addEventListener("dragover", (event) => dragged !== null && event.preventDefault());
    item.addEventListener("drop", (event) => {
      if (dragged === null) return;
      event.preventDefault();
      move(dragged, index);
      dragged = null;
    });
    item.addEventListener("dragend", () => (dragged = null));
    return item;
  }

  const one = h("button", { class: "button", type: "submit" });

  function draw() {
    replace(list, files.map(row));
    one.textContent = files.length > 1 ? `Make one book of ${number(files.length)} files` : "Make a book of this file";
  }

  draw();
  return h(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        together({ title: title.value.trim(), author: author.value.trim() });
      },
    },
    h("h3", {}, "In this order"),
    list,
    h(
      "div",
      { class: "fields" },
      h("p", { class: "field" }, h("label", { htmlFor: "work-title" }, "Title"), title),
      h("p", { class: "field" }, h("label", { htmlFor: "work-author" }, "Author"), author),
    ),
    h(
      "p",
      { class: "choices" },
      one,
      h("button", { class: "plain", type: "button", onclick: each }, "A book for each"),
      h("button", { class: "plain", type: "button", onclick: cancel }, "Cancel"),
    ),
  );
}

function optionFields() {
  const chapters = h("input", { id: "chapters", type: "text", placeholder: "all", autocomplete: "off", "aria-describedby": "chapters-help" });
  const ratio = choice("ratio", { "16:9": "Wide, 16:9", "9:16": "Tall, 9:16", "1:1": "Square, 1:1" });
  const style = choice("style", {
    dialogue: "Dialogue: a voice for everyone", narration: "Narration: one voice", cinematic: "Cinematic",
    voice_over: "Voice-over", educational: "Educational", marketing: "Marketing",
  });
  const minutes = h("input", {
    id: "minutes", type: "number", min: "1", max: "6000", step: "1", inputMode: "numeric", placeholder: "as it comes",
    "aria-describedby": "minutes-help",
  });
  const shortens = () => (minutes.disabled = ["dialogue", "narration"].includes(style.value));
  style.addEventListener("change", shortens);
  shortens();
  const directive = h("input", { id: "directive", type: "text", maxLength: 2000, autocomplete: "off", placeholder: "e.g. quiet, in winter light" });
  const motion = choice("motion", { stills: "Stills: the camera moves over them", clips: "Clips: one picture a scene moves, at a price" });
  const lips = choice("lips", { "": "As drawn, or not at all", true: "A provider moves them, once a scene, at a price" });
  const music = choice("music", { none: "None", ambience: "Ambience: the place, the weather, the mood" });
  const fallback = choice("local-fallback", {
    "": "Stop, and say why", true: "Write it on this machine, and say so",
  });
  const cap = capField("cap", "With a cap the making begins at once. Without one the book waits until you have seen its price.");
  const promise = h("span", {});
  const field = (id, label, input, help) =>
    h("p", { class: "field" }, h("label", { htmlFor: id }, label), input, help && h("span", { id: `${id}-help`, class: "help" }, help));
  const fields = h(
    "div",
    { class: "fields" },
    field("chapters", "Chapters", chapters, "1, 1-3 or 2,5-7; everything if left empty"),
    field("ratio", "Picture", ratio),
    field("style", "Script", style),
    field("minutes", "Length, minutes", minutes, "of the film, about; Dialogue and Narration keep every word"),
    field("directive", "Directive", directive),
    field("music", "Under the voices", music),
  );
  get("/terms")
    .then((terms) => {
      promise.textContent = terms.paid
        ? "What they cost to make is told before anything is spent."
        : "They are read, voiced, drawn and filmed on this machine.";
      if (terms.composed) music.append(h("option", { value: "composed" }, "Music, composed for each mood, at a price"));
      if (terms.clips) fields.append(field("motion", "Motion", motion));
      if (terms.lips) fields.append(field("lips", "Lips", lips));
      if (terms.paid) {
        fields.append(field("local-fallback", "When no model can be had", fallback, "for the cast, the plot, a script or scenes"));
      }
      if (terms.paid || terms.clips) fields.append(cap.element);
    })
    .catch(() => {}); // without an answer the fields that cost money stay away
  return {
    promise,
    element: h("details", { class: "options" }, h("summary", {}, "Options"), fields),
    read: () => ({
      chapters: chapters.value.trim(), ratio: ratio.value, style: style.value, directive: directive.value.trim(),
      minutes: minutes.disabled || !minutes.validity.valid ? "" : minutes.value.trim(),
      motion: motion.value, lipsync: lips.value, music: music.value, local_fallback: fallback.value, cap_usd: cap.value(),
    }),
  };
}

/** A field for a spending cap in USD, empty for none. */
export function capField(id, help) {
  const input = h("input", { id, type: "number", min: "0", max: "100000", step: "0.01", inputMode: "decimal", placeholder: "no cap", "aria-describedby": `${id}-help` });
  return {
    element: h("p", { class: "field" }, h("label", { htmlFor: id }, "Spending cap, USD"), input, h("span", { id: `${id}-help`, class: "help" }, help)),
    value: () => (input.validity.valid ? input.value.trim() : ""),
  };
}

function choice(id, entries) {
  return h("select", { id }, Object.entries(entries).map(([value, label]) => h("option", { value }, label)));
}
