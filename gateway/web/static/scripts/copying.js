// Copying what is shown once.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  source.select?.();
  try {
    await navigator.clipboard.writeText(source.value ?? source.innerText);
    say("Copied.");
  } catch {
    say("Copying is not allowed here.");
  }
});
