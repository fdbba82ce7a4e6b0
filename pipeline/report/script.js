"use strict";
// The page is whole without this script: it adds copy buttons, opens every source for print and a folded part on a link
// into it, closes one on Escape, and lets the arrow keys scroll a list that is longer than its box.
for (const line of document.querySelectorAll(".line")) {
  const code = line.querySelector("code");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  line.append(button);
}
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("details:not([open], .aside, .box, .forest-data)")];
  for (const details of opened) details.open = true;
});
addEventListener("afterprint", () => {
  for (const details of opened) details.open = false;
});
const unfold = (anchor) => {
  let part = document.getElementById(anchor);
  for (; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
};
addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link) unfold(link.getAttribute("href").slice(1));
});
unfold(location.hash.slice(1));
addEventListener("keydown", (event) => {
  const part = event.key === "Escape" && event.target.closest("details[open]");
  if (!part) return;
  part.open = false;
  part.querySelector("summary").focus();
});
for (const list of document.querySelectorAll(".box ul")) {
  list.parentElement.addEventListener("toggle", () => {
    if (list.scrollHeight > list.clientHeight && !list.querySelector("a")) list.tabIndex = 0;
  });
}
