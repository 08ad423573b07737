// The session: who comes back signs in on the page they were on, and a session ends when nobody is there.
let waiting = null; // the form whose sending met the end of the session

const ask = (path) => fetch(path, { headers: { "HX-Request": "true" } });

function useToken(csrf) {
  csrfMeta.content = csrf;
  for (const input of every("input[name=csrf]")) input.value = csrf;
}

function signInAgain(sender) {
  if (sender?.id !== "sign-in-again-form") waiting = sender;
  openDialog("sign-in-again");
  first("#again-password").focus();
}

// Another tab began a new session: whether this page took over its token, as the same person's.
async function renewToken(sender) {
  const answer = await ask("/session/token");
  if (answer.status === 401) signInAgain(sender);
  if (answer.status !== 200) return false;
  const now = await answer.json();
  const same = now.staff_id === first("#sign-in-again-form").elements.staff_id.value;
  if (same) {
    useToken(now.csrf);
  } else {
    first("[data-signed-in]").textContent = now.name;
    openDialog("somebody-else");
  }
  return same;
}

// A POST. Refused for its token alone, it is sent once more.
async function post(path, body, keepalive) {
  const send = () =>
    fetch(path, { method: "POST", headers: { "HX-Request": "true", "X-CSRF-Token": csrfMeta.content }, body, keepalive });
  const answer = await send();
  return answer.headers.has(OLD_TOKEN) && (await renewToken()) ? send() : answer;
}

{
  const WARN_BEFORE_MS = 2 * 60_000;
  const minutes = Number(first("meta[name=idle-minutes]")?.content ?? 0);

  // The same for what htmx sends.
  document.addEventListener("htmx:responseError", async (event) => {
    const { xhr, requestConfig, elt, target, select, etc } = event.detail;
    const sender = elt.closest("form");
    if (xhr.status === 401 && first("#sign-in-again")) return signInAgain(sender);
    if (!xhr.getResponseHeader(OLD_TOKEN) || etc.headers?.again || !(await renewToken(sender))) return;
    const headers = { ...etc.headers, again: "yes" };
    const values = requestConfig.formData;
    htmx.ajax("POST", requestConfig.path, { source: elt, target, select, values, headers, swap: etc.swapOverride });
  });

  // A plain form leaves the page, so its token is looked at before.
  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (form.matches(":not([method=post]), [hx-post], [data-one-by-one], [data-note], [data-current]")) return;
    if (!form.elements.csrf) return;
    event.preventDefault();
    if (!(await renewToken(form))) return;
    form.dataset.current = "";
    form.requestSubmit(submitter);
  });

  // A passkey's answer is good for one sending.
  document.addEventListener("htmx:afterRequest", ({ detail: { elt } }) => {
    if (elt.id === "sign-in-again-form") elt.elements.credential.value = "";
  });

  document.addEventListener("signedInAgain", (event) => {
    useToken(event.detail.csrf);
    first("#sign-in-again-form").reset();
    first("#sign-in-again").close();
    first("#main").hidden = false;
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
    await ask("/session");
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

  // The server counts a session as used by requests: while somebody types for long, one goes out now and then.
  let toldAt = Date.now();
  if (minutes) {
    setInterval(() => {
      if (lastThere > toldAt && !first("#sign-in-again").open) {
        toldAt = Date.now();
        ask("/session");
      }
    }, 60_000);
  }
}
