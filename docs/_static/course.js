// Films begin when they are seen, but not for a reader who asked for less motion.
const still = matchMedia("(prefers-reduced-motion: reduce)");
const watch = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting && !still.matches) {
        watch.unobserve(target); // once: a reader who paused it wants it paused
        target.play().catch(() => {});
      }
    }
  },
  { threshold: 0.5 },
);
for (const film of document.querySelectorAll("video[loop]")) watch.observe(film);

// A formula that is wider than the page can be reached, and moved, with the keyboard.
const measure = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const formula of document.querySelectorAll(".formula")) measure.observe(formula);

// A figure opens at its full size, where it can be moved about; without this, its link does.
const zoom = document.createElement("dialog");
zoom.className = "zoom";
zoom.innerHTML = '<button type="button">Close</button><div tabindex="0"></div>';
document.body.append(zoom);
zoom.addEventListener("click", () => zoom.close());
addEventListener("click", (event) => {
  const figure = event.target.closest("a.figure");
  if (!figure || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const picture = figure.querySelector("img").cloneNode();
  picture.removeAttribute("loading");
  zoom.setAttribute("aria-label", picture.alt);
  zoom.querySelector("div").replaceChildren(picture);
  zoom.showModal();
});
