// Layers: dialogs and menus. The browser traps focus and closes with Esc; here they open, and menus find their place.
const GAP = 8;

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  for (const menu of every("[popover]:popover-open")) menu.hidePopover();
  dialog.showModal();
  // On a covered page it is hidden, and would lie on top: nobody could sign in.
  if (!dialog.getClientRects().length) return dialog.close();
  focusWithin(dialog);
  dialog.dispatchEvent(new CustomEvent("opened"));
}

// A dialog begins with the first thing to fill in, or else with its main button; never with the cross that closes it.
function focusWithin(dialog) {
  if (first("[autofocus]", dialog)) return;
  const usable = (control) => control.getClientRects().length > 0 && !control.disabled;
  const inputs = every("input:not([type=hidden]), select, textarea", dialog).filter(usable);
  const begins = inputs.find((input) => input.type !== "radio" || input.checked) ?? inputs[0];
  const buttons = every(".dialog-foot .button", dialog).filter(usable); // a link would leave what was typed
  (begins ?? buttons.find((button) => button.matches("button.primary")) ?? buttons[0])?.focus();
}

document.addEventListener("click", (event) => {
  openDialog(event.target.closest("[data-open]")?.dataset.open);
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog:not([data-stays])")) {
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
    if (event.target.matches("[data-stays]")) event.preventDefault();
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
