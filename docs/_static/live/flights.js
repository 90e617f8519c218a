// Chapter 8: what the snapshots of one training fly, all from the same start.
{
  const SIZE = [10, 20 / 3]; // metres for one unit of the lander's x and y
  const VIEW = { x: [-10, 10], y: [-1.5, 12] };
  const LEGS = 0.6; // metres from the pad to the middle of a lander that stands on it
  const GHOST = 12; // moments between two poses along the way
  const SPEED = 2.5; // of the film, in times of the lander's own
  const HULL = "-14,-17 -17,0 -17,10 17,10 17,0 14,-17"; // as Gymnasium draws it, at 30 a metre
  const STAND = "M-14,10 L-22,18 M14,10 L22,18";

  const metres = (x, y) => [SIZE[0] * x, SIZE[1] * y];
  const thousands = (step) => step.toLocaleString("en");

  // A moment of a flight, `part` of the way from its first to its last.
  const momentOf = (flight, part) => Math.round(part * (flight.x.length - 1));

  function lander(panel, flight, i, kind) {
    const [x, y] = metres(flight.x[i], flight.y[i]);
    const place = `translate(${panel.across(x).toFixed(1)} ${panel.down(y + LEGS).toFixed(1)})`;
    const turn = `rotate(${((-flight.angle[i] * 180) / Math.PI).toFixed(1)})`;
    const transform = `${place} ${turn} scale(${(panel.width / 600).toFixed(3)})`;
    const part = (name, attributes, extra) => panel.add(name, { ...attributes, transform }, extra);
    if (kind !== "ghost") {
      if (flight.main[i]) part("polygon", { points: "-7,11 7,11 0,38" }, "flame");
      const side = -flight.side[i];
      if (side) {
        part("polygon", { points: `${17 * side},-8 ${17 * side},0 ${38 * side},-4` }, "flame");
      }
    }
    part("path", { d: STAND }, kind);
    part("polygon", { points: HULL }, kind);
  }

  function drawFlight(panel, moon, flight, now) {
    const ground = moon.x.map((x, i) => metres(x, moon.y[i]));
    panel.area([[-10, -9], ...ground, [10, -9]], "ground");
    panel.line(
      moon.pad.map((x) => metres(x, 0)),
      "two",
    );
    const way = flight.x.map((x, i) => metres(x, flight.y[i])).map(([x, y]) => [x, y + LEGS]);
    panel.line(way, "grey thin");
    panel.line(way.slice(0, now + 1), "one thin");
    for (let i = 0; i < now; i += GHOST) lander(panel, flight, i, "ghost");
    lander(panel, flight, now, "craft");
  }

  function draw(drawing, { snapshot, part }, seed, { seconds, moon, flights }) {
    const flight = flights[snapshot];
    const now = momentOf(flight, part);
    const tall = ((VIEW.y[1] - VIEW.y[0]) / (VIEW.x[1] - VIEW.x[0])) * drawing.width;
    const title = `After ${thousands(flight.step)} steps, ${live.number(now * seconds, 1)} s`;
    const sky = drawing.panel({ ...VIEW, height: Math.round(tall), title, axes: false });
    drawFlight(sky, moon, flight, now);
    const means = flights.map(({ step, mean }) => [step / 1000, mean]);
    const curve = drawing.panel({
      height: 130,
      x: [0, (1.03 * flights.at(-1).step) / 1000],
      y: [Math.min(-200, ...means.map(([, mean]) => 1.1 * mean)), 400],
      title: "The mean return of each snapshot",
      xlabel: "thousand steps",
    });
    curve.line(means, "one");
    means.forEach((point, i) => curve.dot(point, i === snapshot ? "two full" : "one full"));
    return (
      `After ${thousands(flight.step)} steps of training, the lander ${flight.end}: a return of ` +
      `${live.number(flight.return, 0)}. The mean over 20 other flights is ` +
      `${live.number(flight.mean, 0)}.`
    );
  }

  live.figures.flights = {
    about: "Move through the training: at each snapshot, it flies from the same start.",
    sliders: ({ flights }) => [
      {
        name: "snapshot",
        label: "training step",
        min: 0,
        max: flights.length - 1,
        step: 1,
        value: flights.length - 1,
        text: (i) => thousands(flights[i].step),
      },
      {
        name: "part",
        label: "moment",
        min: 0,
        max: 1,
        step: 0.005,
        value: 1,
        text: (part) => `${live.number(100 * part, 0)} %`,
      },
    ],
    plays: "part",
    seconds: ({ snapshot }, { seconds, flights }) =>
      (flights[snapshot].x.length * seconds) / SPEED,
    draw,
  };
}
