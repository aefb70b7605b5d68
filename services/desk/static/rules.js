/* The editor's line numbers follow what is written; a fault leads to its line. Without this the numbers are
   those of the page as it came, and the text grows no longer than it was. */
"use strict";

(() => {
  const text = document.getElementById("content");
  const gutter = document.getElementById("gutter");
  if (!text || !gutter) return;

  const number = () => {
    const lines = text.value.split("\n").length;
    text.rows = lines;
    while (gutter.childElementCount > lines) gutter.lastElementChild.remove();
    while (gutter.childElementCount < lines) {
      const one = document.createElement("span");
      one.textContent = gutter.childElementCount + 1;
      gutter.append(one);
    }
  };
  text.addEventListener("input", number);
  number();

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (!link) return;
    event.preventDefault();
    const line = Number(link.dataset.line);
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus({ preventScroll: true });
    text.setSelectionRange(start, start + (lines[line - 1] || "").length);
    gutter.children[Math.min(line, lines.length) - 1].scrollIntoView({ block: "center" });
  });

  /* What is not saved yet outlives the lock, a reload and a lost connection, in this tab only. Rules are about
     no person, so that it may be stored here. It is forgotten as soon as the server has the same. */
  const form = document.getElementById("edit");
  const key = `draft ${location.pathname}`;
  const kept = JSON.parse(sessionStorage.getItem(key) || "null");
  const back = document.getElementById("back");
  if (kept && form.dataset.fresh && kept.text !== text.value) {
    back.hidden = false;
    back.querySelector("[data-back=take]").addEventListener("click", () => {
      text.value = kept.text;
      form.elements.etag.value = kept.etag;
      back.hidden = true;
      number();
      text.focus();
    });
    back.querySelector("[data-back=drop]").addEventListener("click", () => {
      sessionStorage.removeItem(key);
      back.hidden = true;
      text.focus();
    });
  }
  text.addEventListener("input", () => {
    sessionStorage.setItem(key, JSON.stringify({ text: text.value, etag: form.elements.etag.value }));
  });
  if (kept && kept.text === text.value && form.dataset.fresh) sessionStorage.removeItem(key);
})();
