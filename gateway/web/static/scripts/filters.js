// Rows of a list that hold what is typed; what is typed stands in no address.
document.addEventListener("input", (event) => {
  const id = event.target.dataset?.filter;
  if (!id) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  let any = false;
  for (const row of document.getElementById(id).rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    any ||= !row.hidden;
  }
  document.getElementById(`${id}-none`).hidden = any;
});
