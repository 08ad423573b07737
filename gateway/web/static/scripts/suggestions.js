// Suggestions under a text input: the server finds them, here one is chosen. By the ARIA pattern of a combobox.
{
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));

  function show(input, options) {
    input.setAttribute("aria-expanded", String(options.length > 0));
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === 0)));
    if (options.length) input.setAttribute("aria-activedescendant", options[0].id);
    else input.removeAttribute("aria-activedescendant");
  }

  function close(input) {
    listOf(input).replaceChildren();
    show(input, []);
  }

  function choose(input, option) {
    const { id, name } = option.dataset;
    const chosen = input.closest("[data-suggest]");
    chosen.querySelector("[data-chosen]").value = id ?? "";
    if (id) input.value = name;
    close(input);
    chosen.dispatchEvent(new CustomEvent(id ? "chosen" : "nobodychosen", { bubbles: true, detail: { ...option.dataset } }));
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const list = event.detail.target;
    if (!list.matches("[data-suggestions]")) return;
    const input = list.closest("[data-suggest]").querySelector("[role=combobox]");
    show(input, every("[role=option]", list));
  });

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-suggest] [role=combobox]")) return;
    event.target.closest("[data-suggest]").querySelector("[data-chosen]").value = "";
    if (!event.target.value.trim()) close(event.target);
  });

  document.addEventListener("keydown", (event) => {
    const input = event.target;
    if (!input.matches?.("[data-suggest] [role=combobox]")) return;
    const options = every("[role=option]", listOf(input));
    if (!options.length) return;
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const next = (at + step + options.length) % options.length;
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === next)));
      input.setAttribute("aria-activedescendant", options[next].id);
      options[next].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      choose(input, options[at]);
    } else if (event.key === "Escape") {
      close(input);
      event.stopPropagation();
    } else {
      return;
    }
    event.preventDefault();
  });

  document.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[data-suggestions] [role=option]");
    if (!option) return;
    event.preventDefault();
    choose(option.closest("[data-suggest]").querySelector("[role=combobox]"), option);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("[data-suggest] [role=combobox]")) close(event.target);
  });

  // Nobody of that name: what was typed becomes the name of somebody new, where the form can add one.
  document.addEventListener("nobodychosen", (event) => {
    const form = event.target.closest("form");
    const added = first("[data-new-client]", form);
    if (!added) return;
    const words = event.detail.name.trim().split(/\s+/);
    added.open = true;
    form.elements.adding.checked = true;
    form.elements.given_name.value = words.slice(0, -1).join(" ") || words[0];
    form.elements.family_name.value = words.length > 1 ? words.at(-1) : "";
    (words.length > 1 ? form.elements.date_of_birth : form.elements.family_name).focus();
  });
}
