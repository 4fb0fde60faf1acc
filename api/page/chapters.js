// How the book is divided, and correcting it: titles, kinds, order, splitting, joining; undo and redo.

import { get, post, remove } from "./api.js";
import { announce, h, number, plural, replace } from "./dom.js";
import { trouble } from "./shelf.js";
import { splitDialog } from "./split.js";

const KINDS = { chapter: "Chapter", front_matter: "Front matter", back_matter: "Back matter" };

export function chaptersTab({ id }, panel) {
  const root = h("section", {});
  let structure = null;
  let underWay = Promise.resolve(); // corrections go one after another, each to what the one before it left
  const said = h("p", { class: "bad", role: "alert" });
  const undo = h("button", { class: "plain", onclick: () => step("undo", "Taken back") }, "Undo");
  const redo = h("button", { class: "plain", onclick: () => step("redo", "Made again") }, "Redo");
  const conflicts = h("div", {});
  const list = h("ol", { class: "sections" });
  const count = h("summary", {});
  const history = h("details", {}, count); // drawn once: open stays open

  async function load() {
    try {
      const found = await get(`/books/${id}/structure`);
      if (!root.contains(list)) replace(root, help(), h("div", { class: "row" }, undo, redo), said, conflicts, list, history);
      if (found.version !== structure?.version) draw(found);
    } catch (problem) {
      replace(root, trouble(problem, load));
    }
  }

  function draw(found) {
    const place = focused(list);
    structure = found;
    tell(undo, "Undo", found.undo, redo);
    tell(redo, "Redo", found.redo, undo);
    replace(conflicts, conflicting(found, giveUp));
    replace(list, found.sections.map((section, index) => row(section, index, found.sections)));
    history.hidden = !found.corrections.length;
    count.textContent = plural(found.corrections.length, "correction");
    replace(history, count, made(found.corrections));
    place();
  }

  function tell(button, word, correction, other) {
    const known = structure.corrections.find((one) => one.number === correction);
    if (!known && document.activeElement === button) {
      other.disabled = false;
      other.focus(); // a disabled button would lose the place of whoever uses the keyboard
    }
    button.disabled = !known;
    button.title = known ? known.summary : "";
    button.setAttribute("aria-label", known ? `${word}: ${known.summary}` : word);
  }

  /** Correct the book as it stands once the correction before this one is made. */
  function act(send, words) {
    underWay = underWay.then(async () => {
      said.textContent = "";
      list.setAttribute("aria-busy", "true");
      try {
        draw(await send(structure.version));
        announce(words ?? structure.corrections.findLast((one) => one.state === "in_force")?.summary ?? "");
      } catch (problem) {
        said.textContent = problem.message;
        if (problem.status === 412) await load();
        else draw(structure); // the fields show again what holds
      } finally {
        list.removeAttribute("aria-busy");
      }
    });
  }

  const step = (path, words) => act((version) => post(`/books/${id}/corrections/${path}`, { version }), words);
  const correct = (correction) => act((version) => post(`/books/${id}/corrections`, { json: { corrections: [correction] }, version }));
  const giveUp = (one) => act((version) => remove(`/books/${id}/corrections/${one.number}`, { version }), "Given up");

  function move(key, by) {
    act((version) => {
      const keys = structure.sections.map((one) => one.key); // as they are when it is this correction's turn
      const to = keys.indexOf(key) + by;
      if (to < 0 || to >= keys.length) return structure;
      const before = keys.filter((one) => one !== key)[to] ?? null;
      return post(`/books/${id}/corrections`, { json: { corrections: [{ do: "move", section: key, before }] }, version });
    });
  }

  function row(section, index, all) {
    const quoted = `“${section.title}”`;
    const title = h("input", {
      type: "text", defaultValue: section.title, maxLength: 300, autocomplete: "off", "data-field": "title",
      "aria-label": section.number ? `Title of chapter ${section.number}` : `Title of ${quoted}`,
    });
    const rename = () => {
      if (!title.value.trim()) title.value = title.defaultValue;
      if (title.value === title.defaultValue) return;
      title.defaultValue = title.value;
      correct({ do: "rename", section: section.key, title: title.value });
    };
    title.addEventListener("blur", rename);
    title.addEventListener("keydown", (event) => {
      if (event.key === "Escape") title.value = title.defaultValue;
      if (event.key === "Enter") rename();
    });
    const kind = h(
      "select",
      { "aria-label": `What ${quoted} is`, "data-field": "kind", onchange: () => correct({ do: "set_kind", section: section.key, kind: kind.value }) },
      Object.entries(KINDS).map(([value, label]) => h("option", { value, selected: value === section.kind }, label)),
    );
    const button = (field, label, sign, onclick, disabled) =>
      h("button", { class: "plain small", "data-field": field, "aria-label": label, title: label, disabled, onclick }, sign);
    const element = h(
      "li",
      { class: section.number ? "" : "matter", "data-key": section.key },
      h("span", { class: "place", "aria-hidden": "true" }, section.number ?? "–"),
      title,
      kind,
      h("p", { class: "facts" }, [...section.path, `${number(section.word_count)} words`, section.number && !section.chosen && "left out of the film"].filter(Boolean).join(" · "), section.begins && h("q", {}, section.begins)),
      h(
        "div",
        { class: "row" },
        button("up", `Move ${quoted} up`, "↑", () => move(section.key, -1), index === 0),
        button("down", `Move ${quoted} down`, "↓", () => move(section.key, 1), index === all.length - 1),
        button("split", `Split ${quoted}`, "Split", () => split(section), section.blocks < 2),
        button("join", `Join ${quoted} with the next section`, "Join with next", () => correct({ do: "join", section: section.key }), index === all.length - 1),
      ),
    );
    element.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!event.altKey || !by) return;
      event.preventDefault();
      move(section.key, by);
    });
    return element;
  }

  async function split(section) {
    try {
      const blocks = await get(`/books/${id}/structure/${encodeURIComponent(section.key)}/blocks`);
      splitDialog(root, section, blocks, (offset, title) => correct({ do: "split", section: section.key, offset, title }));
    } catch (problem) {
      said.textContent = problem.message;
    }
  }

  replace(panel, root);
  load();
  return { load };
}

