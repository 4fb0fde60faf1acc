// How the book is being made: progress, failures, costs, the outline.

import { get, getIfMade } from "./api.js";
import { cost, h, money, number, plural, replace, took, work } from "./dom.js";
import { strip, trouble } from "./shelf.js";

const STATE_WORDS = { waiting: "waiting", running: "under way", done: "done", failed: "failed" };

/** What is going on right now, above everything else. */
export function progressPanel(status) {
  const running = status.assets.filter((asset) => asset.state === "running");
  const percent = Math.round(status.progress * 100);
  return h(
    "section",
    { class: "progress-panel", "aria-label": "Progress" },
    h("p", { class: "percent" }, `${percent} %`),
    strip(status),
    h(
      "ul",
      { class: "running" },
      running.map((asset) =>
        h(
          "li",
          {},
          h("b", {}, work(asset.asset)),
          asset.items_total > 1 && h("span", { class: "facts" }, `${number(asset.items_done)} of ${number(asset.items_total)}`),
          asset.working_on.length > 0 && h("span", { class: "now" }, asset.working_on[0]),
        ),
      ),
      running.length === 0 && h("li", { class: "facts" }, { queued: "Waiting to begin", working: "On to the next step", failed: "Stopped", ready: "Finished" }[status.state]),
    ),
  );
}

export function makingTab(context, panel) {
  const steps = h("section", {});
  const outline = h("section", {});
  const costs = h("section", {});
  replace(panel, outline, steps, costs);

  function update() {
    if (context.status) replace(steps, h("h3", {}, "Steps"), stepTable(context.status), failed(context.status), stoodIn(context.status));
  }

  async function load() {
    update();
    try {
      const [plot, spent] = await Promise.all([getIfMade(`/books/${context.id}/plot`), get(`/books/${context.id}/costs`)]);
      replace(outline, plot && outlined(plot));
      replace(costs, h("h3", {}, "Costs"), costTable(spent));
    } catch (problem) {
      replace(costs, trouble(problem, load));
    }
  }
  load();
  return { load, update, shows: ["plot_overview", "film", "audiobook", "audio"] };
}

function outlined(plot) {
  const rows = [
    ["Genre", plot.genre],
    ["Tone", plot.tone],
    ["Setting", plot.setting?.text],
    ["Themes", plot.themes.map((theme) => theme.text).join("; ")],
    ["Directive", plot.directive],
  ].filter(([, value]) => value);
  const label = plot.source === "excerpt" ? "Excerpt: the book’s own sentences" : "Written by a model";
  return [
    h("h3", {}, "Outline ", h("span", { class: "label" }, label)),
    plot.logline.text && h("blockquote", {}, h("p", {}, plot.logline.text)),
    rows.length > 0 && h("dl", { class: "pairs" }, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
  ];
}

function stepTable(status) {
  const head = ["Step", "State", "Items", "Time", "Cost"];
  return scrolling(
    "Steps",
    head,
    status.assets.map((asset) => [
      /^https?:/.test(asset.run ?? "") ? h("a", { href: asset.run, rel: "noreferrer" }, work(asset.asset)) : work(asset.asset),
      h("span", { class: `dot ${asset.state}` }, STATE_WORDS[asset.state]),
      counted(asset),
      asset.state === "waiting" ? "" : took(asset.seconds),
      asset.state === "waiting" ? "" : money(asset.cost_usd),
    ]),
  );
}

function counted(asset) {
  if (!asset.items_total) return "";
  if (asset.items_done === asset.items_total) return number(asset.items_total);
  const failed = asset.items_failed ? `, ${number(asset.items_failed)} failed` : "";
  const waiting = asset.items_waiting ? `, ${plural(asset.items_waiting, "waits", "wait")} for an accepted plan` : "";
  return `${number(asset.items_done)} of ${number(asset.items_total)}${failed}${waiting}`;
}

function failed(status) {
  const items = status.assets.flatMap((asset) => asset.failed.map((item) => ({ ...item, asset: asset.asset })));
  if (!items.length) return null;
  return [
    h("h3", {}, plural(items.length, "failed item")),
    h("ul", {}, items.map((item) => h("li", {}, h("b", {}, item.label), ` (${work(item.asset).toLowerCase()}): ${item.reason.message}`))),
  ];
}

function stoodIn(status) {
  const items = status.assets.flatMap((asset) => asset.stood_in.map((item) => ({ ...item, asset: asset.asset })));
  if (!items.length) return null;
  return [
    h("h3", {}, "Made on this machine, in place of a model"),
    h("ul", {}, items.map((item) => h("li", {}, h("b", {}, item.label), ` (${work(item.asset).toLowerCase()}): ${item.why}`))),
  ];
}

function costTable(costs) {
  return [
    h("p", {}, h("b", {}, cost(costs.cost_usd)), costs.paid_calls === 0 && costs.calls.length > 0 && ". Nothing was sent to anyone."),
    costs.calls.length > 0 &&
      scrolling(
        "Costs",
        ["Step", "Made by", "Calls", "Time", "Cost"],
        costs.calls.map((row) => [
          work(row.asset),
          row.paid ? `${row.provider}, ${row.model}` : `${row.model}, on this machine`,
          number(row.calls),
          took(row.seconds),
          money(row.cost_usd),
        ]),
      ),
  ];
}

function scrolling(label, head, rows) {
  return h(
    "div",
    { class: "scroll", tabIndex: 0, role: "region", "aria-label": label },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, index) => h(index ? "td" : "th", index ? {} : { scope: "row" }, cell))))),
    ),
  );
}
