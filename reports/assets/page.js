"use strict";
(() => {
  const root = document.documentElement, button = document.getElementById("theme");
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  button.hidden = false;
  button.onclick = () => { root.dataset.theme = dark() ? "light" : "dark"; };
  const open = () => { const d = document.getElementById(location.hash.slice(1)); const f = d && d.closest("details"); if (f) { f.open = true; d.scrollIntoView(); } };
  addEventListener("hashchange", open); open();
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
})();
