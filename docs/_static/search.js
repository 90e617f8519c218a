// A word of a query, and what it has in common with its stem: "memory" finds "memories".
function beginning(word) {
  const stem = new Stemmer().stemWord(word);
  let length = 0;
  while (length < word.length && word[length] === stem[length]) length += 1;
  return word.slice(0, Math.max(length, 3));
}

// The sections of a page that have the words, those with most of them first.
function places(page, words) {
  const found = [];
  for (const section of page.querySelectorAll("article section[id]")) {
    const own = section.cloneNode(true);
    for (const part of own.querySelectorAll("section, script, style, .live, .headerlink")) part.remove();
    const text = own.textContent.replace(/\s+/g, " ");
    const positions = words.map((word) => text.toLowerCase().indexOf(word)).filter((i) => i >= 0);
    if (positions.length) found.push({ section, text, positions });
  }
  return found.sort((a, b) => b.positions.length - a.positions.length);
}

// On the page of results, each leads to the places in a long page that have the words.
if (typeof Search !== "undefined") {
  Search.makeSearchSummary = (source) => {
    const page = new DOMParser().parseFromString(source, "text/html");
    const query = new URLSearchParams(location.search).get("q").toLowerCase();
    const words = splitQuery(query).filter((word) => !stopwords.has(word)).map(beginning);
    const list = document.createElement("ul");
    list.className = "places";
    for (const { section, text, positions } of places(page, words).slice(0, 3)) {
      const item = list.appendChild(document.createElement("li"));
      const link = item.appendChild(document.createElement("a"));
      link.href = `${page.body.dataset.page}#${section.id}`;
      const title = section.querySelector("h1, h2, h3, h4").cloneNode(true);
      title.querySelector(".headerlink")?.remove();
      link.textContent = title.textContent;
      const start = Math.max(0, positions[0] - 80);
      item.append(` ${start ? "… " : ""}${text.slice(start, positions[0] + 120).trim()} …`);
    }
    return list;
  };
}

// On the page itself, the words are marked, and the first of them is shown, out of its fold if
// there is none outside.
setTimeout(() => {
  const place = document.getElementById(location.hash.slice(1)) ?? document;
  const found = [...place.querySelectorAll("article .highlighted")];
  const shown = found.find((one) => !one.closest("details:not([open])")) ?? found[0];
  for (let fold = shown?.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
  shown?.scrollIntoView({ block: "center" });
}, 100); // Sphinx marks them a moment after its own script has run
