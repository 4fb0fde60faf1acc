// Who is logged in: their address and credits in the head of the page, what they should know, and the way out.

import { get, post } from "./api.js";
import { h, number, replace } from "./dom.js";
import { watch } from "./live.js";
import { keepFresh } from "./session.js";

const TRIES = 20; // looks for a payment, one every 3 seconds
const PAUSE = 3_000;

const messages = h("section", { class: "messages", "aria-label": "Messages" });
const left = h("span", { class: "credits" });

export function welcome(me) {
  const out = h("button", { class: "quiet", onclick: () => logOut(out) }, "Log out");
  replace(document.getElementById("who"), left, h("a", { class: "email", title: "Your account", href: "#/you" }, me.email), out);
  document.getElementById("main").before(messages);
  keepFresh();
  other.onmessage = () => location.reload();
  if (!me.verified_at) unconfirmed(me);
  afterCheckout(credits());
  watch((event) => event.kind === "book" && credits());
}

/** Show what is left, where books cost credits; the answer, or null without one. */
async function credits() {
  const billing = await get("/billing").catch(() => null);
  if (billing?.credits) left.textContent = `${number(Math.floor(Number(billing.credits.available)))} credits left`;
  return billing;
}

const other = new BroadcastChannel("litink-logged-out"); // pages in other tabs

async function logOut(button) {
  button.disabled = true;
  try {
    await post("/auth/logout");
  } catch (problem) {
    if (problem.status !== 401) {
      button.disabled = false;
      message("bad", problem.message);
      return;
    }
  }
  other.postMessage(null);
  location.replace("/"); // whatever was shown or is under way goes with the page
}

/** Show a message; gives what changes and removes it. */
function message(manner, text, ...more) {
  const words = h("p", {}, text);
  const element = h("div", { class: `notice ${manner}`, role: manner === "bad" ? "alert" : "status" }, words, more);
  messages.append(element);
  return { element, say: (next) => (words.textContent = next) };
}

function unconfirmed(me) {
  const text = `Your address is not confirmed yet. You can look around; to hand in books, open the link that was mailed to ${me.email}.`;
  const again = h("button", { class: "plain small" }, "Mail it again");
  const shown = message("", text, again);
  again.addEventListener("click", async () => {
    again.disabled = true;
    const told = await post("/auth/verify/again", { json: { email: me.email } }).catch((problem) => problem);
    shown.say(told.detail ?? told.message);
    again.disabled = false;
  });
  addEventListener("focus", async function look() {
    const now = await get("/account").catch(() => me); // the link was opened in another tab, perhaps
    if (!now.verified_at) return;
    removeEventListener("focus", look);
    shown.element.remove();
  });
}

/** Back from the page of payment. What was paid is known when Stripe has told it, within seconds as a rule. */
async function afterCheckout(first) {
  const outcome = new URLSearchParams(location.search).get("checkout");
  if (!outcome) return;
  history.replaceState(null, "", location.pathname + location.hash);
  if (outcome !== "done") return void message("", "Nothing was paid, and nothing has changed.");
  const shown = message("", "Your payment is being looked up.");
  let billing = await first;
  for (let tries = 0; tries < TRIES && !billing?.subscription; tries++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    billing = await credits();
  }
  if (billing?.subscription) shown.say(`Thank you. Your subscription: ${billing.subscription.tier ?? billing.tier}.`);
  else shown.say("Your payment is not known here yet. It is looked up every day; nothing is lost.");
}
