// Chapter 6: a target that follows its online weight, by soft updates.
{
  const UPDATES = 400;
  const WOBBLE = 0.08;

  // The target after each update. It begins where the online weight does.
  function follow(online, tau) {
    const path = [online[0]];
    for (const weight of online.slice(1)) path.push(tau * weight + (1 - tau) * path.at(-1));
    return path;
  }

  // A weight that is learned: it climbs early, turns round later, and wobbles all the time.
  function learned(seed) {
    const kicks = live.normals(UPDATES + 1, seed);
    let wobble = 0;
    return kicks.map((kick, update) => {
      wobble = 0.7 * wobble + WOBBLE * kick;
      const goal = update < 20 ? 0 : update < 220 ? 1 : 0.4;
      return goal + (update && wobble);
    });
  }

  const half = (tau) => (tau === 1 ? 1 : Math.ceil(Math.log(0.5) / Math.log(1 - tau) - 1e-9));

  function draw(drawing, { power }, seed) {
    const tau = 10 ** power;
    const online = learned(seed);
    const panel = drawing.panel({
      height: 230,
      x: [0, UPDATES],
      y: [-0.4, 1.5],
      title: "A weight, and its target behind it",
      xlabel: "update",
    });
    const points = (path) => path.map((value, update) => [update, value]);
    panel.line(points(online), "grey thin");
    panel.line(points(follow(online, tau)), "one");
    panel.note([UPDATES - 4, -0.3], "thin: online weight, thick: target", "", "end");
    const count = half(tau);
    return (
      `With τ = ${text(power)} the target goes half of the way in ${count} ` +
      `${count === 1 ? "update" : "updates"}.`
    );
  }

  const text = (power) => live.number(10 ** power, power < -1 ? 4 : 3);

  live.target = { follow };
  live.figures.target = {
    about: "Choose how fast the target follows: it should be calm, and not too late.",
    sliders: () => [{ name: "power", label: "τ", min: -3, max: 0, step: 0.05, value: -1.5, text }],
    again: "Another weight",
    draw,
  };
}
