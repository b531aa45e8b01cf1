// Counts the seconds that are left, beside the time that the page gives in words. The server decides.
(() => {
  "use strict";

  for (const place of document.querySelectorAll("[data-countdown]")) {
    const until = performance.now() + Number(place.dataset.countdown) * 1000;
    const left = place.querySelector("[data-countdown-left]");
    const timer = setInterval(() => {
      const seconds = Math.max(0, Math.round((until - performance.now()) / 1000));
      left.textContent = place.dataset.words.replace("%", seconds);
      if (seconds === 0) {
        clearInterval(timer);
        place.textContent = place.dataset.over;
        place.setAttribute("role", "status");
      }
    }, 1000);
  }
})();
