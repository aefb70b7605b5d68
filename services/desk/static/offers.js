/* A chosen file is read into the text field, so that it is seen, and sent as any form is. */
"use strict";

(() => {
  for (const group of document.querySelectorAll("[data-file]")) group.hidden = false;
  document.addEventListener("change", async (event) => {
    const text = document.getElementById(event.target.dataset?.into || "");
    if (text && event.target.files[0]) text.value = await event.target.files[0].text();
  });
})();
