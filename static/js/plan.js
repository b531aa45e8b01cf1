// Dragging an item of the plan into another term does what its buttons do: it sends the same form.
(() => {
  "use strict";

  let dragged = null;

  for (const item of document.querySelectorAll("[data-plan-item]")) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      dragged = item;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", item.dataset.planItem);
    });
    item.addEventListener("dragend", () => {
      dragged = null;
    });
  }

  for (const term of document.querySelectorAll("[data-plan-term]")) {
    const mark = (on) => term.classList.toggle("plan__term--over-it", on);
    term.addEventListener("dragover", (event) => {
      if (!dragged || term.contains(dragged)) return;
      event.preventDefault();
      mark(true);
    });
    term.addEventListener("dragleave", () => mark(false));
    term.addEventListener("drop", (event) => {
      mark(false);
      const form = document.getElementById("plan-move");
      if (!dragged || !form || term.contains(dragged)) return;
      event.preventDefault();
      form.elements.namedItem("item").value = dragged.dataset.planItem;
      form.elements.namedItem("term").value = term.dataset.planTerm;
      form.submit();
    });
  }
})();
