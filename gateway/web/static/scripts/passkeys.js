// Passkeys: the browser makes one, or shows one. What it answers goes into the form's field and is sent as a form.
{
  const able = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);
  const buttons = "[data-passkey-show], [data-passkey-make]";

  function offer(root) {
    for (const part of every("[data-needs-passkeys]", root)) part.hidden = !able;
    for (const part of every("[data-needs-no-passkeys]", root)) part.hidden = able;
  }

  // The question is the same for everybody; its challenge is good for five minutes.
  async function question() {
    const headers = { "HX-Request": "true", "X-CSRF-Token": csrfMeta.content };
    const answer = await fetch("/sign-in/passkey-options", { method: "POST", headers });
    if (!answer.ok) throw new Error("no question");
    return PublicKeyCredential.parseRequestOptionsFromJSON((await answer.json()).public_key);
  }

  async function answerTo(button) {
    if (button.hasAttribute("data-passkey-show")) return navigator.credentials.get({ publicKey: await question() });
    const wanted = JSON.parse(button.dataset.passkeyMake);
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(wanted) });
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest(buttons);
    if (!button) return;
    event.preventDefault();
    button.disabled = true;
    try {
      const credential = await answerTo(button);
      first("[name=credential]", button.form).value = JSON.stringify(credential.toJSON());
      button.form.requestSubmit();
    } catch {
      say("The passkey was not used. Try again, or choose another way.");
    } finally {
      button.disabled = false;
    }
  });

  offer(document);
  document.addEventListener("htmx:afterSwap", () => offer(document));
}
