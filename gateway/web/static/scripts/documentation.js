// The editor of a note: it saves itself, says in words how that stands, and loses nothing that was typed.
{
  const SAVE_AFTER_MS = 700;
  const TRY_AGAIN_MS = [2000, 5000, 15000];
  const KEEPALIVE_BYTES = 60_000; // browsers let no more than 64 kB outlive a page
  const JOIN = "\n\n";
  let editor = null;

  const shown = (control) => (control.type === "checkbox" ? control.checked && control.value : control.value);

  // What the server wrote into the page. Somebody may type before this script runs: that is not stored yet.
  function written(control) {
    if (control.type === "checkbox") return control.defaultChecked && control.value;
    if (!control.options) return control.defaultValue;
    return ([...control.options].find((option) => option.defaultSelected) ?? control.options[0]).value;
  }

  class Editor {
    constructor(form) {
      this.form = form;
      this.version = form.dataset.version;
      this.moved = false; // the appointment is another than what this page shows, and its signature says so
      this.base = this.values(written); // what is known to be stored
      this.refused = {}; // inputs that the server did not take, as they were
      this.failures = 0;
      this.sending = false;
      this.over = false; // nothing more can be saved: it was signed, or is somebody else's
      form.addEventListener("input", () => this.typed());
      form.addEventListener("change", () => this.typed());
      form.addEventListener("keydown", (event) => this.key(event));
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.save();
      });
      this.look();
      if (this.changed().length) this.typed(); // before this began
    }

    values(read = shown) {
      const found = {};
      for (const control of this.form.elements) {
        if (!control.name || control.name === "csrf" || control.name === "version") continue;
        if (control.type !== "checkbox") found[control.name] = read(control);
        else found[control.name] = [found[control.name], read(control)].filter(Boolean).join(",");
      }
      return found;
    }

    changed() {
      const now = this.values();
      return Object.keys(now).filter((name) => now[name] !== this.base[name] && now[name] !== this.refused[name]);
    }

    get clean() {
      return !this.sending && this.changed().length === 0 && !first(".both", this.form);
    }

    typed() {
      this.look();
      if (this.over) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), this.failures ? this.pause() : SAVE_AFTER_MS);
      if (this.changed().length && !this.failures) this.state("waits", "Saving…", "rotate-cw");
      this.wait();
    }

    pause() {
      return TRY_AGAIN_MS[Math.min(this.failures, TRY_AGAIN_MS.length) - 1];
    }

    body(names, more = {}) {
      const now = this.values();
      const body = new URLSearchParams({ version: this.version, ...more });
      for (const name of names) {
        body.append("changed", name);
        const several = first(`[type=checkbox][name="${name}"]`, this.form);
        for (const value of several ? now[name].split(",").filter(Boolean) : [now[name]]) body.append(name, value);
      }
      return body;
    }

    send(body, keepalive) {
      return post(this.form.dataset.note, body, keepalive);
    }

    async save(more = {}) {
      clearTimeout(this.timer);
      if (this.sending || this.over || first(".both", this.form)) return; // one at a time; what comes later goes next
      const names = this.changed();
      if (!names.length) return this.wait();
      const sent = this.values();
      const body = this.body(names, more);
      this.sending = true;
      this.underWay = sent;
      this.state("waits", "Saving…", "rotate-cw");
      this.wait();
      try {
        await this.answered(await this.send(body, body.toString().length < KEEPALIVE_BYTES), names, sent);
      } catch {
        this.failed("No connection. Text is safe here");
      }
      this.sending = false;
      this.wait();
    }

    async answered(answer, names, sent) {
      if (answer.status === 401) return this.signedOut();
      if (answer.status >= 500 || answer.status === 429) return this.failed("Not saved. Retrying");
      const json = answer.headers.get("Content-Type")?.includes("json");
      if (!json) return this.end(answer.status === 404 ? "Not saved. You cannot open this note now" : "Not saved");
      const told = await answer.json();
      this.failures = 0;
      if (answer.status === 412 && told.status !== "draft" && told.status !== "returned") {
        return this.end("Not saved. This note was signed or sent meanwhile");
      }
      if (answer.status === 412) return this.meet(told);
      if (answer.status === 409 || answer.status === 403) return this.end(`Not saved. ${told.detail}`);
      if (answer.status === 422) return this.mark(told, names, sent);
      for (const name of names) if (!(name in told.errors)) this.base[name] = sent[name];
      this.take(told.version);
      this.said = told.saved;
      this.mark(told, [], sent);
      if (told.stored) this.meet(told); // both texts were kept
      if (this.changed().length) this.timer = setTimeout(() => this.save(), SAVE_AFTER_MS);
    }

    // A signature names the version that its person has seen: what was typed here, on what is shown here.
    take(version) {
      this.version = version;
      if (!this.moved) for (const input of every("input[name=version]")) input.value = version;
    }

    // What cannot be taken is marked; all else is saved without it.
    mark(told, names, sent) {
      const fields = Object.keys(told.errors);
      const wrong = Object.keys(sent).filter((name) => fields.some((field) => field === name || field.startsWith(`${name}.`)));
      for (const control of this.form.elements) {
        if (!control.name || control.type === "hidden") continue;
        const by = (control.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== "save-state");
        if (wrong.includes(control.name)) {
          control.setAttribute("aria-invalid", "true");
          by.unshift("save-state"); // where it says why
        } else {
          control.removeAttribute("aria-invalid");
        }
        if (by.length) control.setAttribute("aria-describedby", by.join(" "));
        else control.removeAttribute("aria-describedby");
      }
      this.refused = Object.fromEntries(wrong.map((name) => [name, sent[name]]));
      if (wrong.length) this.state("bad", `Not saved: ${told.errors[fields[0]]}`, "circle-alert");
      else if (told.detail) this.end(`Not saved. ${told.detail}`);
      else this.state("", this.said, "check");
      if (wrong.length && names.length && this.changed().length) this.timer = setTimeout(() => this.save(), 0);
    }

    failed(words) {
      this.failures += 1;
      this.state("bad", navigator.onLine ? words : "No connection. Text is safe here", "wifi-off");
      this.timer = setTimeout(() => this.save(), this.pause());
    }

    end(words) {
      this.over = true;
      this.state("bad", words, "circle-alert");
    }

    signedOut() {
      this.state("bad", "Signed out. Sign in to save", "log-out");
      signInAgain();
    }

    // Another window saved first. What only it changed is taken over; what both changed is shown side by side.
    meet(told) {
      const now = this.values();
      const same = (one, other) => (one ?? "").trim() === (other ?? "").trim();
      if (told.booked !== undefined && String(told.booked) !== this.form.dataset.booked) this.moved = true;
      first("[data-moved]").hidden = !this.moved;
      this.take(told.version);
      for (const [name, theirs] of Object.entries(told.stored)) {
        const before = this.base[name];
        this.base[name] = theirs;
        if (same(theirs, now[name]) || same(theirs, before)) continue;
        if (told.saved || same(now[name], before)) this.put(name, theirs);
        else if (name.startsWith("content.")) this.showBoth(name, now[name], theirs);
      }
      this.look();
      if (first(".both", this.form)) this.state("bad", "Not saved. Another window changed this note", "triangle-alert");
      else this.timer = setTimeout(() => this.save(), 0);
      if (!this.changed().length && !first(".both", this.form)) this.state("", this.said ?? "Saved", "check");
    }

    put(name, value) {
      for (const control of this.form.elements) {
        if (control.name !== name) continue;
        if (control.type === "checkbox") control.checked = value.split(",").includes(control.value);
        else control.value = value;
      }
    }

    showBoth(name, mine, theirs) {
      const area = this.form.elements[name];
      const both = first("#both-template").content.cloneNode(true).firstElementChild;
      first("[data-title]", both).textContent = `${area.dataset.section}.`;
      first("[data-mine]", both).textContent = mine;
      first("[data-theirs]", both).textContent = theirs;
      both.dataset.name = name;
      both.addEventListener("click", (event) => {
        const chosen = event.target.closest("[data-keep]")?.dataset.keep;
        if (!chosen) return;
        area.value = this.chosen(chosen, area.value, theirs);
        both.remove();
        area.focus();
        this.typed();
        this.save();
      });
      first("[data-both]", this.form).append(both);
      first("[data-keep]", both).focus();
    }

    chosen(which, mine, theirs) {
      if (which === "both") return mine.includes(theirs.trim()) ? mine : `${theirs.trimEnd()}${JOIN}${mine}`;
      return which === "mine" ? mine : theirs;
    }

    // Somebody leaves at once: what is not saved yet outlives the page.
    leave() {
      for (const both of every(".both", this.form)) both.remove(); // the server keeps both
      const names = this.changed();
      if (this.over || !names.length) return;
      if (!this.sending) return this.save({ leaving: "on" });
      const now = this.values();
      if (names.every((name) => now[name] === this.underWay[name])) return; // the request that runs has it all
      const body = this.body(names, { leaving: "on" });
      this.send(body, body.toString().length < KEEPALIVE_BYTES).catch(() => null);
    }

    // Whether leaving would lose text: then the browser asks.
    get stuck() {
      const lost = this.changed().length > 0;
      return lost && (!navigator.onLine || this.over || this.failures > 0 || first("#sign-in-again").open);
    }

    state(kind, words, picture) {
      const state = first("[data-save-state]");
      state.dataset.kind = kind;
      first("span", state).textContent = words;
      const use = first("use", state);
      use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${picture}`));
    }

    // Signing and another format wait until what is seen is what is stored.
    wait() {
      for (const dialog of every("[data-when-saved]")) {
        const main = first("[type=submit]", dialog);
        const waited = main.disabled;
        main.disabled = !this.clean;
        first("[data-waits]", dialog).hidden = this.clean;
        if (waited && this.clean && dialog.contains(document.activeElement)) focusWithin(dialog);
      }
    }

    key(event) {
      const control = event.ctrlKey || event.metaKey;
      if (control && event.key === "Enter") {
        event.preventDefault();
        event.stopPropagation();
        first("[data-sign]").click();
      }
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!event.altKey || !step) return;
      const areas = every("textarea", this.form);
      const next = areas[areas.indexOf(event.target) + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    }

    // What is looked at before a signature, as far as it can be seen here.
    look() {
      const areas = every("textarea", this.form);
      if (!CSS.supports("field-sizing", "content")) {
        for (const area of areas) {
          area.style.height = "auto";
          area.style.height = `${area.scrollHeight}px`;
        }
      }
      const blank = areas.filter((area) => !area.value.trim());
      const names = blank.length === 1 ? `${blank[0].dataset.section} is still empty` : `${blank.length} of ${areas.length} are still empty`;
      this.check("sections", !blank.length, blank.length ? names : "Filled in", blank.length > 0, blank[0]?.id);
      const { least, most } = first(".checks").dataset;
      const minutes = Number(this.form.elements.minutes.value);
      const fits = minutes > 0 && minutes >= Number(least ?? 1) && minutes <= Number(most ?? 1440);
      const range = [least && `at least ${least}`, most && `at most ${most}`].filter(Boolean).join(", ");
      const words = minutes ? `${minutes} min${fits ? "" : `. The service takes ${range} min, so the invoice would wait`}` : "Say how many minutes it took";
      this.check("minutes", fits, words, !minutes);
      const open = every(".checks .no");
      const count = first("[data-checks-count]");
      count.textContent = `${every(".checks .yes").length} of ${every(".checks li").length}`;
      count.classList.toggle("ok", !open.length);
      const blocking = open.filter((one) => "blocks" in one.dataset);
      first("#sign").toggleAttribute("data-blocked", blocking.length > 0);
      const said = first("[data-open-checks]");
      said.hidden = !open.length;
      const counted = open.length === 1 ? "1 item is open." : `${open.length} items are open.`;
      first("b", said).textContent = blocking.length ? "Missing before you can sign." : counted;
      first("span", said).textContent = (blocking.length ? blocking : open).map((one) => `${first("b", one).textContent}: ${first("small", one).textContent}.`).join(" ");
    }

    check(key, done, words, blocks, place) {
      const line = first(`[data-check=${key}]`);
      if (!line) return;
      line.className = done ? "yes" : "no";
      line.toggleAttribute("data-blocks", blocks);
      first("small", line).textContent = words;
      const use = first("use", line);
      use.setAttribute("href", use.getAttribute("href").replace(/#.*/, done ? "#circle-check" : "#circle-dashed"));
      const fix = first("a.button", line);
      if (fix) fix.hidden = done;
      if (fix && place) fix.setAttribute("href", `#${place}`);
    }
  }

  function begin() {
    const form = first("#note-form");
    if (form && editor?.form !== form) editor = new Editor(form);
    if (!form) editor = null;
  }

  document.addEventListener("htmx:afterSwap", begin);
  document.addEventListener("signedInAgain", () => editor?.save());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && editor?.leave());
  addEventListener("pagehide", () => editor?.leave());
  addEventListener("online", () => editor?.save());
  addEventListener("offline", () => editor?.changed().length && editor.failed("No connection. Text is safe here"));
  addEventListener("beforeunload", (event) => {
    if (editor?.stuck) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (editor && event.target.closest("[data-sign]")) editor.save();
    if (!editor || !event.target.closest("[data-to-missing]")) return;
    // The dialog has closed by now and given the focus back; it goes on to the first thing that is missing.
    const fix = first("[data-blocks] .button");
    const place = fix?.hash && first(fix.hash);
    (place || fix || first("#before")).scrollIntoView({ block: "center" });
    (place || fix)?.focus();
  });
  document.addEventListener("keydown", async (event) => {
    if (!editor || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    await editor.save();
    if (editor.clean && !editor.over) say("Saved.");
  });
  begin();
}
