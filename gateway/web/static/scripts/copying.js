// Copying what is shown once.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  source.select();
  try {
    await navigator.clipboard.writeText(source.value);
    say("Copied.");
  } catch {
    say("It is selected. Copy it with Ctrl C.");
  }
});
