// The session: who comes back signs in on the page they were on, and a session ends when nobody is there.
{
  const WARN_BEFORE_MS = 2 * 60_000;
  const minutes = Number(first("meta[name=idle-minutes]")?.content ?? 0);
  let waiting = null; // the form whose sending met the end of the session

  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status !== 401 || !first("#sign-in-again")) return;
    const sender = event.detail.elt.closest("form");
    if (sender?.id !== "sign-in-again-form") waiting = sender;
    openDialog("sign-in-again");
    first("#again-password").focus();
  });

  document.addEventListener("signedInAgain", (event) => {
    csrfMeta.content = event.detail.csrf;
    for (const input of every("input[name=csrf]")) input.value = event.detail.csrf;
    first("#sign-in-again-form").reset();
    first("#sign-in-again").close();
    beThere();
    waiting?.requestSubmit();
    waiting = null;
  });

  let lastThere = Date.now();
  function beThere() {
    lastThere = Date.now();
  }
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, beThere, { passive: true });

  async function stay() {
    first("#idle-warning")?.close();
    beThere();
    await fetch("/session", { headers: { "HX-Request": "true" } });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-stay]")) stay();
  });

  function look() {
    const left = minutes * 60_000 - (Date.now() - lastThere);
    const warning = first("#idle-warning");
    if (left <= 0) {
      warning.close();
      first("#main").hidden = true;
      openDialog("sign-in-again");
    } else if (left <= WARN_BEFORE_MS) {
      const seconds = Math.ceil(left / 1000);
      first("[data-idle-left]").textContent = seconds > 90 ? "2 minutes" : `${seconds} seconds`;
      if (!warning.open) openDialog("idle-warning");
    }
  }
  if (minutes) setInterval(look, 1000);
  document.addEventListener("signedInAgain", () => {
    first("#main").hidden = false;
  });

  // The server counts a session as used by requests: while somebody types for long, one goes out now and then.
  let toldAt = Date.now();
  if (minutes) {
    setInterval(() => {
      if (lastThere > toldAt && !first("#sign-in-again").open) {
        toldAt = Date.now();
        fetch("/session", { headers: { "HX-Request": "true" } });
      }
    }, 60_000);
  }
}