function help() {
  return h(
    "p",
    { class: "help" },
    "Only chapters are voiced and filmed; front and back matter is kept and left out. A correction holds at once, and only what it touches is made again. " +
      "Enter keeps a title, Escape gives back the old one, Alt with the arrow keys moves a section.",
  );
}

function conflicting(structure, giveUp) {
  const lost = structure.corrections.filter((one) => one.conflict);
  if (!lost.length) return null;
  return h(
    "section",
    { class: "notice bad", "aria-label": "Corrections that no longer fit" },
    h("p", {}, `${plural(lost.length, "correction")} no longer ${lost.length === 1 ? "fits" : "fit"} the book as it was read last. Kept, and without effect:`),
    h(
      "ul",
      {},
      lost.map((one) =>
        h("li", {}, h("b", {}, one.summary), `: ${one.conflict} `, h("button", { class: "link", "aria-label": `Give up: ${one.summary}`, onclick: () => giveUp(one) }, "Give up")),
      ),
    ),
  );
}

function made(corrections) {
  const words = { in_force: "", undone: "undone", dropped: "undone for good" };
  const told = (one) => [one.author, when(one.created_at), words[one.state]].filter(Boolean).join(" · ");
  return h("ol", { class: "corrections" }, corrections.map((one) => h("li", { class: one.state }, one.summary, h("span", { class: "facts" }, told(one)))));
}

function when(time) {
  return new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" }).format(new Date(time));
}

/** Remember the field that has the focus, and what is being typed; the function returned gives both back. */
function focused(list) {
  const field = list.contains(document.activeElement) ? document.activeElement : null;
  const key = field?.closest("[data-key]")?.dataset.key;
  const index = [...list.children].findIndex((row) => row.dataset.key === key);
  const typed = field?.type === "text" && field.value !== field.defaultValue ? field.value : null;
  if (typed !== null) field.value = field.defaultValue; // a field that goes while it is being edited counts as changed
  return () => {
    if (!key) return;
    const row = [...list.children].find((one) => one.dataset.key === key) ?? list.children[Math.min(index, list.children.length - 1)];
    const again = row?.querySelector(`[data-field="${field.dataset.field}"]:not(:disabled)`) ?? row?.querySelector("[data-field]");
    again?.focus();
    if (typed === null || again?.dataset.field !== "title" || row.dataset.key !== key) return;
    again.value = typed;
    again.setSelectionRange(typed.length, typed.length);
  };
}
