"use strict";

// A link to a term, a symbol or a paper shows what it means while the pointer or the focus is on it.
// The preview stays while the pointer is on it, too, and Escape ends it.
{
  const PATIENCE = 250; // milliseconds for the pointer's way, to a link and from it to its preview

  const previews = document.getElementById("previews");
  const box = document.createElement("div");
  box.id = "preview";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  let link = null;
  let waiting = 0;

  function hide() {
    clearTimeout(waiting);
    link?.removeAttribute("aria-describedby");
    link = null;
    box.hidden = true;
  }

  function show(wanted) {
    clearTimeout(waiting);
    if (wanted === link) return;
    const found = previews.content.querySelector(
      `[data-for="${CSS.escape(wanted.getAttribute("href"))}"]`,
    );
    if (!found) return;
    hide();
    link = wanted;
    link.setAttribute("aria-describedby", box.id);
    box.replaceChildren(...found.cloneNode(true).childNodes);
    box.hidden = false;
    place(link.getClientRects()[0]);
  }

  // Below the link, or above it where there is no room, and inside of the page.
  function place(around) {
    const { width, height } = box.getBoundingClientRect();
    const room = document.documentElement.clientWidth - width - 8;
    const below = around.bottom + height + 8 < innerHeight;
    box.style.left = `${scrollX + Math.max(8, Math.min(around.left, room))}px`;
    box.style.top = `${scrollY + (below ? around.bottom : around.top - height)}px`;
  }

  function later(action) {
    clearTimeout(waiting);
    waiting = setTimeout(action, PATIENCE);
  }

  if (previews) {
    document.body.append(box);
    for (const one of document.querySelectorAll("a.preview")) {
      one.addEventListener("focus", () => one.matches(":focus-visible") && show(one));
      one.addEventListener("blur", hide);
      one.addEventListener("pointerenter", ({ pointerType }) => {
        if (pointerType === "mouse") later(() => show(one));
      });
      one.addEventListener("pointerleave", () => later(hide));
    }
    box.addEventListener("pointerenter", () => clearTimeout(waiting));
    box.addEventListener("pointerleave", () => later(hide));
    addEventListener("keydown", ({ key }) => key === "Escape" && hide());
  }
}
