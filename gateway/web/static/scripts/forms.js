// Forms: focus goes to the first thing that is wrong, Ctrl Enter saves, and leaving with unsaved text asks first.
{
  function showWhatIsWrong(root) {
    const wrong = first("[aria-invalid=true]", root) ?? first("[data-summary]", root);
    if (!wrong) return;
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
