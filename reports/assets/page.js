"use strict";
(() => {
  const root = document.documentElement, button = document.getElementById("theme");
  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  button.hidden = false;
  button.onclick = () => { root.dataset.theme = dark() ? "light" : "dark"; };
  const open = () => { const d = document.getElementById(decodeURIComponent(location.hash.slice(1))); let f = d; while (f) { f = f.closest("details:not([open])"); if (f) f.open = true; } if (d) d.scrollIntoView({ block: "center" }); };
  addEventListener("hashchange", open); open();
  addEventListener("beforeprint", () => document.querySelectorAll("details:not(.long)").forEach((d) => { d.open = true; }));
})();
