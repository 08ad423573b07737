// Layers: dialogs and menus. The browser traps focus and closes with Esc; here they open, and menus find their place.
const GAP = 8;

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  for (const menu of every("[popover]:popover-open")) menu.hidePopover();
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("opened"));
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) openDialog(opener.dataset.open);
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  const beside = event.target.matches("dialog") && !event.target.hasAttribute("data-stays");
  if (beside) {
    const box = event.target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
});

// A dialog that stays cannot be waved away: what it asks for has to be answered first.
document.addEventListener(
  "cancel",
  (event) => {
    if (event.target.hasAttribute("data-stays")) event.preventDefault();
  },
  true,
);

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("[data-anchor]") || event.newState !== "open") return;
    const opener = every(`[popovertarget="${menu.id}"]`).find((button) => button.offsetParent);
    if (opener && !(menu.matches(".sheet") && innerWidth < 640)) place(menu, opener.getBoundingClientRect());
  },
  true,
);

function place(menu, opener) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = Math.max(GAP, Math.min(opener.right - width, innerWidth - width - GAP));
  const below = opener.bottom + GAP;
  const top = below + height > innerHeight ? opener.top - height - GAP : below;
  menu.style.left = `${opener.left < width ? Math.max(GAP, opener.left) : left}px`;
  menu.style.top = `${Math.max(GAP, top)}px`;
}
