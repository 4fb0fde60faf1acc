// Talking to the API: requests, problem documents, uploads. Nothing here draws.

import { signedIn } from "./session.js";

const API = "/api/v1";

/** What the API refused, with its code and its sentence for a person. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? `The server answered ${status}.`);
    this.status = status;
    this.code = body?.code ?? "unknown";
    this.errors = body?.errors ?? [];
  }
}

const UNREACHABLE = { code: "unreachable", detail: "The server does not answer. Is it still running?" };

/** `send` again after a 401, once the session was renewed or somebody has logged in. */
async function staying(send) {
  try {
    return await send();
  } catch (problem) {
    if (problem.code !== "not-signed-in") throw problem;
  }
  await signedIn().catch(() => {
    throw new Problem(0, UNREACHABLE);
  });
  return send();
}

const request = (method, path, options) =>
  path.startsWith("/auth/") ? once(method, path, options) : staying(() => once(method, path, options));

async function once(method, path, { body, headers } = {}) {
  let answer;
  try {
    answer = await fetch(API + path, { method, body, headers });
  } catch {
    throw new Problem(0, UNREACHABLE);
  }
  if (answer.status === 204) return null;
  const found = await answer.json().catch(() => null);
  if (!answer.ok) throw new Problem(answer.status, found);
  return found;
}

export const get = (path) => request("GET", path);
export const whoIs = () => once("GET", "/account"); // without asking anybody to log in

/** `json` is the body; `version` is that of what the person was looking at, where the request asks for it. */
export const remove = (path, { json, version } = {}) => request("DELETE", path, carrying(json, matching(version)));
export const put = (path, { json } = {}) => request("PUT", path, carrying(json));

/** As the others; sent twice with one key, it is done once. */
export const post = (path, { json, version } = {}) =>
  request("POST", path, carrying(json, { "Idempotency-Key": freshKey(), ...matching(version) }));

const carrying = (json, headers = {}) =>
  json ? { body: JSON.stringify(json), headers: { ...headers, "Content-Type": "application/json" } } : { headers };

const matching = (version) => (version ? { "If-Match": `"${version}"` } : {});

/** As `get`, but null for what has not been made yet. */
export async function getIfMade(path) {
  try {
    return await get(path);
  } catch (problem) {
    if (problem.code === "not-made-yet") return null;
    throw problem;
  }
}

/**
 * Hand in files, in order, as one book; `progress` is called with the share sent, 0 to 1. XMLHttpRequest, because fetch
 * tells no progress.
 */
export function upload(files, fields, progress) {
  const form = new FormData();
  for (const file of files) form.append("file", file);
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value);
  const key = freshKey();
  return staying(() => sendForm(form, key, progress));
}

function sendForm(form, key, progress) {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", `${API}/books`);
    sending.setRequestHeader("Idempotency-Key", key);
    sending.responseType = "json";
    sending.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    sending.onerror = () => reject(new Problem(0, UNREACHABLE));
    sending.onload = () =>
      sending.status === 201 ? resolve(sending.response) : reject(new Problem(sending.status, sending.response));
    sending.send(form);
  });
}

/** crypto.randomUUID is missing where the page is not served from this machine or over TLS. */
function freshKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
