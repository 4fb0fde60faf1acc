// Which view the address asks for. Addresses: #/, #/books/ID[/TAB] and #/you.

import { replace, h } from "./dom.js";
import { enter } from "./door.js";
import { connect } from "./live.js";
import { shelf } from "./shelf.js";
import { book } from "./book.js";
import { you } from "./you.js";

const main = document.getElementById("main");
let leave = () => {};
let open = null;

function route() {
  const [, place, id, tab] = location.hash.split("/");
  if (place === "books" && /^[0-9a-f-]{36}$/.test(id ?? "")) {
    if (open?.id === id) return open.show(tab);
    show(() => book(main, id, tab), id);
  } else if (place === "you") {
    show(() => you(main), null);
  } else {
    show(() => shelf(main), null);
  }
}

function show(view, id) {
  leave();
  document.title = "Litink";
  scrollTo(0, 0);
  const shown = view();
  leave = shown.leave;
  open = id ? { id, show: shown.show } : null;
}

function connection(connected) {
  replace(document.getElementById("connection"), connected ? null : h("span", { class: "pill failed" }, "Reconnecting…"));
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // addresses after # are views here, not places
  main.focus();
});

await enter();
addEventListener("hashchange", () => {
  route();
  main.focus({ preventScroll: true });
});
connect(connection).then(route);
