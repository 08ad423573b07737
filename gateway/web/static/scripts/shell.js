"use strict";
// The shell: requests of our own pages, what is said, the theme, printing. No framework, nothing inline.
const first = (selector, root = document) => root.querySelector(selector);
const every = (selector, root = document) => [...root.querySelectorAll(selector)];
const csrfMeta = first("meta[name=csrf]");
const OLD_TOKEN = "Caseload-Old-Token"; // the header of a refusal for the token alone

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = csrfMeta.content;
});

// Read out at once by a screen reader, and seen by nobody.
function announce(text) {
  const live = first("#live");
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = text;
  });
}

const TOAST_MS = 4000;
const UNDO_MS = 8000;

function letGo(toast) {
  const stays = first("button", toast) ? UNDO_MS : TOAST_MS;
  let timer = setTimeout(() => toast.remove(), stays);
  const hold = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(() => toast.remove(), stays);
  });
}

// `undo`: the path that takes it back, and what goes along; the part of the page that it answers with takes its place.
function say(text, undo) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text;
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = undo.words ?? "Undo";
    button.addEventListener("click", () => {
      toast.remove();
      if (undo.href) location.href = undo.href;
      else htmx.ajax("POST", undo.path, { values: undo.values, target: undo.target, swap: "outerHTML" });
    });
    toast.append(button);
  }
  first("#toasts").replaceChildren(toast);
  letGo(toast);
}

document.addEventListener("toast", (event) => {
  const { value, text, undo } = event.detail;
  say(text ?? value ?? event.detail, undo);
});

// What the page says after something was done is said once: a reload does not say it again.
for (const said of every("[data-said]")) {
  letGo(said);
  const address = new URL(location.href);
  address.searchParams.delete("done");
  history.replaceState(null, "", address);
}

// On a phone a row of tabs is wider than the window: the one that is open is in it.
first(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401 || xhr.getResponseHeader(OLD_TOKEN)) return; // sessions.js
  const answered = new DOMParser().parseFromString(xhr.responseText, "text/html");
  say(first("[data-problem]", answered)?.textContent.trim() || "That did not work. Nothing was changed. Try again.");
});
document.addEventListener("htmx:sendError", () => {
  say("No connection. What you typed stays on this page until it is back.");
});

// Without a connection a bar says since when, and what would send is off. Who writes goes on.
const offline = first("#offline");
let held = [];
function heedConnection() {
  const away = !navigator.onLine;
  if (away) held = every("[type=submit]:enabled");
  first("b", offline).textContent = new Date().toLocaleTimeString("en-US", { timeStyle: "short" });
  offline.hidden = !away;
  for (const button of held) Object.assign(button, { disabled: away, title: away ? offline.innerText : "" });
}
if (offline) for (const kind of ["offline", "online"]) addEventListener(kind, heedConnection);

const THEME_SECONDS = 365 * 24 * 60 * 60;

function isDark() {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  if (!event.target.closest("[data-theme-toggle]")) return;
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=${THEME_SECONDS}; samesite=lax`;
  announce(theme === "dark" ? "Dark" : "Light");
});

// A page that the browser kept whole is not shown again after somebody signed out.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
