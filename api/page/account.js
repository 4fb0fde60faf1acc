// What links in mails lead to: confirm an address, set a new password. Nothing happens before a button is pressed, as
// some letterboxes open every link by themselves.

const [kind, token] = location.hash.slice(1).split("=");
const said = document.getElementById("said");
const on = document.getElementById("on");
const form = ["confirm", "reset"].includes(kind) && token ? document.getElementById(kind) : null;
history.replaceState(null, "", location.pathname); // the proof stays in no history

if (form) {
  form.hidden = false;
  said.textContent = "";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = kind === "reset" ? { token, password: document.getElementById("password").value } : { token };
    const path = kind === "reset" ? "password/reset" : "verify";
    try {
      const answer = await fetch(`/api/v1/auth/${path}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      said.textContent = (await answer.json()).detail;
      form.hidden = answer.ok;
      on.hidden = !answer.ok;
      if (answer.ok) on.focus();
    } catch {
      said.textContent = "The service does not answer; try again in a moment.";
    }
  });
}
