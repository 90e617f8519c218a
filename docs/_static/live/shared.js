// What the live figures share: sliders, panels with axes, and chance that repeats itself.
//
// A figure is an object in `live.figures`, by the name that its place in the page has:
//   about    a sentence that says what to do
//   sliders  a function of the data in the page, which returns for each slider its name, label, min,
//            max, step, value, and text(value), how a value reads; two digits without it
//   again    what a button says that draws other numbers, where there is one
//   plays    the slider that a button moves by itself, and seconds(values, data) for the way
//   draw     a function of (drawing, values, seed, data), which returns the finding as a sentence
// Values are called as their sliders are.
const live = { figures: {}, WIDTH: 560 }; // pixels of a picture in a page without a script

// Uniform numbers in [0, 1), the same for the same seed: mulberry32.
live.uniform = (seed) => {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
};

// `count` normal numbers with mean 0 and variance 1: Box and Muller's way.
live.normals = (count, seed) => {
  const uniform = live.uniform(seed);
  return Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
};

// A number as the course writes it, with a minus that isn't a hyphen.
live.number = (value, digits = 2) => {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
};

live.range = (count, first = 0) => Array.from({ length: count }, (_, i) => first + i);

{
  const GAP = { left: 52, right: 14, top: 32, bottom: 40 }; // around a panel, for its letters
  const NARROWEST = 280;
  const SPACE = "http://www.w3.org/2000/svg";

  const rounded = (value) => Math.round(value * 10) / 10;

  function element(name, attributes = {}, text) {
    const made = document.createElementNS(SPACE, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // Round numbers between two ends, about `count` of them.
  function ticks([low, high], count) {
    const rough = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough);
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return live
      .range(last - first + 1, first)
      .map((number) => [number * step, live.number(number * step, digits)]);
  }

  // A part of the picture with its own scales. What lies outside of them isn't drawn.
  class Panel {
    constructor(drawing, { height, x, y, title, xlabel, axes = true, scale = true }) {
      this.x = x;
      this.y = y;
      this.left = axes ? GAP.left : 0;
      this.top = drawing.height + GAP.top;
      this.width = drawing.width - this.left - (axes ? GAP.right : 0);
      this.height = height;
      const { left, top, width } = this;
      const bottom = top + height;
      drawing.add("text", { x: 0, y: top - 14, class: "title" }, title);
      if (axes) {
        for (const [value, text] of ticks(x, width / 80)) {
          const place = rounded(left + this.across(value));
          drawing.add("text", { x: place, y: bottom + 18, "text-anchor": "middle" }, text);
        }
        for (const [value, text] of scale ? ticks(y, height / 36) : []) {
          const place = rounded(top + this.down(value));
          drawing.add("line", { x1: left, x2: left + width, y1: place, y2: place, class: "grid" });
          drawing.add("text", { x: left - 8, y: place + 4, "text-anchor": "end" }, text);
        }
        drawing.add("text", { x: left + width, y: bottom + 35, "text-anchor": "end" }, xlabel);
      }
      this.inside = drawing.add("svg", { x: left, y: top, width, height });
      drawing.height = bottom + (axes ? GAP.bottom : 6);
    }

    across(x) {
      return ((x - this.x[0]) / (this.x[1] - this.x[0])) * this.width;
    }

    down(y) {
      return ((this.y[1] - y) / (this.y[1] - this.y[0])) * this.height;
    }

    add(name, attributes, kind) {
      this.inside.append(element(name, { ...attributes, class: kind }));
    }

    places(points) {
      return points
        .map(([x, y]) => `${rounded(this.across(x))},${rounded(this.down(y))}`)
        .join(" ");
    }

    line(points, kind) {
      this.add("polyline", { points: this.places(points) }, kind);
    }

    area(points, kind) {
      this.add("polygon", { points: this.places(points) }, kind);
    }

    dot([x, y], kind, r = 5) {
      this.add("circle", { cx: rounded(this.across(x)), cy: rounded(this.down(y)), r }, kind);
    }

    upright(x, kind) {
      this.line(
        this.y.map((y) => [x, y]),
        kind,
      );
    }

    note([x, y], text, kind = "", anchor = "start") {
      const place = { x: rounded(this.across(x)), y: rounded(this.down(y)), "text-anchor": anchor };
      this.inside.append(element("text", { ...place, class: kind }, text));
    }
  }

  // A picture of panels, one below the other.
  class Drawing {
    constructor(width) {
      this.width = width;
      this.height = 0;
      this.svg = element("svg", { role: "img" });
    }

    add(name, attributes, text) {
      const made = element(name, attributes, text);
      this.svg.append(made);
      return made;
    }

    panel(settings) {
      return new Panel(this, settings);
    }

    finish() {
      const { width, height } = this;
      const titles = [...this.svg.querySelectorAll(".title")].map((title) => title.textContent);
      this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      this.svg.setAttribute("width", width);
      this.svg.setAttribute("height", height);
      this.svg.setAttribute("aria-label", titles.join(". "));
      return this.svg;
    }
  }

  // The picture of a figure, with the values that its sliders have.
  function picture(figure, width, values, seed, data) {
    const drawing = new Drawing(width);
    const finding = figure.draw(drawing, values, seed, data);
    return { svg: drawing.finish(), finding };
  }

  const firstValues = (sliders) =>
    Object.fromEntries(sliders.map(({ name, value }) => [name, value]));

  // What a page has of a figure before, or without, this script.
  live.still = (name, data) => {
    const figure = live.figures[name];
    const values = firstValues(figure.sliders(data));
    const { svg, finding } = picture(figure, live.WIDTH, values, 1, data);
    return `<p>${finding}</p>\n${svg.outerHTML}\n`;
  };

  function addSlider(controls, { name, label, text = (v) => live.number(v), ...range }, values, redraw) {
    const row = controls.appendChild(document.createElement("label"));
    const words = row.appendChild(document.createElement("span"));
    words.textContent = label;
    const input = row.appendChild(document.createElement("input"));
    Object.assign(input, { type: "range", name, ...range });
    const output = row.appendChild(document.createElement("output"));
    const say = () => {
      output.textContent = text(values[name], values);
      input.setAttribute("aria-valuetext", output.textContent);
    };
    input.addEventListener("input", () => {
      values[name] = Number(input.value);
      redraw();
    });
    return { input, say };
  }

  function addButton(controls, text, action) {
    const button = controls.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", action);
    return button;
  }

  // Bring a place in the page to life: its picture is drawn anew, with sliders below it.
  function begin(place) {
    const figure = live.figures[place.dataset.live];
    const data = JSON.parse(place.querySelector("script")?.textContent ?? "null");
    const settings = figure.sliders(data);
    const values = firstValues(settings);
    const sentence = place.querySelector("p");
    let seed = 1;
    let width = live.WIDTH;

    function redraw() {
      const { svg, finding } = picture(figure, width, values, seed, data);
      place.querySelector("svg").replaceWith(svg);
      sentence.textContent = finding;
      for (const { say } of Object.values(sliders)) say();
    }

    const controls = document.createElement("div");
    controls.className = "controls";
    const sliders = Object.fromEntries(
      settings.map((one) => [one.name, addSlider(controls, one, values, redraw)]),
    );
    if (figure.again) {
      addButton(controls, figure.again, () => {
        seed += 1;
        redraw();
      });
    }
    if (figure.plays && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      const { input } = sliders[figure.plays];
      addButton(controls, "Play", () => play(input, figure.seconds(values, data)));
    }
    const caption = document.createElement("figcaption");
    caption.textContent = figure.about;
    place.prepend(caption);
    place.append(controls);
    sentence.setAttribute("aria-live", "polite");
    new ResizeObserver(([{ contentRect }]) => {
      const wanted = Math.round(Math.max(NARROWEST, contentRect.width));
      if (wanted !== width) {
        width = wanted;
        redraw();
      }
    }).observe(place);
    redraw();
  }

  // Move a slider from its one end to the other within some seconds; a touch of it ends that.
  function play(input, seconds) {
    const [low, high] = [Number(input.min), Number(input.max)];
    let started = null;
    let set = null;
    function move(now) {
      started ??= now;
      if (set !== null && input.value !== set) return; // the reader has taken over
      const part = Math.min(1, (now - started) / 1000 / seconds);
      input.value = low + part * (high - low);
      set = input.value;
      input.dispatchEvent(new Event("input"));
      if (part < 1) requestAnimationFrame(move);
    }
    requestAnimationFrame(move);
  }

  addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll(".live")) begin(place);
  });
}
