// Somebody's own account: what they have, how they come in, what is known about them, and leaving.

import { get, post, put, remove } from "./api.js";
import { question } from "./ask.js";
import { announce, h, moment, replace } from "./dom.js";
import { plans } from "./plans.js";
import { trouble } from "./shelf.js";

export function you(main) {
  document.title = "Your account · Litink";
  replace(main, h("p", { class: "facts" }, "Looking you up"));

  async function load() {
    try {
      draw(await get("/account"));
    } catch (problem) {
      replace(main, trouble(problem, load));
    }
  }

  function draw(me) {
    const logins = me.via === "session" && sessions();
    const own = logins && [me.has_password && password(logins.load), logins.element, data(main)];
    const head = h("div", {}, h("h1", {}, "Your account"), h("p", { class: "facts" }, me.email ?? "This installation has one local user and no log-in."));
    replace(main, h("p", { class: "back" }, h("a", { href: "#/" }, "← All books")), h("div", { class: "you" }, head, plans(), own));
  }

  load();
  return { leave: () => {}, show: () => {} };
}

function section(id, title, ...body) {
  return h("section", { class: "stack", "aria-labelledby": id }, h("h2", { id }, title), body);
}

function field(id, label, autocomplete, help) {
  const input = h("input", { id, type: "password", required: true, autocomplete, maxLength: 256, "aria-describedby": help && `${id}-help` });
  return { input, element: h("p", { class: "field" }, h("label", { htmlFor: id }, label), input, help && h("span", { class: "help", id: `${id}-help` }, help)) };
}

/** Whoever changes it ends their other sessions: `changed` is called then. */
function password(changed) {
  const old = field("old-password", "The one that you have", "current-password");
  const fresh = field("new-password", "A new one", "new-password", "10 characters or more; a sentence is good");
  const said = h("p", { class: "help", role: "status" });
  const button = h("button", { class: "plain" }, "Change the password");
  async function change(event) {
    event.preventDefault();
    button.disabled = true;
    try {
      await put("/account/password", { json: { password: old.input.value, new_password: fresh.input.value } });
      event.target.reset();
      said.textContent = "The password is changed; wherever else you were logged in, you are no more.";
      changed();
    } catch (problem) {
      said.textContent = problem.message;
    } finally {
      button.disabled = false;
    }
  }
  return section("password-title", "Password", h("form", { class: "narrow", onsubmit: change }, old.element, fresh.element, h("p", {}, button), said));
}

function sessions() {
  const list = h("ul", { class: "sessions" });
  const everywhere = h("button", { class: "plain", onclick: () => leave(everywhere) }, "Log out everywhere");

  async function load() {
    try {
      replace(list, (await get("/account/sessions")).map(row));
    } catch (problem) {
      replace(list, h("li", {}, trouble(problem, load)));
    }
  }

  function row(session) {
    const end = h("button", { class: "plain small", "aria-label": `Log out ${session.agent}` }, "Log out");
    end.addEventListener("click", async () => {
      end.disabled = true;
      await remove(`/account/sessions/${session.id}`).catch(() => {}); // the list tells what there is
      await load();
      announce("Logged out there.");
    });
    return h(
      "li",
      {},
      h("span", { class: "agent" }, session.agent || "An unnamed program"),
      h("span", { class: "facts" }, `${session.network}, last on ${moment(session.used_at)}`),
      session.this ? h("span", { class: "pill ready" }, "This one") : end,
    );
  }

  async function leave(button) {
    button.disabled = true;
    await post("/auth/logout-everywhere").catch(() => {});
    location.replace("/");
  }

  load();
  return { element: section("sessions-title", "Where you are logged in", list, h("p", {}, everywhere)), load };
}

function data(main) {
  const proof = field("farewell", "Your password", "current-password");
  const dialog = question({
    title: "Delete your account?",
    text: "Everything goes: your books and what was made of them, your voices, what you subscribe to, without a refund. It cannot be undone. Take your data with you first.",
    stay: "Keep it",
    label: "Delete everything",
    fields: [proof.element],
    act: async () => {
      const receipt = await remove("/account", { json: { password: proof.input.value } });
      replace(document.getElementById("who"));
      replace(main, h("h1", {}, "Your account is gone"), h("p", {}, receipt.detail), h("p", {}, h("a", { class: "button", href: "/", onclick: () => location.replace("/") }, "To the beginning")));
    },
  });
  return section(
    "data-title",
    "Your data",
    h("p", {}, "All that is known about you, and every book with what was made of it, as one archive."),
    h("p", { class: "row" }, h("a", { class: "button", href: "/api/v1/account/export", download: "" }, "Download everything"), h("button", { class: "danger", onclick: () => dialog.showModal() }, "Delete the account")),
    dialog,
  );
}
