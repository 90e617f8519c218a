// Chapter 1: a boat on Drift under the policy −k s, and the gain that is best for a discount.
{
  const B = 0.2;
  const C = 2;
  const NOISE = 0.05;
  const STEPS = 100;
  const STARTS = [-1, -0.6, -0.2, 0.2, 0.6, 1];
  const GAINS = live.range(61).map((i) => i / 20);

  const clip = (action) => Math.max(-1, Math.min(1, action));

  // A flight under the policy −gain · s; there is a step for each current.
  function fly(start, gain, currents) {
    const states = [start];
    const rewards = [];
    for (const current of currents) {
      const state = states.at(-1);
      const action = clip(-gain * state);
      rewards.push(-(state ** 2 + C * action ** 2));
      states.push(state + B * action + current);
    }
    return { states, rewards };
  }

  const discountedReturn = (rewards, discount) =>
    rewards.reduceRight((later, reward) => reward + discount * later, 0);

  // The gain of the best policy: the positive root of the Riccati equation, as helpers.gym_api.
  function bestGain(discount) {
    const linear = C * (1 - discount) - discount * B ** 2;
    const curvature = (2 * C) / (linear + Math.sqrt(linear ** 2 + 4 * discount * B ** 2 * C));
    const next = discount * curvature;
    return (next * B) / (C + next * B ** 2);
  }

  function currents(count, seed) {
    const uniform = live.uniform(seed);
    return Array.from({ length: count }, () => NOISE * (2 * uniform() - 1));
  }

  const flights = (gain, seed) =>
    STARTS.map((start, i) => fly(start, gain, currents(STEPS, 100 * seed + i)));

  const meanReturn = (flown, discount) =>
    flown.reduce((sum, { rewards }) => sum + discountedReturn(rewards, discount), 0) / flown.length;

  function draw(drawing, { gain, discount }, seed) {
    const flown = flights(gain, seed);
    const boats = drawing.panel({
      height: 150,
      x: [0, STEPS],
      y: [-1.2, 1.2],
      title: "Six boats; grey: what a step counts",
      xlabel: "step",
    });
    const counts = live.range(STEPS + 1).map((t) => [t, -1.2 + 2.4 * discount ** t]);
    boats.area([[0, -1.2], ...counts, [STEPS, -1.2]], "shade");
    for (const { states } of flown) {
      boats.line(
        states.map((state, t) => [t, state]),
        "one thin",
      );
    }
    const curve = GAINS.map((k) => [k, meanReturn(flights(k, seed), discount)]);
    const mean = meanReturn(flown, discount);
    const best = bestGain(discount);
    const low = Math.min(...curve.map(([, value]) => value));
    const returns = drawing.panel({
      height: 150,
      x: [0, GAINS.at(-1)],
      y: [1.05 * low, 0],
      title: "Their mean return at each gain",
      xlabel: "gain k",
    });
    returns.upright(best, "two dashed");
    returns.note([best + 0.04, 0.95 * low], `best: ${live.number(best)}`);
    returns.line(curve, "one");
    returns.dot([gain, mean], "one full");
    return (
      `With the gain ${live.number(gain)} and the discount ${live.number(discount)}, the mean ` +
      `return is ${live.number(mean)}. The best gain for this discount is ${live.number(best)}.`
    );
  }

  live.drift = { fly, discountedReturn, bestGain, currents };
  live.figures.drift = {
    about: "Choose how hard the boat pushes back, and how much the future counts.",
    sliders: () => [
      { name: "gain", label: "gain k", min: 0, max: 3, step: 0.05, value: 1 },
      {
        name: "discount",
        label: "discount γ",
        min: 0,
        max: 0.98,
        step: 0.01,
        value: 0.95,
      },
    ],
    again: "Other currents",
    draw,
  };
}
