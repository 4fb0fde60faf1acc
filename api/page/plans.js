// What somebody has and may have: credits, what there is to subscribe to, promo codes. Paid for on Stripe's pages.

import { get, post } from "./api.js";
import { question } from "./ask.js";
import { announce, day, h, number, plural, replace } from "./dom.js";
import { trouble } from "./shelf.js";

/** The section with all of it. */
export function plans() {
  const body = h("div", { class: "stack" }, h("p", { class: "facts" }, "Looking it up"));

  async function load() {
    try {
      const [billing, offer] = await Promise.all([get("/billing"), get("/billing/plans")]);
      replace(body, billing.enabled ? account(billing, offer.plans) : h("p", {}, billing.detail));
    } catch (problem) {
      replace(body, trouble(problem, load));
    }
  }

  function account(billing, offered) {
    const { credits, subscription } = billing;
    return [
      h("p", {}, standing(billing.tier, credits)),
      subscription && notice(subscription),
      h("ul", { class: "plans" }, offered.map((plan) => card(plan, billing, offered))),
      subscription ? subscriber(subscription) : !billing.sells && h("p", { class: "help" }, billing.detail),
      promo(),
    ];
  }

  /** What is to come of a subscription, and the way back. */
  function notice({ tier, status, cancel_at, next_tier, period_end }) {
    if (cancel_at) return told(`Your subscription ends on ${day(cancel_at)}.`, "Go on with it");
    if (next_tier) return told(`From ${day(period_end)} on you have ${called(next_tier)}.`, `Stay with ${called(tier)}`);
    if (status === "past_due" || status === "unpaid") {
      return h("p", { class: "notice bad" }, "The last payment failed. See to your card under “Cards and invoices”; it is tried again.");
    }
    return h("p", { class: "help" }, `Paid until ${day(period_end)}, and then from month to month.`);
  }

  const told = (text, label) => h("div", { class: "notice" }, h("p", {}, text), button(label, () => changed("/billing/reactivate")));

  function card(plan, { sells, subscription }, offered) {
    const price = (tier) => Number(offered.find((one) => one.tier === tier)?.monthly_usd ?? 0);
    const paid = Number(plan.monthly_usd) > 0;
    let act = null;
    if (plan.yours) act = h("span", { class: "pill ready" }, "Yours");
    else if (sells && paid && !subscription) act = button("Subscribe", () => away("/billing/checkout", { tier: plan.tier }), "button");
    else if (sells && paid) act = change(plan, Number(plan.monthly_usd) > price(subscription.tier));
    return h(
      "li",
      { class: plan.yours && "yours", "aria-label": called(plan.tier) },
      h("h3", {}, called(plan.tier)),
      h("p", { class: "price" }, h("b", {}, dollars(plan.monthly_usd)), " a month"),
      h("ul", { class: "gives" }, gives(plan).map((line) => h("li", {}, line))),
      h("p", { class: "act" }, act),
    );
  }

  function change(plan, dearer) {
    const dialog = question({
      title: `Change to ${called(plan.tier)}?`,
      text: dearer
        ? "At once. The difference for the rest of this month is paid now, with the card that is known."
        : "When the month ends that is paid for. Until then everything stays as it is.",
      label: "Change",
      manner: "button",
      act: () => changed("/billing/change", { tier: plan.tier }),
    });
    return [h("button", { class: "plain", onclick: () => dialog.showModal() }, `Change to ${called(plan.tier)}`), dialog];
  }

  function subscriber({ cancel_at, period_end }) {
    const dialog = question({
      title: "End your subscription?",
      text: `It ends on ${day(period_end)}; until then everything stays as it is. Your books and films stay yours.`,
      label: "End it",
      act: () => changed("/billing/cancel"),
    });
    const end = h("button", { class: "quiet", onclick: () => dialog.showModal() }, "End the subscription");
    return h("div", { class: "row" }, button("Cards and invoices", () => away("/billing/portal")), !cancel_at && end, dialog);
  }

  function promo() {
    const code = h("input", { id: "promo", type: "text", required: true, maxLength: 60, autocomplete: "off", spellcheck: false });
    const said = h("p", { class: "help", role: "status" });
    const form = h("form", { class: "row", onsubmit: redeem }, h("label", { htmlFor: "promo" }, "Promo code"), code, h("button", { class: "plain" }, "Redeem"));
    async function redeem(event) {
      event.preventDefault();
      try {
        const { credits } = await post("/billing/redeem", { json: { code: code.value.trim() } });
        await load();
        announce(`${plural(credits, "credit")} more.`);
      } catch (problem) {
        said.textContent = problem.message;
      }
    }
    return [form, said];
  }

  /** A change of what is subscribed to, and what there is after it. */
  async function changed(path, json) {
    await post(path, { json });
    await load();
  }

  load();
  return h("section", { class: "stack", "aria-labelledby": "plans-title" }, h("h2", { id: "plans-title" }, "Plan and credits"), body);
}

function standing(tier, { available, held, next_at }) {
  const aside = Number(held) > 0 ? `, and ${number(Math.ceil(held))} set aside for work under way` : "";
  return `You have ${called(tier)} and ${plural(Math.floor(available), "credit")}${aside}. More come on ${day(next_at)}.`;
}

function gives(plan) {
  const up = (count, one) => (count === null ? `as many ${one}s as you like` : plural(count, one));
  return [
    `${plural(plan.credits, "credit")} a month`,
    up(plan.books, "book"),
    `${up(plan.films, "film")}, each up to ${plan.film_minutes} min, ${plan.resolution}p`,
    plan.generations_per_hour === null ? "work begun as often as you like" : `work begun ${number(plan.generations_per_hour)} times an hour`,
    { always: "films carry a mark", removable: "films without a mark, if you like", never: "films without a mark" }[plan.watermark],
    plan.choice_of_models && "a choice of models",
    plan.api_tokens && "tokens for programs of yours",
    plan.voice_cloning && "voices of your own",
  ].filter(Boolean);
}

/** A button whose refusal is told beside it. */
function button(label, act, manner = "plain") {
  const said = h("span", { class: "bad", role: "alert" });
  const element = h("button", { class: manner, onclick: press }, label);
  async function press() {
    element.disabled = true;
    said.textContent = "";
    try {
      await act();
    } catch (problem) {
      said.textContent = problem.message;
    } finally {
      element.disabled = false;
    }
  }
  return [element, said];
}

/** To a page of Stripe's, which leads back here. */
async function away(path, json) {
  const { url } = await post(path, { json });
  if (/^https?:$/.test(new URL(url).protocol)) location.assign(url);
}

const called = (tier) => tier.charAt(0).toUpperCase() + tier.slice(1);
const dollars = (usd) => `$${Number(usd) % 1 ? Number(usd).toFixed(2) : Number(usd)}`;
