// Suggestions under a text input: the server finds them, here one is chosen. By the ARIA pattern of a combobox.
{
  const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));

  function show(input, options) {
    input.setAttribute("aria-expanded", String(options.length > 0));
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === 0)));
    input.setAttribute("aria-activedescendant", options[0]?.id ?? "");
  }

  function close(input) {
    listOf(input).replaceChildren();
    show(input, []);
  }

  function choose(option) {
    const { id, name } = option.dataset;
    const chosen = option.closest("[data-suggest]");
    const input = first("[role=combobox]", chosen);
    const kept = first("[data-chosen]", chosen);
    if (kept) kept.value = id ?? "";
    if (id) input.value = kept ? name : "";
    close(input);
    chosen.dispatchEvent(new CustomEvent(id ? "chosen" : "nobodychosen", { bubbles: true, detail: { ...option.dataset } }));
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    const list = event.detail.target;
    if (!list.matches("[data-suggestions]")) return;
    const input = first("[role=combobox]", list.closest("[data-suggest]"));
    show(input, every("[role=option]", list));
  });

  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-suggest] [role=combobox]")) return;
    const kept = first("[data-chosen]", event.target.closest("[data-suggest]"));
    if (kept) kept.value = "";
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
      choose(options[at]);
    } else if (event.key === "Escape") {
      close(input);
      event.stopPropagation();
    } else {
      return;
    }
    event.preventDefault();
  });

  // A list that went away under a finger would give the tap to what lies below it.
  document.addEventListener("pointerdown", (event) => {
    if (event.target.closest("[data-suggestions] [role=option]")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("[data-suggestions] [role=option]");
    if (option) choose(option);
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.matches?.("[data-suggest] [role=combobox]")) close(event.target);
  });

  // Who was found joins the choice beside it, as an option or a box.
  document.addEventListener("chosen", (event) => {
    const { into, goes } = event.target.dataset;
    const { id, name } = event.detail;
    if (goes) location.href = goes + id;
    const choice = into && document.getElementById(into);
    if (!choice) return;
    if (choice.matches("select")) {
      if (![...choice.options].some((option) => option.value === id)) choice.add(new Option(name, id));
      choice.value = id;
      choice.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    let label = document.getElementById(`${into}-${id}`)?.closest("label");
    if (!label) {
      label = first("label", choice).cloneNode(true);
      first("input", label).value = id;
      label.htmlFor = first("input", label).id = `${into}-${id}`;
      first("b", label).textContent = name;
      choice.append(label);
    }
    first("input", label).checked = true;
  });

  // A client's usual service, clinician and place, as long as nobody chose others. Whose column was clicked, stays; who
  // books meanwhile waits for it (hx-sync).
  document.addEventListener("chosen", (event) => {
    const what = first("[data-usual]", event.target.closest("form") ?? document);
    if (!what || what.dataset.touched || !first("[data-chosen]", event.target)) return;
    const asked = new URLSearchParams({ client_id: event.detail.id });
    if (what.dataset.staff) asked.set("staff_id", what.dataset.staff);
    htmx.ajax("GET", `/agenda/new?${asked}`, { source: what, target: what, swap: "outerHTML", select: `#${what.id}` });
  });
  document.addEventListener("change", (event) => {
    const what = event.target.closest?.("[data-usual]");
    if (what) what.dataset.touched = "yes";
  });
  // What somebody chose while it was asked for, stays too.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    if ("usual" in target.dataset && target.dataset.touched) event.detail.shouldSwap = false;
  });

  // Nobody of that name: what was typed becomes the name of somebody new, where the form can add one.
  document.addEventListener("nobodychosen", (event) => {
    const form = event.target.closest("form");
    const added = first("[data-new-client]", form);
    if (!added) return;
    const words = event.detail.name.trim().split(/\s+/);
    const { adding, given_name, family_name, date_of_birth } = form.elements;
    added.open = adding.checked = true;
    given_name.value = words.slice(0, -1).join(" ") || words[0];
    family_name.value = words.length > 1 ? words.at(-1) : "";
    [given_name, family_name, date_of_birth].find((input) => !input.value).focus();
  });
}
