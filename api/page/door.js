// The forms of coming in, where an installation has accounts: log in, sign up, have the password reset.

import { get, post, whoIs } from "./api.js";
import { h, replace } from "./dom.js";
import { whenSignedOut } from "./session.js";
import { welcome } from "./who.js";

const FORMS = {
  login: { title: "Log in", act: "Log in", password: "current-password", others: { signup: "Sign up", forgot: "Password forgotten?" } },
  signup: { title: "Sign up", act: "Sign up", password: "new-password", others: { login: "I have an account" } },
  forgot: { title: "A new password", act: "Mail me a link", others: { login: "Back to log in" } },
};
const OVER = "Your session is over. Log in and go on where you were; nothing that you typed is lost.";
const NO_COOKIE = "The password is right, but this browser kept no cookie. Allow cookies, and open the page by its https address.";
const PAUSE = 5_000; // milliseconds, before a server that did not answer is asked again who this is

let me = null;

/** Resolves when the page may begin: at once where there is one local user, else when somebody is logged in. */
export function enter() {
  whenSignedOut(ask);
  return look();
}

async function look() {
  try {
    recognise(await get("/account"));
  } catch {
    setTimeout(look, PAUSE); // meanwhile the views tell that nobody answers
  }
}

function recognise(now) {
  if (me) return;
  me = now;
  if (me.via === "session") welcome(me);
}

/** Covers the page, which stays as it is below, until somebody is logged in. */
function ask() {
  const title = document.title;
  return new Promise((resolve) => {
    const door = h("dialog", { class: "door", "aria-labelledby": "door-title" });
    door.addEventListener("cancel", (event) => event.preventDefault());
    door.addEventListener("close", () => door.isConnected && door.showModal()); // a second Escape asks nobody
    const { element, show } = forms(async () => {
      const now = await whoIs().catch(() => null);
      if (!now) return NO_COOKIE;
      if (me && me.id !== now.id) return location.reload(); // nobody finds what another one left
      recognise(now);
      door.close(); // gives the focus back
      door.remove();
      document.title = title;
      resolve();
    });
    replace(door, h("p", { class: "wordmark", "aria-hidden": "true" }, "Lit", h("i", {}, "ink")), element);
    document.body.append(door);
    door.showModal();
    show("login", me ? { text: OVER } : {}, me?.email);
  });
}

/** One form in three kinds, so that what was typed into one is there in the next. `admitted` may say why not. */
function forms(admitted) {
  let kind = "login";
  const title = h("h1", { id: "door-title" });
  const said = h("div", { class: "answer", "aria-live": "assertive" });
  const email = h("input", { id: "door-email", name: "email", type: "email", required: true, autocomplete: "username", maxLength: 320 });
  const password = h("input", { id: "door-password", name: "password", type: "password", required: true, maxLength: 256 });
  const help = h("span", { id: "door-help", class: "help" }, "10 characters or more; a sentence is good");
  const secret = h("p", { class: "field" }, h("label", { htmlFor: "door-password" }, "Password"), password, help);
  const act = h("button", { type: "submit" });
  const others = h("p", { class: "others" });
  const element = h(
    "form",
    { class: "sheet", onsubmit: send },
    title,
    said,
    h("p", { class: "field" }, h("label", { htmlFor: "door-email" }, "E-mail address"), email),
    secret,
    act,
    others,
  );

  function say({ text, manner = "" }) {
    replace(said, text && h("p", { class: `notice ${manner}` }, text));
  }

  function show(next, message = {}, address) {
    kind = next;
    const form = FORMS[kind];
    document.title = `${form.title} · Litink`;
    title.textContent = form.title;
    act.textContent = form.act;
    if (address) email.value = address;
    secret.hidden = password.disabled = !form.password;
    password.autocomplete = form.password ?? "off";
    help.hidden = kind !== "signup";
    if (kind === "signup") password.setAttribute("aria-describedby", "door-help");
    else password.removeAttribute("aria-describedby");
    password.minLength = kind === "signup" ? 10 : 0;
    replace(others, Object.entries(form.others).map(([to, label]) => h("button", { class: "link", type: "button", onclick: () => show(to) }, label)));
    say(message);
    (email.value && form.password ? password : email).focus();
  }

  async function send(event) {
    event.preventDefault();
    const credentials = { email: email.value.trim(), password: password.value };
    act.disabled = true;
    say({});
    try {
      if (kind === "login") {
        await post("/auth/login", { json: { ...credentials, cookies: true } });
        const refused = await admitted();
        if (refused) say({ text: refused, manner: "bad" });
      } else if (kind === "signup") {
        const { detail } = await post("/auth/register", { json: credentials });
        show("login", { text: `${detail} Open the link in it to confirm your address, then log in.`, manner: "good" });
      } else {
        const { detail } = await post("/auth/password/forgot", { json: { email: credentials.email } });
        show("login", { text: `${detail} The link in it sets a new password.`, manner: "good" });
      }
    } catch (problem) {
      say({ text: problem.message, manner: "bad" });
      (problem.code === "wrong-login" || problem.code === "weak-password" ? password : email).select();
    } finally {
      act.disabled = false;
    }
  }

  return { element, show };
}
