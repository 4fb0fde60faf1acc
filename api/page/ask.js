// A question before something that cannot be undone, or that costs money.

import { h } from "./dom.js";

let asked = 0;

/**
 * A dialog to be put into the page. `act` is what the button `label` does; its refusal is told where the question is.
 * `fields` are more of the form, such as a password.
 */
export function question({ title, text, stay = "Leave it", label, manner = "danger", fields = [], act }) {
  const id = `ask-${++asked}`;
  const said = h("p", { class: "bad", role: "alert" });
  const yes = h("button", { class: manner, type: "submit" }, label);
  const no = h("button", { class: "plain", type: "button", autofocus: true, onclick: () => dialog.close() }, stay);
  const form = h("form", { onsubmit: send }, h("h2", { id }, title), h("p", {}, text), fields, said, h("p", { class: "row" }, no, yes));
  const dialog = h("dialog", { class: "ask", "aria-labelledby": id }, form);

  async function send(event) {
    event.preventDefault();
    yes.disabled = true;
    said.textContent = "";
    try {
      await act();
      dialog.close();
    } catch (problem) {
      said.textContent = problem.message;
    } finally {
      yes.disabled = false;
    }
  }

  return dialog;
}
