// Boxes of a list: all are ticked at once, how many are is said beside them; and how far a job has come is read out.
{
  const boxesOf = (form, name) => [...form.elements].filter((box) => box.type === "checkbox" && box.name === name);

  function count() {
    for (const all of every("[data-tick-all]")) {
      const boxes = boxesOf(all.form, all.dataset.tickAll);
      const ticked = boxes.filter((box) => box.checked).length;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked && !all.checked;
      const bar = all.closest("[data-ticked]");
      if (!bar) continue;
      const called = ticked === 1 ? "1 client" : `${ticked} clients`;
      first("[data-ticked-words]", bar).textContent = ticked ? `${called} ticked` : bar.dataset.none;
      first("[data-open]", bar).disabled = !ticked;
      first("[data-ticked-title]").textContent = `Assign staff to ${called}`;
    }
  }
  function begin() {
    for (const hidden of every("[data-scripted]")) hidden.hidden = false;
    count();
  }

  document.addEventListener("change", ({ target }) => {
    const name = target.dataset.tickAll;
    if (name) for (const box of boxesOf(target.form, name)) box.checked = target.checked;
    if (target.form) count();
  });

  let heard = first("[data-job]")?.dataset.job;
  document.addEventListener("htmx:afterSwap", () => {
    begin();
    const job = first("[data-job]");
    if (!job || job.dataset.job === heard) return;
    heard = job.dataset.job;
    announce(`${first("h2", job).textContent}. ${first("[data-job-words]", job).textContent}`);
  });
  begin();
}
