// Staying signed in. The tokens are in cookies that no script reads; what a page can know is that a request was answered
// by 401. Then they are renewed, once for all requests and tabs, or somebody is asked to log in.

const LIVES = 10 * 60_000; // milliseconds; access tokens live for 15 minutes
const FIRST = 60_000; // their age is unknown when a page begins, except that they were still good

let ask = () => Promise.reject(new Error("nobody to ask"));
let waiting = null;
let renewal = null;

/** `asks()` shows the forms, and resolves once somebody is logged in. */
export function whenSignedOut(asks) {
  ask = asks;
}

/** Resolves when a request that was answered by 401 may be sent again. */
export function signedIn() {
  waiting ??= renew().then((goesOn) => goesOn || ask()).finally(() => (waiting = null));
  return waiting;
}

/** Renew ahead of time: what `video`, `img` and downloads fetch is not sent again by anybody. */
export function keepFresh() {
  const early = () => renew({ early: true }).catch(() => {}); // the next request finds out
  setTimeout(() => {
    early();
    setInterval(early, LIVES);
  }, FIRST);
}

/** Whether the session goes on; rejects when the server cannot say. */
function renew({ early = false } = {}) {
  renewal ??= alone(() => refresh(early)).finally(() => (renewal = null));
  return renewal;
}

async function refresh(early) {
  if (!early && (await fetch("/api/v1/account")).ok) return true; // another tab was faster
  const { ok, status } = await fetch("/api/v1/auth/refresh", { method: "POST" });
  if (!ok && status !== 401) throw new Error(`refresh: ${status}`);
  return ok;
}

/** A refresh token is good once, and one that comes twice ends the session: tabs take turns. */
function alone(act) {
  return navigator.locks ? navigator.locks.request("litink-session", act) : act(); // missing without TLS, except here
}
