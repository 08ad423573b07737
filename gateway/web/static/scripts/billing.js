// Money: many drafts are issued one after the other, with what came of each.
{
  // What of a payment lies on no invoice, while its shares are typed. The server works it out again.
  document.addEventListener("input", (event) => {
    const shares = event.target.closest("[data-shares]");
    if (!shares) return;
    const cents = (typed) => Math.round(Number(typed.replace(/[$,\s]/g, "")) * 100);
    const placed = every(".share", shares).reduce((sum, input) => sum + cents(input.value), 0);
    const left = Number(shares.dataset.shares) - placed;
    const said = left < 0 ? "more is placed than was paid" : new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" }).format(left / 100);
    first("[data-left]").textContent = Number.isNaN(left) ? "" : said;
  });

  async function issueEach(form) {
    const rows = every("[data-one]", form);
    const progress = first("[data-progress]", form);
    const { csrf, once } = form.elements;
    let issued = 0;
    first("[data-before]", form).hidden = true;
    progress.hidden = false;
    for (const [done, row] of rows.entries()) {
      const outcome = first("[data-outcome]", row);
      outcome.textContent = "Being issued …";
      const values = { csrf: csrf.value, once: `${once.value}-${done}`, version: row.dataset.version, row: "on" };
      await htmx.ajax("POST", row.dataset.one, { target: outcome, swap: "innerHTML", select: "unset", values });
      if (first(".said-ok", outcome)) issued += 1;
      else if (!first(".said-bad", outcome)) outcome.textContent = "No answer came. Look at the draft before you issue it again.";
      first("progress", progress).value = done + 1;
      first("[data-progress-said]", progress).textContent = `${done + 1} of ${rows.length}, ${issued} issued.`;
    }
    first("[data-after]", form).hidden = false;
    first("[data-after] a", form).focus();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-one-by-one]");
    if (!form || !window.htmx) return;
    event.preventDefault();
    if (form.dataset.begun) return;
    form.dataset.begun = "yes";
    issueEach(form);
  });
}
