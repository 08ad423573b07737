// Keys. A single key never fires while somebody types, and can be switched off in the preferences (WCAG 2.1.4).
{
  const SEQUENCE_MS = 900;
  let wentAt = 0;
  let ticked = 0;
  const places = () => Object.fromEntries(every("[data-go]").map((key) => [key.textContent.toLowerCase(), key.dataset.go]));

  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && key === "k") {
      event.preventDefault();
      openDialog("palette");
      return;
    }
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const off = first("meta[name=single-keys]")?.content !== "on";
    if (typing || off || event.ctrlKey || event.metaKey || event.altKey || first("dialog[open]")) return;
    if (Date.now() - wentAt < SEQUENCE_MS) {
      wentAt = 0;
      const place = places()[key];
      event.preventDefault(); // of the page
      if (place) location = place;
      return;
    }
    const item = every("#new-menu:popover-open a").find((one) => one.textContent.trim().toLowerCase().startsWith(key));
    if (item) {
      event.preventDefault();
      return item.click();
    }
    if (key === "g") wentAt = Date.now();
    if (key === "?") openDialog("keys");
    const opened = first("#new-menu a");
    if (key === "n" && opened) {
      event.preventDefault();
      first("#new-menu").showPopover();
      opened.focus();
    }
    // Rows: J and K move, Enter opens.
    const by = { j: 1, k: -1 }[key];
    if (by) {
      const rows = every("[data-row]");
      const at = rows.indexOf(document.activeElement);
      (rows[at + by] ?? rows[at])?.focus();
    }
    if (key === "e") first("[data-notes] :focus")?.click();
    // X ticks the row of the focus; with Shift, all rows from the last one.
    const boxes = every(".tick input");
    const at = boxes.indexOf(first("tr:focus-within input"));
    if (key !== "x" || at < 0) return;
    if (!event.shiftKey) ticked = at;
    for (const box of boxes.slice(Math.min(ticked, at), Math.max(ticked, at) + 1)) if (!event.shiftKey || !box.checked) box.click();
  });

  // A click anywhere on a row of a table is one on its link, but on what is pressed or chosen by itself.
  document.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-rows] > tr > *");
    const link = cell && first("a[data-row]", cell.parentElement);
    if (!link || event.target.closest("a, button, label, summary") || first("input", cell)) return;
    if (!getSelection().isCollapsed) return; // somebody marks words to copy them
    const { ctrlKey, metaKey, shiftKey } = event;
    link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ctrlKey, metaKey, shiftKey }));
  });
}
