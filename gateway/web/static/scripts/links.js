// Before sign-in: the token of a mailed link, which stands behind the # and so never left this browser, and the time zone.
{
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  const form = first("[data-needs-token]");
  if (token && form) {
    first("[name=token]", form).value = token;
    form.hidden = false;
    for (const other of every("[data-without-token]")) other.hidden = true;
    history.replaceState(null, "", location.pathname);
    first("input:not([type=hidden])", form)?.focus();
  }

  // Once the token is in the form, the part of the page that needs it asks.
  function tell() {
    const told = first("[data-told-by-token]");
    if (told && first("[data-needs-token] [name=token]").value) htmx.trigger(told, "known");
  }
  addEventListener("load", tell);
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id === "main") tell();
  });

  // A link that is opened where the page is already.
  addEventListener("hashchange", () => {
    if (location.hash.startsWith("#token=")) location.reload();
  });

  const zones = first("select[data-time-zone]");
  if (zones) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const known = zone && [...zones.options].some((option) => option.value === zone);
    if (zone?.includes("/") && !known) zones.add(new Option(zone.replaceAll("_", " "), zone));
    if (zone?.includes("/")) zones.value = zone;
  }
}
