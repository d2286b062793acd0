"use strict";
for (const filter of document.querySelectorAll(".filter")) {
  const changes = filter.parentElement.querySelectorAll(".change");
  filter.hidden = false;
  filter.addEventListener("change", (event) => {
    const wanted = event.target.value;
    for (const change of changes) {
      change.hidden = wanted !== "all" && change.dataset.state !== wanted;
    }
  });
}
function unfold() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (!target) return;
  for (let one = target; one; one = one.parentElement) {
    one.hidden = false;
    if (one.tagName === "DETAILS") one.open = true;
  }
  target.scrollIntoView();
}
addEventListener("hashchange", unfold);
unfold();
let folded = [];
addEventListener("beforeprint", () => {
  folded = [...document.querySelectorAll("details:not([open])")];
  for (const one of folded) one.open = true;
});
addEventListener("afterprint", () => {
  for (const one of folded) one.open = false;
});
