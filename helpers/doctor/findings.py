"""The findings that the doctor knows: one table, gravest first in each half.

Chapter 9's checklist is printed from it, and so is every finding: an examination or a diagnosis
puts what it saw, with numbers, in place of the table's general words.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from textwrap import fill


@dataclass(frozen=True)
class Finding:
    """Something that keeps an agent from learning, or may."""

    name: str  # short, and the same for ever
    seen: str  # a sentence; in ``FINDINGS`` what to look for, else what was there, with numbers
    why: str  # it matters
    remedy: str  # what to do, with the wrapper or the setting
    chapter: int  # the one that explains it

    def __str__(self) -> str:
        """A short paragraph."""
        text = f"{self.name.capitalize()}: {self.seen} {self.why} {self.remedy}"
        return f"{text} (Chapter {self.chapter})"


# What an examination finds, before training.
BEFORE = (
    Finding(
        "no environment",
        "The object isn't one environment of Gymnasium.",
        "The agent asks one gymnasium.Env for its spaces, its resets and its steps.",
        "Derive your class from gymnasium.Env. Of several environments, hand over a single one.",
        1,
    ),
    Finding(
        "old interface",
        "reset or step answers in another form than Gymnasium's.",
        "Code of the old gym can't tell a time limit from an end.",
        "Let reset(seed=None, options=None) return (observation, info), and step return "
        "(observation, reward, terminated, truncated, info).",
        1,
    ),
    Finding(
        "stops with an error",
        "The environment itself stops with an error.",
        "Training would stop there as well.",
        "Mend the line that the error names. Does the error come only after the end of an episode? "
        "Then the environment was stepped without a reset.",
        1,
    ),
    Finding(
        "discrete actions",
        "The actions are choices and not numbers.",
        "DDPG climbs the slope of Q along the action, and between two choices there is no slope.",
        "For a few choices take chapter 3's DQN. Or give the agent a Box, and turn its numbers "
        "into choices with gymnasium.wrappers.TransformAction.",
        3,
    ),
    Finding(
        "actions in parts",
        "The action space isn't one flat Box.",
        "The actor's last layer is one row of numbers.",
        "Give the agent one flat Box, and put its numbers where they belong with "
        "gymnasium.wrappers.TransformAction.",
        5,
    ),
    Finding(
        "integer actions",
        "The action space is a Box of integers.",
        "The actor answers with real numbers, and what lies between two integers is lost.",
        "Give the agent a Box of floats, and round on the way: gymnasium.wrappers.TransformAction("
        "env, lambda action: np.round(action).astype(int), box).",
        5,
    ),
    Finding(
        "actions without bounds",
        "An action has an infinite bound.",
        "The actor stretches a tanh onto the bounds, and noise comes in half of their range.",
        "Choose bounds that you would really use: gymnasium.wrappers.TransformAction(env, "
        "lambda action: action, gymnasium.spaces.Box(-2, 2, (1,))).",
        5,
    ),
    Finding(
        "equal bounds",
        "An action's lowest and highest value are the same.",
        "In half of a range of zero, neither an action nor noise can be measured.",
        "Leave the action out of action_space, and let step put in its value.",
        5,
    ),
    Finding(
        "observations in parts",
        "The observation space isn't one flat Box.",
        "The networks begin with one row of numbers.",
        "gymnasium.wrappers.FlattenObservation(env) makes a row of them.",
        1,
    ),
    Finding(
        "images",
        "The observations are pictures.",
        "Dense layers don't know which pixel lies beside which.",
        "Let the environment show the positions and speeds that you would read off the picture. "
        "If it can't, take a library's agent with a convolutional network.",
        9,
    ),
    Finding(
        "wrong observation",
        "An observation has another shape or type than its space says, or lies outside of it.",
        "The networks are built for what the space says, and a wrapper that scales trusts it.",
        "Mend observation_space, or what reset and step return.",
        1,
    ),
    Finding(
        "not finite",
        "An observation or a reward is infinite or not a number.",
        "A single one of them would spoil all weights, so training stops there.",
        "Look for a division by zero, a logarithm, or a simulation that blew up.",
        8,
    ),
    Finding(
        "reward isn't a number",
        "The reward is an array, or nothing at all.",
        "The memory keeps one number for each step.",
        "Return float(reward). If yours is an array of one number, return float(reward[0]).",
        1,
    ),
    Finding(
        "unclear end",
        "terminated or truncated is neither true nor false.",
        "The memory must know whether anything follows.",
        "Return bool(terminated) and bool(truncated).",
        2,
    ),
    Finding(
        "never ends",
        "No episode ends.",
        "An evaluation waits for the end of an episode.",
        "gymnasium.wrappers.TimeLimit(env, 1_000) ends each after that many steps: choose a number "
        "in which the task can be done twice.",
        1,
    ),
    Finding(
        "no action matters",
        "The lowest and the highest actions lead to the same answers.",
        "The critic's slope along the action is zero, so the actor has nowhere to go.",
        "Look for where step loses the action on its way.",
        5,
    ),
    Finding(
        "rewards ignore the actions",
        "The observations depend on the actions, and the rewards don't.",
        "Then every policy is as good as any other.",
        "Compute the reward from the state that the action led to, or from the action.",
        1,
    ),
    Finding(
        "reward always the same",
        "Every reward is the same number, and no episode terminates.",
        "Then every policy is as good as any other, as far as the memory knows.",
        "Let the reward say which states or actions are better. If it comes only at a goal, pay "
        "for progress: add the gain of a score that rises on the way.",
        9,
    ),
    Finding(
        "rare rewards",
        "Hardly any step has another reward than the usual one.",
        "What the memory never holds can't be learned.",
        "Pay for progress: add the gain of a score that rises on the way, such as minus the "
        "distance. Or let some episodes begin close to the goal.",
        9,
    ),
    Finding(
        "reward far from zero",
        "The rewards differ little beside their mean, and no episode terminates.",
        "The critic must first learn the constant, and hears the differences only after that.",
        "Subtract the mean: gymnasium.wrappers.TransformReward(env, lambda reward: reward - mean).",
        4,
    ),
    Finding(
        "time limit as terminated",
        "Many episodes terminate after the same number of steps, and none lasts longer.",
        "Terminated says that nothing follows, so the last states count as worth nothing.",
        "Return terminated=False, and let gymnasium.wrappers.TimeLimit end the episode, which "
        "says truncated. If the task really ends then, put the time into the state: "
        "gymnasium.wrappers.TimeAwareObservation(env).",
        3,
    ),
    Finding(
        "one-step episodes",
        "Episodes are truncated after their first step.",
        "The critic adds the value of a next state from which nothing was ever tried.",
        "If the task is one decision, return terminated=True. If not, allow more steps.",
        2,
    ),
    Finding(
        "nothing to see",
        "The observations never change.",
        "To the policy all moments look alike, so it can only learn one action.",
        "Check that step returns the new state, and that no wrapper rounds or clips it away.",
        1,
    ),
    Finding(
        "rounded away",
        "An observation varies less than its float32 can tell.",
        "Memory and networks keep about seven digits, so the differences are lost.",
        "Subtract the mean before the numbers become float32, inside the environment or in "
        "gymnasium.wrappers.TransformObservation.",
        5,
    ),
    Finding(
        "outliers",
        "A few observations or rewards are many times larger than all others.",
        "They set the scale, and what usually happens becomes too small to be told apart.",
        "Mend the sensor, or clip: gymnasium.wrappers.TransformObservation with np.clip, or "
        "gymnasium.wrappers.TransformReward. A reward at the end only has to outweigh the way.",
        9,
    ),
    Finding(
        "observations far from 1",
        "An observation's size is far from 1.",
        "Networks start out for inputs around 1: larger ones drive the actor to its bounds, "
        "smaller ones don't move it.",
        "The course's agent scales them by what its random steps see. For any other, "
        "gymnasium.wrappers.RescaleObservation(env, -1, 1) does it if the space has the bounds "
        "that you really see.",
        5,
    ),
    Finding(
        "rewards far from 1",
        "The rewards' size is far from 1.",
        "The critic's values are sums of rewards, and its network starts near zero.",
        "The course's agent scales its values to the rewards of its random steps. For any other, "
        "gymnasium.wrappers.TransformReward(env, lambda reward: factor * reward) does it.",
        4,
    ),
    Finding(
        "actions come late",
        "An action changes neither the next observation nor the reward, only later ones.",
        "Then the observation isn't the whole state: the actions under way are part of it.",
        "gymnasium.wrappers.FrameStackObservation shows the last few observations, and a wrapper "
        "of your own can add the last few actions.",
        1,
    ),
    Finding(
        "bounds too wide",
        "Nearly the whole range of an action does the same as its ends.",
        "The agent explores where nothing changes, and rarely meets the part that matters.",
        "Narrow the bounds to what makes a difference: gymnasium.wrappers.RescaleAction(env, "
        "low, high), or the numbers in action_space.",
        5,
    ),
    Finding(
        "idle action",
        "One of several actions changes nothing.",
        "The agent learns without it, only more slowly, since its noise is wasted.",
        "Check whether step uses it, and leave it out of action_space if it's meant to be idle.",
        5,
    ),
    Finding(
        "no two runs alike",
        "The same seed and the same actions lead to different answers.",
        "No curve can be repeated, and snapshots are compared on different episodes.",
        "Draw all chance from self.np_random, which super().reset(seed=seed) sets, and let reset "
        "bring back everything that step changes.",
        1,
    ),
    Finding(
        "changes its action",
        "step changes the action that it was given.",
        "A memory that keeps the same array then holds another action than the agent chose. The "
        "course's training hands out copies, so there it does no harm.",
        "Write action = action - middle instead of action -= middle.",
        2,
    ),
    Finding(
        "reuses its observation",
        "step changes the observation that it returned before.",
        "A memory that keeps the same array then holds next states in the place of states. The "
        "course's training keeps copies, so there it does no harm.",
        "Return self.state.copy() from reset and step.",
        2,
    ),
)

# What a diagnosis finds, in or after training.
DURING = (
    Finding(
        "only random steps",
        "There is no update, since the run was no longer than its random steps.",
        "The first random_steps steps only fill the memory, so the agent is as it was.",
        "Train for many more steps than random_steps, or set fewer: train(…, random_steps=1_000).",
        8,
    ),
    Finding(
        "episodes shorter than n",
        "There is no update, since time limits cut the episodes before n_steps steps.",
        "A target counts the rewards of n_steps steps in a row, so nothing was stored.",
        "Make the agent with n_steps=1, or allow longer episodes.",
        8,
    ),
    Finding(
        "vanishing rewards",
        "Rewards are so small that the critic's gradients vanish.",
        "Adam divides a gradient by its usual size plus a ten-millionth, so what is smaller than "
        "that moves nothing.",
        "gymnasium.wrappers.TransformReward(env, lambda reward: factor * reward) brings them near "
        "1.",
        4,
    ),
    Finding(
        "values out of reach",
        "The critic's mean value lies beyond what any policy can earn with the rewards seen.",
        "With rewards of at most r, no value is above r / (1 − γ): the targets feed on their own "
        "errors.",
        "Try n_steps=1, then a smaller discount, then a smaller tau. A missing terminal flag does "
        "the same.",
        6,
    ),
    Finding(
        "growing loss",
        "The critic's loss has grown by a factor of a hundred and more, to errors of the size of "
        "the values.",
        "A target contains its own error, and each round makes it larger.",
        "Try n_steps=1, then a smaller discount, then a smaller learning_rate.",
        6,
    ),
    Finding(
        "stuck at a bound",
        "Nearly all actions of the actor are at a bound, and the return is no better than chance.",
        "There tanh is flat, so no gradient comes through that could bring them back.",
        "Look at the scales of observations and rewards first: examine(env). Then make a new "
        "agent, since this one won't recover.",
        5,
    ),
    Finding(
        "stands still",
        "Several evaluations in a row gave exactly the same return.",
        "The updates no longer change what the actor does: its gradient is zero.",
        "Look at the scales of observations and rewards: examine(env). Then make a new agent.",
        5,
    ),
    Finding(
        "worse than chance",
        "The agent's return is below that of the worst random episode.",
        "It learned to do the wrong thing, which a wrong sign or wrong values bring about.",
        "Check the sign of the reward, then try n_steps=1 and a smaller discount.",
        8,
    ),
    Finding(
        "rewards all alike",
        "All rewards in the memory are the same number.",
        "The critic has nothing to tell apart, so the actor has no direction.",
        "Let the reward say which states or actions are better, and pay for progress if it comes "
        "only at a goal.",
        9,
    ),
    Finding(
        "one action everywhere",
        "The actor gives nearly the same action in every state, no better than chance.",
        "Either the states look alike to the network, or nothing else pays as far as it knows.",
        "Check that the observations differ: examine(env). If doing nothing is what pays best so "
        "far, explore more: noise_start=0.8, and longer random steps.",
        5,
    ),
    Finding(
        "unusual settings",
        "A setting of the agent is far from the usual, and the return doesn't rise.",
        "Settings that differ tenfold and more were often meant for another scale of time.",
        "Begin with the agent's own settings, and change one at a time.",
        8,
    ),
    Finding(
        "no better than chance",
        "After many episodes of learning, no evaluation is better than chance.",
        "Either the task gives nothing to learn from, or the agent doesn't see what matters.",
        "examine(env) tries the task. If it finds nothing, fly a policy that you write by hand: if "
        "that isn't better either, mend the reward or the observations, else train longer.",
        9,
    ),
    Finding(
        "looks too far",
        "The agent looks much further ahead than its episodes last.",
        "Values are sums over 1 / (1 − γ) steps, and the larger they are the longer they take.",
        "Choose a discount whose 1 / (1 − γ) is about the steps from an action to its effects.",
        9,
    ),
)

FINDINGS = BEFORE + DURING
_BY_NAME = {finding.name: finding for finding in FINDINGS}
_ORDER = list(_BY_NAME)


def found(name: str, seen: str) -> Finding:
    """The finding of this name, with what was seen of it."""
    return replace(_BY_NAME[name], seen=seen)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, gravest first."""
    return sorted(findings, key=lambda finding: _ORDER.index(finding.name))


def tell(findings: Iterable[Finding]) -> None:
    """Print a paragraph for each finding, or a line that there is none."""
    paragraphs = [fill(str(finding), 90) for finding in findings]
    print("\n\n".join(paragraphs) or "Nothing to say: none of the doctor's rules fires.")
