"use strict";

// A chapter whose end has been seen counts as read. The browser remembers it, and nobody else does.
{
  const KEY = "chapters read";
  const nameOf = (address) => address.match(/\d\d_\w+(?=\.html)/)?.[0];

  function remembered() {
    try {
      return new Set(JSON.parse(localStorage.getItem(KEY)));
    } catch {
      return new Set(); // it may be forbidden, or hold what others wrote
    }
  }

  // Strips and cards show what was read, and the front page's first button leads to what comes then.
  function show(read) {
    for (const link of document.querySelectorAll(".strip a, .chapters a")) {
      if (!read.has(nameOf(link.href)) || link.classList.contains("read")) continue;
      link.classList.add("read");
      if (link.ariaLabel) link.ariaLabel += ", read";
      else link.append(", read");
    }
    const cards = [...document.querySelectorAll(".chapters a")];
    const last = cards.findLastIndex((card) => card.matches(".read"));
    const start = document.querySelector(".ways a");
    const next = cards[last + 1];
    if (start && next && last >= 0) {
      start.href = next.href;
      start.textContent = `Go on with chapter ${Number(nameOf(next.href).slice(0, 2))}`;
    }
  }

  const chapter = document.querySelector(".strip [aria-current]");
  if (chapter) {
    new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      const read = remembered().add(nameOf(chapter.href));
      try {
        localStorage.setItem(KEY, JSON.stringify([...read]));
      } catch {
        // it is forbidden, so it lasts for this page
      }
      show(read);
    }).observe(document.querySelector(".prev-next-footer"));
  }
  show(remembered());
}
