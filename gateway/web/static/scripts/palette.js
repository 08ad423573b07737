// The palette: pages and commands by their names, and clients, whom the server finds.
{
  const dialog = first("#palette");
  const query = first("#palette-query");
  let chosen = 0;
  const shown = () => every("#palette-list [role=option]").filter((option) => !option.hidden);

  function choose(index) {
    const options = shown();
    if (!options.length) return query.removeAttribute("aria-activedescendant");
    chosen = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    query.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  }

  function filter() {
    const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const option of every("#palette-list [role=option]")) {
      if (option.closest("#palette-found")) continue; // the server found them
      const name = option.textContent.toLowerCase();
      option.hidden = !words.every((word) => name.includes(word));
    }
    if (!query.value.trim()) first("#palette-found").replaceChildren();
    for (const heading of every("#palette-list > .palette-group")) {
      let next = heading.nextElementSibling;
      let any = false;
      while (next && !next.matches(".palette-group")) {
        any ||= next.matches("[role=option]") && !next.hidden;
        next = next.nextElementSibling;
      }
      heading.hidden = !any;
    }
    first(".palette-none").hidden = shown().length > 0;
    choose(0);
  }

  dialog?.addEventListener("opened", () => {
    query.value = "";
    filter();
    query.focus();
  });
  query?.addEventListener("input", filter);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "palette-found") filter();
  });
  query?.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) choose(chosen + step);
    if (event.key === "Enter") shown()[chosen]?.click();
    if (step || event.key === "Enter") event.preventDefault();
  });
}
