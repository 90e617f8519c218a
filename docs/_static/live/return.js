// Chapter 1: the return of one flight, falling apart into discounted rewards.
{
  const STEPS = 25;
  const GAIN = 0.25; // a gentle push, so that the rewards fade slowly

  const { rewards } = live.drift.fly(1, GAIN, live.drift.currents(STEPS, 7));
  const whole = live.drift.discountedReturn(rewards, 1);

  function draw(drawing, { discount, step }) {
    const counted = rewards.map((reward, t) => discount ** t * reward);
    const total = live.drift.discountedReturn(rewards, discount);
    const low = Math.min(...rewards);
    const bars = drawing.panel({
      height: 170,
      x: [-0.5, STEPS - 0.5],
      y: [1.1 * low, 0],
      title: "Each reward, and what is left of it",
      xlabel: "step t",
    });
    const bar = (t, reward, kind) => {
      const [left, right] = [t - 0.4, t + 0.4];
      bars.area(
        [
          [left, 0],
          [right, 0],
          [right, reward],
          [left, reward],
        ],
        kind,
      );
    };
    rewards.forEach((reward, t) => bar(t, reward, "frame"));
    counted.forEach((reward, t) => bar(t, reward, t === step ? "two full" : "one full"));
    const sum = drawing.panel({
      height: 40,
      x: [1.02 * whole, 0],
      y: [0, 1],
      scale: false,
      title: "All that is left, end to end",
      xlabel: "return",
    });
    let end = 0;
    counted.forEach((reward, t) => {
      const kind = t === step ? "two full" : t % 2 ? "one half" : "one full";
      sum.area(
        [
          [end, 0.15],
          [end + reward, 0.15],
          [end + reward, 0.85],
          [end, 0.85],
        ],
        kind,
      );
      end += reward;
    });
    return (
      `The reward of step ${step} is ${live.number(rewards[step])}. It counts ` +
      `${live.number(discount ** step, 3)} times, so it adds ${live.number(counted[step])} ` +
      `to a return of ${live.number(total)}.`
    );
  }

  live.figures.return = {
    about: "Choose the discount, and follow one reward into the return.",
    sliders: () => [
      {
        name: "discount",
        label: "discount γ",
        min: 0,
        max: 1,
        step: 0.01,
        value: 0.95,
      },
      {
        name: "step",
        label: "step t",
        min: 0,
        max: STEPS - 1,
        step: 1,
        value: 5,
        text: (t) => live.number(t, 0),
      },
    ],
    draw,
  };
}
