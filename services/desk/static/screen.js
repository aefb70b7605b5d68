/* A screen on a wall has no user: it says when it receives nothing, and loads its page again after a while
   without. htmx connects again by itself; this is for what htmx cannot notice, such as a new version of the
   page. */
"use strict";

(() => {
  const lost = document.getElementById("lost");
  /* The clock on the screen changes each minute, so silence of this length is a fault. */
  const SILENCE_MS = 150_000;
  /* The current state is sent at each connection, so the first message comes soon or not at all. */
  const FIRST_MESSAGE_MS = 15_000;
  const RETRY_MS = 5_000;
  let received = Date.now();
  let patience = FIRST_MESSAGE_MS;
  const notify = (is) => {
    lost.hidden = !is;
    lost.textContent = is ? document.body.dataset.lost : "";
  };
  document.addEventListener("htmx:after:swap", () => { received = Date.now(); patience = SILENCE_MS; notify(false); });
  document.addEventListener("htmx:sse:error", () => notify(true));
  setInterval(async () => {
    if (Date.now() - received < patience) return;
    notify(true);
    try {
      /* Reload only when the page answers: a browser's own error page would stay for ever. */
      if ((await fetch(location.href, { cache: "no-store" })).ok) location.reload();
    } catch { /* Still away: the notice stays, and the next interval tries again. */ }
  }, RETRY_MS);
})();
