// Keys. A single key never fires while somebody types, and can be switched off in the preferences (WCAG 2.1.4).
{
  const SEQUENCE_MS = 900;
  let wentAt = 0;
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
      event.preventDefault(); // the page at hand has keys of its own
      if (place) location.href = place;
      return;
    }
    const items = first("#new-menu:popover-open") ? every("#new-menu a") : [];
    const item = items.find((one) => one.textContent.trim().toLowerCase().startsWith(key));
    if (item) {
      event.preventDefault();
      item.click();
      return;
    }
    if (key === "g") wentAt = Date.now();
    if (key === "?") openDialog("keys");
    if (key === "n" && first("#new-menu a")) {
      event.preventDefault();
      first("#new-menu").showPopover();
      first("#new-menu a").focus();
    }
    if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
  });

  // Rows of a list: J and K move, Enter opens.
  function step(by) {
    const rows = every("[data-rows] a[data-row]");
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at + by))].focus();
  }

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
