/* A screen that nobody touches looks after itself: it says when it hears nothing, and starts afresh when it
   has been deaf for long. htmx connects again by itself; this is for what htmx cannot know of, such as a new
   version of the page. */
"use strict";

(() => {
  const lost = document.getElementById("lost");
  /* The clock on the screen changes each minute, so silence of this length is a fault. */
  const DEAF_MS = 150_000;
  /* What stands there now is sent at once to whoever connects, so the first word comes soon or not at all. */
  const FIRST_WORD_MS = 15_000;
  const RETRY_MS = 5_000;
  let heard = Date.now();
  let patience = FIRST_WORD_MS;
  const tell = (is) => {
    lost.hidden = !is;
    lost.textContent = is ? document.body.dataset.lost : "";
  };
  document.addEventListener("htmx:after:swap", () => { heard = Date.now(); patience = DEAF_MS; tell(false); });
  document.addEventListener("htmx:sse:error", () => tell(true));
  setInterval(async () => {
    if (Date.now() - heard < patience) return;
    tell(true);
    try {
      /* Only a page that is there takes the place of this one: a browser's own error page would stay for ever. */
      if ((await fetch(location.href, { cache: "no-store" })).ok) location.reload();
    } catch { /* Still away: the notice stands, and we ask again. */ }
  }, RETRY_MS);
})();
