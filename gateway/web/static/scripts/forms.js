// Forms: focus goes to the first thing that is wrong, Ctrl Enter saves, and leaving with unsaved text asks first.
{
  function showWhatIsWrong(root) {
    const wrong = first("[aria-invalid=true]", root) ?? first("[data-summary]", root);
    if (!wrong) return;
    every("#toasts [data-said]").forEach((toast) => toast.remove()); // what went well before is no word on this
    const around = wrong.closest("dialog");
    if (around) openDialog(around.id);
    for (let folded = wrong.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
    const input = wrong.matches("fieldset") ? (first("input:checked", wrong) ?? first("input", wrong)) : wrong;
    input.focus();
    wrong.scrollIntoView({ block: "center" });
    const count = every("[aria-invalid=true]", root).length;
    if (count > 3) announce(`${count} entries need a look.`);
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    const swapped = document.getElementById(event.detail.target.id);
    if (swapped) showWhatIsWrong(swapped);
  });
  showWhatIsWrong(document);

  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "Enter") return;
    const form = event.target.closest("form") ?? first("dialog[open] form");
    if (form) {
      event.preventDefault();
      form.requestSubmit();
    } else {
      first("[data-primary]")?.click();
    }
  });

  // The control of a file shows what was chosen, also what a browser keeps when it comes back to the page.
  function showFile(input) {
    const shown = first(".file-name", input.closest("[data-file]"));
    if (shown) shown.textContent = [...input.files].map((file) => file.name).join(", ") || shown.dataset.none;
  }
  document.addEventListener("change", (event) => {
    if (event.target.type === "file") showFile(event.target);
  });
  addEventListener("pageshow", () => every("[data-file] > input").forEach(showFile));

  let typed = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("[data-form]")) typed = true;
  });
  document.addEventListener("submit", () => {
    typed = false;
  });
  document.addEventListener("htmx:afterSwap", () => {
    typed = Boolean(first("[data-form] [aria-invalid=true]"));
  });
  addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}
