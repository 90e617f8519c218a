// Chapter 7: Ornstein-Uhlenbeck noise, and the boat that nothing else pushes.
{
  const STEPS = 200;
  const B = 0.2; // how far the motor of Drift moves the boat

  // The process from zero on; there is a step for each kick.
  function process(theta, sigma, kicks) {
    let state = 0;
    return kicks.map((kick) => (state = (1 - theta) * state + sigma * kick));
  }

  // Where a boat at zero goes whose action is the noise, in still water.
  function push(noise) {
    const states = [0];
    for (const x of noise) states.push(states.at(-1) + B * Math.max(-1, Math.min(1, x)));
    return states;
  }

  const spread = (theta, sigma) => sigma / Math.sqrt(theta * (2 - theta));

  function draw(drawing, { theta, sigma }, seed) {
    const noise = process(theta, sigma, live.normals(STEPS, seed));
    const states = push(noise);
    const far = Math.max(...states.map(Math.abs));
    const limit = [3, 10, 40].find((one) => one >= far);
    const wide = spread(theta, sigma);
    const numbers = drawing.panel({
      height: 140,
      x: [0, STEPS],
      y: [-1.5, 1.5],
      title: "The noise; grey: its spread",
      xlabel: "step",
    });
    numbers.area(
      [
        [0, wide],
        [STEPS, wide],
        [STEPS, -wide],
        [0, -wide],
      ],
      "shade",
    );
    numbers.line(
      noise.map((x, t) => [t + 1, x]),
      "one thin",
    );
    const boat = drawing.panel({
      height: 140,
      x: [0, STEPS],
      y: [-limit, limit],
      title: "The boat that it pushes",
      xlabel: "step",
    });
    boat.line(
      states.map((state, t) => [t, state]),
      "two",
    );
    return (
      `The spread is ${live.number(wide)}, and a step keeps ${live.number(1 - theta)} of the ` +
      `noise. It pushes the boat as far as ${live.number(far, 1)} from zero.`
    );
  }

  live.noise = { process, push };
  live.figures.noise = {
    about: "Choose the friction and the kicks. When does the boat get far?",
    sliders: () => [
      {
        name: "theta",
        label: "friction θ",
        min: 0.01,
        max: 1,
        step: 0.01,
        value: 0.15,
      },
      {
        name: "sigma",
        label: "diffusion σ",
        min: 0,
        max: 0.6,
        step: 0.01,
        value: 0.2,
      },
    ],
    again: "Other kicks",
    draw,
  };
}
