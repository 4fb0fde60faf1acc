// The one event stream of the page: what happens to any book, as it happens.

import { get } from "./api.js";

const PAUSE = 1_000; // milliseconds, before a stream that was refused is asked for again

const watchers = new Set();
let stream;
let lost = false;

/** Call `watcher(event)` for every event until the returned function is called. */
export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Open the stream; `onState(connected)` tells when it is lost and back. Resolves once it is open or has failed. */
export function connect(onState) {
  return new Promise((resolve) => open(onState, resolve));
}

function open(onState, resolve) {
  stream = new EventSource("/api/v1/events");
  stream.onopen = () => {
    onState(true);
    if (lost) tell({ kind: "again" }); // whatever was missed is to be read anew
    lost = false;
    resolve();
  };
  stream.onerror = () => {
    lost = true;
    onState(false);
    resolve();
    if (stream.readyState === EventSource.CLOSED) again(onState, resolve); // refused: a browser does not try again
  };
  for (const kind of ["book", "asset"]) {
    stream.addEventListener(kind, (event) => tell({ kind, id: Number(event.lastEventId), ...JSON.parse(event.data) }));
  }
}

/** Open it once more when any other request is answered, which sees to it that one is logged in. */
async function again(onState, resolve) {
  await new Promise((rested) => setTimeout(rested, PAUSE));
  await get("/account").then(
    () => open(onState, resolve),
    () => again(onState, resolve),
  );
}

function tell(event) {
  for (const watcher of [...watchers]) watcher(event);
}

/** Put an event into a status as the API gave it; true when it changed something. */
export function apply(status, event) {
  if (event.kind !== "asset" || event.book_id !== status.book_id || event.id <= status.last_event_id) return false;
  const asset = status.assets.find((known) => known.asset === event.asset);
  if (!asset) return false;
  asset.state = event.state;
  asset.items_done = event.done;
  asset.items_failed = event.failed;
  asset.items_waiting = event.waiting;
  asset.items_total = event.total;
  asset.cost_usd = event.cost_usd;
  asset.seconds = event.seconds;
  asset.working_on = event.state === "running" && event.item ? [event.item] : [];
  status.last_event_id = event.id;
  status.progress = status.assets.reduce((sum, one) => sum + share(one), 0) / status.assets.length;
  status.cost_usd = status.assets.reduce((sum, one) => sum + one.cost_usd, 0);
  if (status.state === "queued") status.state = "working";
  return true;
}

export function share(asset) {
  if (asset.state === "done") return 1;
  return asset.items_total ? asset.items_done / asset.items_total : 0;
}

/** The status of a book, kept up to date while `alive()`; `changed(status, event)` after every change. */
export function follow(bookId, changed) {
  let status = null;
  let early = []; // events that came before the status did
  const read = async (event) => {
    try {
      status = await get(`/books/${bookId}/status`);
      for (const missed of early) apply(status, missed);
      early = [];
      changed(status, event);
    } catch (problem) {
      changed(null, event, problem);
    }
  };
  const stop = watch((event) => {
    if (event.kind === "again") read(event);
    else if (event.book_id !== bookId) return;
    else if (event.state === "deleted") changed(null, event);
    else if (event.kind === "book") read(event);
    else if (!status) early.push(event);
    else if (apply(status, event)) changed(status, event);
  });
  read(null);
  return stop;
}
