/* The inbox by keyboard: walk the rows, act on the one that has focus, tick several. Deadlines count down, ticks
   survive a swap, and views one uses often are kept by this browser. Everything works without it. */
"use strict";

(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const here = () => document.activeElement?.closest("[data-row]");
  const enter = (row) => {
    row?.querySelector("[data-row-open]").focus();
    row?.scrollIntoView({ block: "nearest" });
  };
  const typing = (target) => target.closest("input:not([type=checkbox]), textarea, select");
  const walk = (by) => {
    const all = rows();
    const at = all.indexOf(here());
    enter(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const row = here();
    const arrows = row ? { ArrowDown: 1, ArrowUp: -1 } : {};
    const by = { j: 1, k: -1, ...arrows }[event.key];
    if (by && rows().length) { event.preventDefault(); walk(by); return; }
    if (!row) return;
    const tick = event.key === "x" && row.querySelector("[data-tick]");
    const button = row.querySelector(`[data-row-key="${CSS.escape(event.key)}"]`);
    if (tick || button) { event.preventDefault(); (tick || button).click(); }
  });
  /* After a step the page comes back at #open-<entry>: the browser itself focuses the row one acted on. */

  /* A step that is opened has the focus in its first field. */
  document.addEventListener("click", (event) => {
    const step = event.target.closest(".step > summary")?.parentElement;
    if (!step) return;
    /* Opened here and not by the browser afterwards, so that the next key is already in the field. */
    event.preventDefault();
    step.open = !step.open;
    if (step.open) (step.querySelector("[data-first]") || step).querySelector("select, input:not([type=hidden])")?.focus();
  });

  /* Several at once. What is ticked stays ticked when the list is swapped in again; an entry that is gone is not counted. */
  const ticks = () => [...document.querySelectorAll("[data-tick]")];
  const ticked = new Set();
  const counter = document.getElementById("ticked");
  const all = document.getElementById("tick-all");
  const update = () => {
    if (!counter) return;
    const boxes = ticks();
    for (const box of boxes) box.checked = ticked.has(box.value);
    const n = boxes.filter((box) => box.checked).length;
    const text = counter.dataset.text.replace("{n}", n);
    if (counter.textContent !== text) counter.textContent = text;
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  };
  document.addEventListener("change", (event) => {
    if (event.target === all) for (const box of ticks()) ticked[all.checked ? "add" : "delete"](box.value);
    else if (event.target.matches("[data-tick]")) ticked[event.target.checked ? "add" : "delete"](event.target.value);
    else return;
    update();
  });
  document.addEventListener("htmx:after:swap", update);
  /* A browser that goes back to the page restores the boxes as they were. */
  addEventListener("pageshow", () => { for (const box of ticks()) if (box.checked) ticked.add(box.value); update(); });
  if (all) all.closest("[data-with-script]").hidden = false;

  /* Deadlines in clock time count down between two messages of the server. */
  const ahead = Date.parse(document.documentElement.dataset.now) - Date.now();
  const span = (seconds) => {
    const minutes = Math.round(seconds / 60);
    if (minutes < 1) return "under 1 min.";
    if (minutes < 60) return `${minutes} min.`;
    if (minutes < 2880) return minutes % 60 ? `${Math.floor(minutes / 60)} t. ${minutes % 60} min.` : `${minutes / 60} t.`;
    return `${Math.round(minutes / 1440)} dage`;
  };
  const count = () => {
    for (const time of document.querySelectorAll("time[data-until]")) {
      const left = (Date.parse(time.dataset.until) - Date.now() - ahead) / 1000;
      const text = (left >= 0 ? time.dataset.text : time.dataset.late).replace("{time}", span(Math.abs(left)));
      if (time.textContent !== text) time.textContent = text;
      if (left < 0) time.closest(".clock").classList.add("overdue");
    }
  };
  setInterval(count, 1000);

  /* Views stored by this browser: they are named by their choices, so that no name of a person is in them. */
  const views = document.querySelector("[data-views]");
  if (!views) return;
  const place = `dsi-views-${views.dataset.views}`;
  const parts = new URLSearchParams(location.search);
  for (const name of ["cursor", "did", "reference"]) parts.delete(name);
  const wanted = [...parts].filter(([, value]) => value).map((part) => new URLSearchParams([part]).toString()).sort().join("&");
  const read = () => { try { return JSON.parse(localStorage.getItem(place)) || []; } catch { return []; } };
  const keep = (kept) => { localStorage.setItem(place, JSON.stringify(kept)); show(); };
  const words = () => [...document.querySelectorAll(".filter-form input:checked, .filter-form select")]
    .filter((one) => one.value)
    .map((one) => (one.matches("select") ? one.selectedOptions[0].textContent : document.querySelector(`label[for="${one.id}"]`).textContent))
    .join(", ");
  const show = () => {
    const kept = read();
    views.querySelector("ul").replaceChildren(...kept.map((view) => {
      const link = Object.assign(document.createElement("a"), { href: `?${view.query}`, textContent: view.name });
      const forget = Object.assign(document.createElement("button"), { type: "button", className: "link-like", textContent: "×" });
      forget.setAttribute("aria-label", views.dataset.forget.replace("{name}", view.name));
      forget.addEventListener("click", () => { keep(read().filter((one) => one.query !== view.query)); views.querySelector("a, button")?.focus(); });
      const item = document.createElement("li");
      item.append(link, " ", forget);
      return item;
    }));
    for (const one of views.querySelectorAll("h2, p")) one.hidden = !kept.length;
    views.hidden = !kept.length && !views.querySelector("[data-keep-view]");
  };
  views.querySelector("[data-keep-view]")?.addEventListener("click", () => {
    keep([...read().filter((view) => view.query !== wanted), { name: words(), query: wanted }].slice(-9));
  });
  show();
})();
