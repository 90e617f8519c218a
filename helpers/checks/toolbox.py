"""Tools for answers: a world, a policy, a memory and a generator that note their use.

They behave as Gymnasium's and the course's do, and end the probe where they are used as those can't
be. ``see`` is the probe's ``Observer``.
"""

import gymnasium as gym
import numpy as np

LONG = 1000  # calls, after which a loop is taken for endless


class World(gym.Env):
    """Walks 0, 1, 2, … whatever is done; the second episode goes 10, 11, …, the third 20, 21, ….

    Args:
        length: of an episode, in steps.
        end: a text that says "terminated", "truncated" or both.
        rewards: one a step (default: 1, 2, 3, …).
        space: of the actions (default: one number from −1 to 1).
        reuse: every state is the same array, written anew, and float32 where others are float64.
    """

    def __init__(self, see, length, end, rewards=None, space=None, reuse=False):
        self.see, self.length, self.end = see, length, end
        self.rewards = rewards or [float(step) for step in range(1, length + 1)]
        kind = np.float32 if reuse else np.float64
        self.observation_space = gym.spaces.Box(-100, 1000, (1,), kind)
        self.action_space = space or gym.spaces.Box(-1, 1, (1,), np.float32)
        self.action_space.seed(int(see.rng.integers(2**30)))  # another one for each world
        self.buffer = np.zeros(1, np.float32) if reuse else None
        self.seeds, self.actions, self.position = [], [], None

    def reset(self, *, seed=None, options=None):
        self.see.latest = f"reset {len(self.seeds) + 1}"
        super().reset(seed=seed)
        if len(self.seeds) > LONG:
            self.see.refuse("Your code resets over and over. Is there a loop that never ends?")
        if self.position is not None and 0 < self.position < self.length:
            self.see.refuse(
                f"Your code called `reset` after {self.position} of {self.length} steps. An "
                "episode goes on until it is terminated or truncated."
            )
        self.seeds.append(seed)
        self.position = 0
        return self._state(), {}

    def step(self, action):
        if self.position is None:
            self.see.refuse(
                "Your code called `step` before `reset`. An episode begins with a reset."
            )
        if self.position == self.length:
            self.see.refuse(
                f"This episode was {self.end}, but your code called `step` once more. An episode "
                "is over when it is terminated or truncated."
            )
        if callable(action):
            self.see.refuse("`step` got the policy itself. Ask the policy for an action first.")
        self.position += 1
        self.see.latest = f"step {self.position}"
        self.actions.append(np.array(action, np.float64))
        ended = self.position == self.length
        flags = (ended and flag in self.end for flag in ("terminated", "truncated"))
        return self._state(), self.rewards[self.position - 1], *flags, {}

    def _state(self):
        state = np.zeros(1) if self.buffer is None else self.buffer
        state[:] = 10 * (len(self.seeds) - 1) + self.position
        return state


class Policy:
    """Answers each time with other numbers, and notes what it was asked about.

    Args:
        answers: what it says, in this order; at their end it begins again.
        reuse: every answer is the same array, written anew.
    """

    def __init__(self, see, answers, reuse=False):
        self.see, self.answers = see, answers
        self.buffer = np.zeros_like(answers[0]) if reuse else None
        self.states = []

    def __call__(self, state):
        self.see.latest = f"policy {len(self.states) + 1}"
        if isinstance(state, tuple):
            self.see.refuse(
                "The policy was given a tuple. `reset` returns two values, the state and a dict."
            )
        if isinstance(state, dict):
            self.see.refuse(
                "The policy was given a dict. `reset` returns the state first, then the dict."
            )
        if len(self.states) > LONG:
            self.see.refuse(
                "Your code asks the policy over and over. Is there a loop that never ends?"
            )
        answer = self.answers[len(self.states) % len(self.answers)]
        self.states.append(float(np.ravel(state)[0]))
        if self.buffer is None:
            return answer.copy()
        self.buffer[...] = answer
        return self.buffer


class Memory:
    """A memory that notes what is appended to it."""

    def __init__(self, see):
        self.see, self.rows = see, []

    def append(self, state, action, reward, next_state, terminal):
        self.see.latest = f"append {len(self.rows) + 1}"
        if len(self.rows) > LONG:
            self.see.refuse("Your code appends over and over. Is there a loop that never ends?")
        parts = state, action, reward, next_state, terminal
        self.rows.append([np.array(part, np.float64) for part in parts])

    def note(self, what):
        """Note what was appended, each part by its name."""
        self.see.note(f"The number of transitions stored from {what}", len(self.rows))
        parts = "states", "actions", "rewards", "next states", "terminal flags"
        for name, column in zip(parts, zip(*self.rows)):
            self.see.note(f"The {name} stored from {what}", column)


class Kicks(np.random.Generator):
    """A generator whose normal numbers are these; it notes what of it was asked for."""

    def __init__(self, see, kicks):
        super().__init__(np.random.PCG64(0))
        self.see, self.drawn, self.asked = see, 0, set()
        self.kicks = see.given(np.array(kicks, np.float64), -3, 3) * (np.array(kicks) != 0)

    def standard_normal(self, size=None, dtype=np.float64, out=None):
        self.asked.add("normal numbers")
        count = int(np.prod(() if size is None else size))
        dealt = self.kicks[self.drawn : self.drawn + count].astype(dtype)
        self.drawn += count
        if self.drawn > len(self.kicks):
            self.see.refuse(
                f"{self.drawn} kicks were drawn where {len(self.kicks)} are needed. The process "
                "starts at 0, and a step takes one kick for each number."
            )
        return dealt[0] if size is None else dealt.reshape(size)

    def normal(self, loc=0.0, scale=1.0, size=None):
        shape = np.broadcast(loc, scale).shape or None
        return loc + scale * self.standard_normal(shape if size is None else size)

    def random(self, *given, **named):
        self.asked.add("uniform numbers")
        return super().random(*given, **named)

    def uniform(self, *given, **named):
        self.asked.add("uniform numbers")
        return super().uniform(*given, **named)

    def note(self):
        """Note what was drawn, of which distribution."""
        why = "Draw the kicks from the given generator, normal with mean 0."
        self.see.note("The random draws", " and ".join(sorted(self.asked)) or "nothing", why=why)
        why = "Each step should draw a new kick for each number."
        self.see.note("How many kicks were drawn", self.drawn, why=why)
