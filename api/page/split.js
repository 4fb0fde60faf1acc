// Choosing the paragraph with which the second part of a chapter begins.

import { h } from "./dom.js";

/** Ask where to split; `done(offset, title)` is called with the answer. */
export function splitDialog(beside, section, blocks, done) {
  const title = h("input", { id: "split-title", type: "text", maxLength: 300, required: true, autocomplete: "off" });
  let named = false; // by the person: a choice no longer names it
  title.addEventListener("input", () => (named = title.value.trim() !== ""));
  const places = blocks.slice(1).map((block, index) => {
    const radio = h("input", { type: "radio", name: "place", value: String(block.offset), required: true });
    radio.addEventListener("change", () => {
      if (!named) title.value = block.kind === "heading" ? block.begins : `${section.title}, part 2`;
    });
    const words = block.begins || (block.kind === "break" ? "⁂" : `[${block.kind}]`);
    return h("label", { class: block.kind === "heading" && "heading" }, radio, h("span", {}, h("span", { class: "sr" }, `Paragraph ${index + 2}: `), words));
  });
  const form = h(
    "form",
    { method: "dialog" },
    h("h2", { id: "split-heading" }, `Split “${section.title}”`),
    h("p", { class: "help" }, "Choose the paragraph with which the second part begins. A heading that is chosen becomes its heading."),
    h("fieldset", { class: "places" }, h("legend", { class: "sr" }, "The second part begins with"), places),
    h("p", { class: "field" }, h("label", { htmlFor: "split-title" }, "Title of the second part"), title),
    h("p", { class: "row" }, h("button", { type: "button", class: "plain", onclick: () => dialog.close() }, "Cancel"), h("button", {}, "Split here")),
  );
  const dialog = h("dialog", { class: "ask split", "aria-labelledby": "split-heading" }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    dialog.close();
    done(Number(new FormData(form).get("place")), title.value);
  });
  dialog.addEventListener("close", () => dialog.remove());
  beside.append(dialog);
  dialog.showModal();
}
