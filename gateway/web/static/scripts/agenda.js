"use strict";
// The agenda: booking by a drag, moving, resizing, the same by keys, the panel, and looking again now and then.
// The server renders and judges everything; what is drawn here at once is drawn again from its answer.
{
  const SNAP = 15;
  const SNAP_SIZE = 5;
  const SLOT = 5;
  const DAY = 24 * 60;
  const DRAG_FROM_PX = 5;
  const EDGE_PX = 6; // at the foot of a card, by which it is made longer
  const NEW_MINUTES = 50;
  const LOOK_EVERY_MS = 30_000;

  const shown = () => first("#agenda");
  const calendar = () => first(".calendar", shown());
  const days = () => every(".calendar .day", shown());
  const panel = first("#appointment-panel");
  const onPhone = () => matchMedia("(max-width: 60rem)").matches;
  const mayChange = () => "changes" in shown().dataset;
  const mayBook = () => "books" in shown().dataset;
  const firstMinute = () => Number(calendar().dataset.first);

  function clock(minutes) {
    const hour = Math.floor(minutes / 60) % 24;
    return `${hour % 12 || 12}:${String(minutes % 60).padStart(2, "0")} ${hour < 12 ? "am" : "pm"}`;
  }
  const localTime = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  const rounded = (minutes, to) => Math.round(minutes / to) * to;
  const within = (minutes, length) => Math.max(firstMinute(), Math.min(minutes, DAY - length));

  function minuteAt(day, y) {
    const row = Number.parseFloat(getComputedStyle(day).gridTemplateRows);
    return firstMinute() + Math.floor((y - day.getBoundingClientRect().top) / row) * SLOT;
  }
  const dayAt = (x, y) => document.elementsFromPoint(x, y).find((one) => one.matches(".calendar .day"));

  function ghost(day, begins, minutes) {
    const drawn = first(".ghost") ?? document.createElement("div");
    if (drawn.parentElement !== day) day.append(drawn);
    const overlaps = every(".appointment:not(.off):not(.dragged):not(.moving)", day).some((one) => {
      const from = Number(one.dataset.begins);
      return from < begins + minutes && begins < from + Number(one.dataset.minutes);
    });
    const slot = Math.max(0, Math.round((begins - firstMinute()) / SLOT));
    drawn.className = `ghost s${slot} n${Math.max(1, Math.round(minutes / SLOT))}${overlaps ? " taken" : ""}`;
    drawn.textContent = `${clock(begins)} – ${clock(begins + minutes)}`;
    return drawn;
  }
  const dropGhost = () => first(".ghost")?.remove();

  // ---- looking again: never while somebody is in the middle of something, and it keeps no session alive
  let failingSince = null;
  const busy = () => drag || moving || panel.matches(":popover-open") || first("dialog[open]") || document.hidden;

  async function look(background) {
    const place = shown();
    const headers = { "HX-Request": "true", "If-None-Match": background ? place.dataset.etag : "" };
    if (background) headers["Caseload-Background"] = "true";
    try {
      const answer = await fetch(place.dataset.source, { headers });
      if (answer.status === 304) return fine();
      if (!answer.ok) throw new Error(answer.status);
      const text = await answer.text();
      if (background && busy()) return;
      swap(text);
      fine();
    } catch {
      failingSince ??= new Date();
      const since = clock(failingSince.getHours() * 60 + failingSince.getMinutes());
      showFailing(`The agenda is not updating since ${since}.`);
    }
  }
  function fine() {
    failingSince = null;
    first("#agenda-failing")?.remove();
  }
  function showFailing(words) {
    const banner = first("#agenda-failing") ?? document.createElement("div");
    banner.id = "agenda-failing";
    banner.className = "banner warn";
    banner.setAttribute("role", "status");
    const again = document.createElement("button");
    again.type = "button";
    again.className = "button small";
    again.textContent = "Try again";
    again.addEventListener("click", () => look(false));
    banner.replaceChildren(words, again);
    shown().before(banner);
  }
  function swap(text) {
    const focused = document.activeElement?.id;
    const scrolled = first(".calendar-body")?.scrollTop ?? 0;
    const pressed = first("[data-highlight][aria-pressed=true]")?.dataset.highlight;
    const made = new DOMParser().parseFromString(text, "text/html").getElementById("agenda");
    if (!made) return;
    shown().replaceWith(made);
    htmx.process(made);
    settle(scrolled);
    if (moving) takeUp(moving.card.id);
    if (pressed) highlight(pressed, true);
    if (focused?.startsWith("appointment-")) document.getElementById(focused)?.focus({ preventScroll: true });
  }
  function settle(scrolled) {
    const body = first(".calendar-body");
    if (body) body.scrollTop = scrolled;
  }
  setInterval(() => {
    if (!busy()) look(true);
  }, LOOK_EVERY_MS);
  document.addEventListener("agendaChanged", () => look(false));
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "agenda") settle(lastScroll);
  });
  let lastScroll = 0;

  // ---- changing
  function book(day, begins, minutes) {
    if (!mayBook()) return;
    const asked = new URLSearchParams({ on: day.dataset.day, at: localTime(begins), minutes });
    if (day.dataset.staff) asked.set("staff_id", day.dataset.staff);
    htmx.ajax("GET", `/agenda/new?${asked}`, { target: "#booking-place", swap: "innerHTML" }).then(() => openDialog("booking-dialog"));
  }
  first("#booking-dialog")?.addEventListener("close", dropGhost);

  async function save(card, day, begins, minutes) {
    const id = card.dataset.appointment;
    lastScroll = first(".calendar-body").scrollTop;
    const values = { starts_at_local: `${day.dataset.day}T${localTime(begins)}`, duration_minutes: minutes };
    if (day.dataset.staff) values.staff_id = day.dataset.staff;
    values.shown = shown().dataset.source;
    const lanes = /\bl\d+-\d+\b/;
    card.className = card.className.replace(/\bs\d+\b/, `s${(begins - firstMinute()) / SLOT}`);
    card.className = card.className.replace(/\bn\d+\b/, `n${Math.max(1, Math.round(minutes / SLOT))}`).replace(lanes, "l1-1");
    // Who takes it up again before the server has drawn it goes on from here.
    Object.assign(card.dataset, { begins, minutes });
    day.append(card);
    dropGhost();
    await htmx.ajax("POST", `/agenda/appointments/${id}/move`, { values, target: "#agenda", swap: "outerHTML" });
    document.getElementById(`appointment-${id}`)?.focus({ preventScroll: true });
  }

  // ---- by the pointer
  let drag = null;
  let dragged = false;
  document.addEventListener("pointerdown", (event) => {
    if (event.button || onPhone() || event.pointerType === "touch" || moving) return;
    const day = event.target.closest(".calendar .day");
    if (!day) return;
    const card = event.target.closest(".appointment[data-appointment]");
    const at = minuteAt(day, event.clientY);
    if (card && mayChange()) {
      const kind = card.getBoundingClientRect().bottom - event.clientY < EDGE_PX ? "size" : "move";
      drag = { kind, card, day, x: event.clientX, y: event.clientY, within: at - Number(card.dataset.begins) };
    } else if (!event.target.closest(".appointment") && mayBook()) {
      drag = { kind: "new", day, x: event.clientX, y: event.clientY, from: Math.floor(at / SNAP) * SNAP };
    }
  });
  document.addEventListener("pointermove", (event) => {
    if (!drag) return;
    if (!drag.on) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < DRAG_FROM_PX) return;
      drag.on = true;
      calendar().classList.add("dragging");
      drag.card?.classList.add("dragged");
      if (panel.matches(":popover-open")) panel.hidePopover();
    }
    event.preventDefault();
    const body = first(".calendar-body");
    const edges = body.getBoundingClientRect();
    if (event.clientY > edges.bottom - 28) body.scrollTop += 10;
    if (event.clientY < edges.top + 28) body.scrollTop -= 10;
    if (drag.kind === "new") {
      const to = rounded(minuteAt(drag.day, event.clientY), SNAP);
      drag.begins = Math.min(drag.from, to);
      drag.minutes = Math.max(drag.from + SNAP, to) - drag.begins;
    } else if (drag.kind === "move") {
      drag.day = dayAt(event.clientX, event.clientY) ?? drag.day;
      drag.minutes = Number(drag.card.dataset.minutes);
      drag.begins = within(rounded(minuteAt(drag.day, event.clientY) - drag.within, SNAP), drag.minutes);
    } else {
      drag.begins = Number(drag.card.dataset.begins);
      drag.minutes = Math.max(SNAP, rounded(minuteAt(drag.day, event.clientY), SNAP_SIZE) - drag.begins);
    }
    ghost(drag.day, drag.begins, drag.minutes);
  });
  function endDrag() {
    calendar()?.classList.remove("dragging");
    drag?.card?.classList.remove("dragged");
    const ended = drag;
    drag = null;
    return ended;
  }
  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const ended = endDrag();
    if (!ended.on) {
      if (ended.kind === "new" && event.target.closest(".calendar .day")) book(ended.day, ended.from, NEW_MINUTES);
      return;
    }
    dragged = true;
    setTimeout(() => {
      dragged = false;
    }, 50);
    if (ended.kind === "new") book(ended.day, ended.begins, ended.minutes);
    else save(ended.card, ended.day, ended.begins, ended.minutes);
  });

  // ---- the panel
  let opener = null;
  document.addEventListener("click", (event) => {
    const card = event.target.closest("[data-appointment]");
    if (!card || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (dragged || moving) return;
    opener = card.id;
    openPanel(`/agenda/appointments/${card.dataset.appointment}`, "GET");
  });
  function openPanel(path, method, values = {}) {
    return htmx.ajax(method, path, { target: "#appointment-panel", swap: "innerHTML", values });
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== panel) return;
    if (!panel.matches(":popover-open")) panel.showPopover();
    const card = document.getElementById(opener);
    if (card && !onPhone()) beside(card.getBoundingClientRect());
    if (!panel.contains(document.activeElement)) panel.focus({ preventScroll: true });
  });
  function beside(card) {
    const { offsetWidth: width, offsetHeight: height } = panel;
    const left = card.right + 8 + width < innerWidth ? card.right + 8 : Math.max(8, card.left - width - 8);
    panel.style.left = `${Math.min(left, innerWidth - width - 8)}px`;
    panel.style.top = `${Math.max(8, Math.min(card.top, innerHeight - height - 8))}px`;
  }
  panel.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-panel]")) panel.hidePopover();
  });
  panel.addEventListener("toggle", (event) => {
    if (event.newState === "closed") document.getElementById(opener)?.focus({ preventScroll: true });
  });

  // ---- by keys: arrows walk, M moves, 1 to 4 say what became of it
  let moving = null;
  const STATUS_KEYS = { 1: "arrived", 2: "no_show", 3: "late_cancelled", 4: "cancelled" };
  const STEP_KEYS = { e: "note", i: "invoice", p: "payment" }; // what its panel leads on to, as far as it does
  const VIEW_KEYS = { d: "day", w: "week", m: "month", l: "list" };
  const ARROWS = { ArrowDown: [SNAP, 0], ArrowUp: [-SNAP, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

  // The agenda was drawn anew while an appointment is moved by keys: its new card is the one that moves.
  function takeUp(id) {
    const card = document.getElementById(id);
    if (!card) {
      moving = null;
      return announce("Not moved.");
    }
    moving.card = card;
    card.classList.add("moving");
    ghost(days()[moving.at], moving.begins, moving.minutes);
  }

  function stepMove(event) {
    const arrow = ARROWS[event.key];
    const all = days();
    if (arrow) {
      moving.begins = within(moving.begins + arrow[0], moving.minutes);
      moving.at = Math.max(0, Math.min(all.length - 1, moving.at + arrow[1]));
      ghost(all[moving.at], moving.begins, moving.minutes).scrollIntoView({ block: "nearest" });
      announce(`${all[moving.at].getAttribute("aria-label").split(", ").slice(0, 2).join(", ")}, ${clock(moving.begins)}`);
    } else if (event.key === "Enter" || event.key === "Escape") {
      const ended = moving;
      moving = null;
      ended.card.classList.remove("moving");
      dropGhost();
      if (event.key === "Enter") save(ended.card, all[ended.at], ended.begins, ended.minutes);
      else announce("Not moved.");
    } else {
      return;
    }
    event.preventDefault();
  }

  function walk(card, key) {
    const all = days();
    const byStart = (day) => every(".appointment[data-appointment]", day).sort((a, b) => a.dataset.begins - b.dataset.begins);
    const day = card.closest(".day");
    if (key === "ArrowDown" || key === "ArrowUp") {
      const cards = byStart(day);
      return cards[cards.indexOf(card) + (key === "ArrowDown" ? 1 : -1)];
    }
    const step = key === "ArrowRight" ? 1 : -1;
    for (let at = all.indexOf(day) + step; all[at]; at += step) {
      const near = byStart(all[at]).sort(
        (a, b) => Math.abs(a.dataset.begins - card.dataset.begins) - Math.abs(b.dataset.begins - card.dataset.begins),
      );
      if (near.length) return near[0];
    }
    return null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag) {
      endDrag();
      dropGhost();
      return;
    }
    if (moving) return stepMove(event);
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || first("dialog[open]")) return;
    const card = event.target.closest?.(".calendar .appointment[data-appointment]");
    const key = event.key.toLowerCase();
    if (card && ARROWS[event.key]) {
      const next = walk(card, event.key);
      if (next) next.focus();
      event.preventDefault();
      return;
    }
    if (first("meta[name=single-keys]")?.content !== "on" || event.target.closest("input, textarea, select")) return;
    if (card && mayChange() && !onPhone() && key === "m") {
      moving = { card, at: days().indexOf(card.closest(".day")), begins: Number(card.dataset.begins), minutes: Number(card.dataset.minutes) };
      card.classList.add("moving");
      announce("Moving. Arrow keys move it, Enter saves, Escape leaves it.");
    } else if (card && mayChange() && STATUS_KEYS[key]) {
      opener = card.id;
      setStatus(card.dataset.appointment, STATUS_KEYS[key]);
    } else if (card && key === "r" && mayChange()) {
      location.href = `/agenda/appointments/${card.dataset.appointment}/edit`;
    } else if (card && STEP_KEYS[key]) {
      opener = card.id;
      openPanel(`/agenda/appointments/${card.dataset.appointment}`, "GET").then(() => {
        first(`[data-step=${STEP_KEYS[key]}] :is(a, button)`, panel)?.click();
      });
    } else if (!card && VIEW_KEYS[key]) {
      first(`[data-view=${VIEW_KEYS[key]}]`)?.click();
    } else if (!card && key === "t") {
      first("[data-today]").click();
    } else if (!card && (key === "j" || key === "k")) {
      first(key === "j" ? "[data-later]" : "[data-earlier]").click();
    } else {
      return;
    }
    event.preventDefault();
  });
  function setStatus(id, status) {
    htmx.ajax("POST", `/agenda/appointments/${id}/status`, { target: "#appointment-panel", swap: "none", values: { status, by_key: "1" } });
  }

  // ---- what is left to finish stands out
  function highlight(kind, on) {
    for (const chip of every("[data-highlight]")) chip.setAttribute("aria-pressed", String(on && chip.dataset.highlight === kind));
    for (const one of ["lacks-note", "lacks-attendance", "lacks-invoice"]) {
      shown().classList.toggle(`highlight-${one}`, on && kind === one);
    }
  }
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-highlight]");
    if (chip) highlight(chip.dataset.highlight, chip.getAttribute("aria-pressed") !== "true");
  });

  // ---- the view and the people that were chosen are there the next time
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-remembered] a");
    if (!link) return;
    const chosen = new URL(link.href).searchParams;
    chosen.delete("on");
    const headers = { "HX-Request": "true", "X-CSRF-Token": csrfMeta.content };
    fetch("/agenda/look", { method: "POST", headers, body: chosen, keepalive: true }).catch(() => {});
  });

  // A first look begins at eight, or where the day's first appointment is.
  const body = first(".calendar-body");
  if (body && !onPhone()) {
    const early = Math.min(8 * 60, ...every(".appointment[data-begins]").map((one) => Number(one.dataset.begins)));
    const row = Number.parseFloat(getComputedStyle(days()[0] ?? body).gridTemplateRows) || 0;
    body.scrollTop = Math.max(0, ((early - firstMinute()) / SLOT) * row - 12);
  }
}
