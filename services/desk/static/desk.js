/* What htmx does not do: keys, waits that count on, a notice when the connection is lost, and focus that stays.
   Everything works without it; it only makes the desk quicker. */
"use strict";

(() => {
  const notice = document.getElementById("notice");
  const notify = (text) => { notice.textContent = text; notice.hidden = !text; };

  /* Waits count on between two messages of the server: "12 min." from data-since, once a second under an hour. */
  const waited = (seconds) => {
    if (seconds < 3600) {
      const rest = String(Math.floor(seconds % 60)).padStart(2, "0");
      return `${Math.floor(seconds / 60)}:${rest} min.`;
    }
    const minutes = Math.round(seconds / 60);
    return minutes < 2880 ? `${Math.floor(minutes / 60)} t. ${minutes % 60} min.` : `${Math.round(minutes / 1440)} dage`;
  };
  /* The server's clock counts, not the machine's: each page says what it was when it was made. */
  const ahead = (() => {
    const made = document.documentElement.dataset.now;
    return made ? Date.parse(made) - Date.now() : 0;
  })();
  const count = () => {
    for (const time of document.querySelectorAll("time[data-since]")) {
      const text = waited(Math.max(0, (Date.now() + ahead - Date.parse(time.dataset.since)) / 1000));
      if (time.textContent !== text) time.textContent = text;
    }
  };
  setInterval(count, 1000);

  /* Keys: one letter, never while a field has the focus. `g` and a letter opens a page; data-key clicks or focuses. */
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  let going = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const wanted = going ? `[data-go="${CSS.escape(event.key)}"]` : `[data-key="${CSS.escape(event.key)}"]`;
    const was = going;
    going = !was && event.key === "g";
    if (going) { setTimeout(() => { going = false; }, 1500); return; }
    const found = [...document.querySelectorAll(wanted)].find((one) => one.offsetParent !== null && !one.disabled);
    if (!found) return;
    event.preventDefault();
    if (found.matches("input, textarea, select")) found.focus(); else found.click();
  });
  /* In a long form Enter must not send it half-written; Ctrl+Enter does what the main button does. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    if (event.ctrlKey) { document.querySelector("[data-ctrl-enter]:not(:disabled)")?.click(); return; }
    if (event.target.matches("form.contact input:not([type=submit])")) event.preventDefault();
  });

  /* A list that gets shorter while one types: every word must be found. Enter ticks the first, arrows walk. */
  const plain = (text) => text.toLocaleLowerCase("da").normalize("NFKD");
  const visible = (list) => [...list.children].filter((one) => !one.hidden);
  document.addEventListener("input", (event) => {
    const list = document.getElementById(event.target.dataset?.filters || "");
    if (!list) return;
    const words = plain(event.target.value).split(/\s+/).filter(Boolean);
    for (const one of list.children) {
      const has = plain(one.dataset.words);
      one.hidden = !words.every((word) => has.includes(word)) && !one.querySelector(":checked");
    }
    const counter = document.querySelector(`[data-filtered="${list.id}"]`);
    counter.textContent = counter.dataset.text.replace("{n}", visible(list).length);
  });
  document.addEventListener("keydown", (event) => {
    const list = document.getElementById(event.target.dataset?.filters || "");
    const inside = event.target.closest(".needs");
    if (list && event.key === "Enter") {
      const first = visible(list).map((one) => one.querySelector("input")).find((box) => !box.checked);
      if (!first) return;
      first.click();
      event.target.value = "";
      event.target.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (list && event.key === "ArrowDown") {
      event.preventDefault();
      visible(list)[0]?.querySelector("input").focus();
    } else if (inside && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const boxes = visible(inside).map((one) => one.querySelector("input"));
      const next = boxes.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
      (boxes[next] || document.querySelector(`[data-filters="${inside.id}"]`)).focus();
    }
  });

  /* A question leads to its field, opening the details around it. */
  const lead = (id) => {
    const field = document.getElementById(id);
    if (!field) return;
    field.closest("details")?.setAttribute("open", "");
    field.focus();
  };
  document.addEventListener("click", (event) => {
    const question = event.target.closest("[data-focuses]");
    if (!question) return;
    event.preventDefault();
    lead(question.dataset.focuses);
  });
  document.querySelector("[data-focus]")?.focus();

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  });

  /* A form is sent once, however often it is clicked. The server knows that too (Idempotency-Key). */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

  /* Focus stays where it was when htmx puts something new in its place; when that is gone, at what was around it. */
  let around = [];
  document.addEventListener("htmx:before:swap", () => {
    around = [];
    for (let one = document.activeElement; one && one !== document.body; one = one.parentElement) if (one.id) around.push(one.id);
  });
  document.addEventListener("htmx:after:swap", () => {
    if (around.length && document.activeElement === document.body) {
      const place = around.map((id) => document.getElementById(id)).find((one) => one && !one.disabled);
      if (place && place.tabIndex < 0) place.tabIndex = -1;
      place?.focus({ preventScroll: true });
    }
    count();
  });

  /* A row for a child that came or went is a change of the form: it is looked at again. */
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target;
    if (target?.id === "children") document.getElementById("contact")?.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* A lost connection is noticed on the page, and so is its return. */
  let lost = false;
  document.addEventListener("htmx:sse:error", () => { lost = true; notify(notice.dataset.lost); });
  const found = () => {
    if (!lost) return;
    lost = false;
    notify(notice.dataset.back);
    setTimeout(() => { if (!lost) notify(""); }, 4000);
  };
  document.addEventListener("htmx:sse:after:connection", found);
  document.addEventListener("htmx:after:request", (event) => { if (event.detail.ctx.response.status < 500) found(); });
  /* A form that is stored as one types is sent again by itself until the server answers. */
  document.addEventListener("htmx:error", (event) => {
    if (event.detail?.error?.name !== "TypeError") return;
    lost = true;
    notify(notice.dataset.lost);
    const form = event.detail.ctx?.sourceElement?.closest("form.contact");
    if (form) setTimeout(() => { if (lost) form.dispatchEvent(new Event("change", { bubbles: true })); }, 2000);
  });
  /* What went wrong with a part is put into the notice by the server; the next part that works removes it. */
  document.addEventListener("dsi:notice", () => { notice.hidden = false; });
  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail?.ctx?.target !== notice && notice.querySelector(".alert-error")) notify("");
  });

  /* Signed out or locked: noticed once, and when its owner has signed in again in another tab, the forms here get
     the new secret. Another person who signs in gets none of what was written here. */
  let out = Boolean(document.querySelector("[data-renews]"));
  const signedOut = () => { out = true; notify(notice.dataset.signedOut); };
  document.addEventListener("dsi:signed-out", signedOut);
  document.addEventListener("htmx:sse:error", (event) => { if (event.detail?.status === 401) signedOut(); });
  const renew = async () => {
    if (!out || document.hidden) return;
    const answer = await fetch("/sign-in/secret", { redirect: "error" }).catch(() => null);
    if (!answer?.ok) return;
    const now = await answer.json();
    const owner = document.querySelector("[data-person]").dataset.person;
    if (owner !== now.person) { notify(notice.dataset.somebodyElse); return; }
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = now.csrf;
    out = false;
    notify(notice.dataset.renewed);
    setTimeout(() => { if (!out) notify(""); }, 8000);
  };
  addEventListener("focus", renew);
  document.addEventListener("visibilitychange", renew);

  /* The page locks itself after a while without use; the server would refuse it anyway. */
  const idle = Number(document.body.dataset.idleSeconds || 0);
  if (idle) {
    let last = Date.now();
    for (const sign of ["keydown", "pointerdown", "scroll"]) addEventListener(sign, () => { last = Date.now(); }, { passive: true });
    setInterval(() => {
      if (Date.now() - last < idle * 1000) return;
      last = Date.now();
      document.dispatchEvent(new Event("dsi:locking"));
      document.querySelector("form[data-locks]")?.requestSubmit();
    }, 5000);
  }
})();
