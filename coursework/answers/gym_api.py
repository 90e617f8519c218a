"""Answers to the exercises of chapter 1."""

import gymnasium as gym
import numpy as np

from helpers.gym_api import Episode

NAMESPACE = {"np": np, "gym": gym, "Episode": Episode}

OLD_API = """
def total_reward(env, policy, seed):
    env.seed(seed)
    state = env.reset()
    done = False
    total = 0
    while not done:
        state, reward, done, _ = env.step(policy(state))
        total += reward
    return total
"""

OLD_SEED = "env.seed(seed)\n    state = env.reset()"

LAST_REWARD_MISSING = """
def total_reward(env, policy, seed):
    state, _ = env.reset(seed=seed)
    total = 0
    while True:
        state, reward, terminated, truncated, _ = env.step(policy(state))
        if terminated or truncated:
            return total
        total += reward
"""

TOTAL_BY_LIST = """
def total_reward(env, policy, seed):
    state = env.reset(seed=seed)[0]
    rewards = []
    while True:
        state, reward, *ended, _ = env.step(policy(state))
        rewards.append(reward)
        if any(ended):
            return np.sum(rewards)
"""

TOTAL_RECURSIVE = """
def total_reward(env, policy, seed):
    def rest(state):
        state, reward, terminated, truncated, info = env.step(policy(state))
        return reward if terminated or truncated else reward + rest(state)
    return rest(env.reset(seed=seed)[0])
"""

STATES_BEFORE_THE_STEP = """
def rollout(env, policy, seed=None):
    state, _ = env.reset(seed=seed)
    if seed is not None:
        env.action_space.seed(int(np.random.SeedSequence([seed, 1]).generate_state(1)[0]))
    states, actions, rewards = [], [], []
    terminated = truncated = False
    while not (terminated or truncated):
        states.append(np.array(state, np.float32))
        action = policy(state)
        state, reward, terminated, truncated, _ = env.step(action)
        actions.append(action)
        rewards.append(reward)
    return Episode(np.array(states), np.array(actions), np.array(rewards), terminated, truncated)
"""

ROLLOUT_BY_ROWS = """
def rollout(env, policy, seed=None):
    state, _ = env.reset(seed=seed)
    if seed is not None:
        env.action_space.seed(seed + 10_000)
    first, rows, over = np.array(state, np.float32), [], False
    while not over:
        action = np.array(policy(state), env.action_space.dtype)
        state, reward, terminated, truncated, _ = env.step(action)
        rows.append((np.array(state, np.float32), action, reward))
        over = terminated or truncated
    states, actions, rewards = zip(*rows)
    return Episode(np.array([first, *states]), np.array(actions), np.array(rewards, "f4"),
                   terminated, truncated)
"""

ROLLOUT_WITH_BREAK = """
def rollout(env, policy, seed=None):
    if seed is not None:
        env.action_space.seed(int(np.random.default_rng([7, seed]).integers(2**31)))
    state = env.reset(seed=seed)[0]
    states, actions, rewards = [np.copy(state)], [], []
    while True:
        actions.append(np.copy(policy(states[-1])))
        state, reward, terminated, truncated, info = env.step(actions[-1])
        states.append(state.copy())
        rewards.append(reward)
        if terminated or truncated:
            break
    actions = np.stack(actions).astype(env.action_space.dtype)
    return Episode(np.stack(states).astype(np.float32), actions, np.float32(rewards),
                   terminated, truncated)
"""

ROLLOUT_WITH_DEFAULTS = """
def rollout(env, policy, seed=None, actions=[], rewards=[]):
    state, _ = env.reset(seed=seed)
    if seed is not None:
        env.action_space.seed(int(np.random.SeedSequence([seed, 1]).generate_state(1)[0]))
    states, ended = [np.array(state, np.float32)], False
    while not ended:
        actions.append(np.array(policy(state), env.action_space.dtype))
        state, reward, terminated, truncated, _ = env.step(actions[-1])
        states.append(np.array(state, np.float32))
        rewards.append(reward)
        ended = terminated or truncated
    return Episode(np.array(states), np.array(actions), np.float32(rewards), terminated, truncated)
"""

ROLLOUT_RESETS_TWICE = """
def rollout(env, policy, seed=None):
    env.reset()
    state, _ = env.reset(seed=seed)
    states = [state]
    terminated = truncated = False
    while not (terminated or truncated):
        state, _, terminated, truncated, _ = env.step(policy(state))
"""

SCALAR_DRIFT = """
class Drift(gym.Env):
    def __init__(self, noise=0.05):
        self.observation_space = gym.spaces.Box(-100, 100, (1,), np.float32)
        self.action_space = gym.spaces.Box(-1, 1, (1,), np.float32)
        self.noise = noise

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.state = self.np_random.uniform(-1, 1, size=1)
        return self.state.astype(np.float32), {}

    def step(self, action):
        a, s = min(1, max(-1, float(action[0]))), float(self.state[0])
        w = self.noise * (2 * self.np_random.random() - 1)
        self.state = np.array([s + 0.2 * a + w], dtype=np.float32)
        return self.state, -(s**2) - 2 * a**2, False, False, {}
"""

IN_PLACE_DRIFT = (
    SCALAR_DRIFT.split("    def step")[0]
    + """
    def step(self, action):
        action = action.clip(-1, 1)
        cost = (self.state**2 + 2 * action**2).item()
        self.state = self.state + action / 5 + self.np_random.uniform(-self.noise, self.noise)
        return np.float32(self.state), -cost, False, False, {"fuel": cost}
"""
)

RETURN_BY_LOOP = """
def discounted_return(rewards, discount):
    total = 0.0
    for reward in reversed(rewards):
        total = reward + discount * total
    return total
"""

RETURN_BY_FACTORS = """
def discounted_return(rewards, discount):
    return sum(reward * discount**t for t, reward in enumerate(rewards))
"""

OWN_LIMIT = """
class Drift(gym.Env):
    b, c = 0.2, 2.0

    def __init__(self, noise=0.05):
        self.observation_space = gym.spaces.Box(-100, 100, (1,), np.float32)
        self.action_space = gym.spaces.Box(-1, 1, (1,), np.float32)
        self.noise = noise
        self.steps = 0

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.steps = 0
        self.state = self.np_random.uniform(-1, 1, size=1)
        return self.state.astype(np.float32), {}

    def step(self, action):
        self.steps += 1
        action = np.clip(action, -1, 1)
        reward = -float(self.state[0] ** 2 + self.c * action[0] ** 2)
        current = self.np_random.uniform(-self.noise, self.noise, size=1)
        self.state = self.state + self.b * action + current
        return self.state.astype(np.float32), reward, False, self.steps == 25, {}
"""

PUSHES_IN_PLACE = (
    SCALAR_DRIFT.split("    def step")[0]
    + """
    def step(self, action):
        action = np.clip(action, -1, 1)
        reward = -float(self.state[0] ** 2 + 2 * action[0] ** 2)
        self.state += 0.2 * action + self.np_random.uniform(-self.noise, self.noise)
        return np.asarray(self.state, np.float32), reward, False, False, {}
"""
)

RETURN_IN_PLACE = """
def discounted_return(rewards, discount):
    for t in range(len(rewards)):
        rewards[t] *= discount**t
    return sum(rewards)
"""

RETURN_IN_WHOLE_NUMBERS = """
def discounted_return(rewards, discount):
    rest = np.zeros_like(rewards)
    for t in reversed(range(len(rewards))):
        rest[t] = rewards[t] + (discount * rest[t + 1] if t + 1 < len(rewards) else 0)
    return float(rest[0]) if len(rest) else 0.0
"""

RETURN_INSIDE = """
def discounted_return(rewards, discount):
    total = 0
    for t, reward in enumerate(rewards):
        total += discount**t * reward
        return total
    return total
"""

RETURN_WITHOUT_ZEROS = """
def discounted_return(rewards, discount):
    return float(sum(discount**t * r for t, r in enumerate(r for r in rewards if r)))
"""

RETURN_TO_A_ZERO = """
def discounted_return(rewards, discount):
    total = 0.0
    for t, reward in enumerate(rewards):
        if not reward:
            break
        total += discount**t * reward
    return total
"""

RETURN_BY_VALUE = """
def discounted_return(rewards, discount):
    rewards = list(rewards)
    return float(sum(discount ** rewards.index(r) * r for r in rewards))
"""

RETURN_FROM_THE_FIRST = """
def discounted_return(rewards, discount):
    total, factor = rewards[0], discount
    for reward in rewards[1:]:
        total, factor = total + factor * reward, factor * discount
    return total
"""

RETURN_SQUARED = """
def discounted_return(rewards, discount):
    total, factor = 0, 1
    for reward in rewards:
        total += factor * reward
        factor = discount if factor == 1 else discount * discount
    return total
"""

TOTAL_FROM_THE_SECOND = """
def total_reward(env, policy, seed):
    state, _ = env.reset(seed=seed)
    state, reward, terminated, truncated, _ = env.step(policy(state))
    total = 0
    while not (terminated or truncated):
        state, reward, terminated, truncated, _ = env.step(policy(state))
        total += reward
    return total
"""

MIRRORED_DRIFT = SCALAR_DRIFT.replace("0.2 * a + w", "0.2 * a - w")

RETURN_FORWARD = """
def discounted_return(rewards, discount):
    total = 0.0
    for reward in rewards:
        total = reward + discount * total
    return total
"""

SUM = "np.sum(discount ** np.arange(len(rewards)) * rewards)"
STEP = "        state, reward, terminated, truncated, _ = env.step(policy(state))"
MOVE = "        self.state = self.state + self.b * action + current"
STEP_ACTION = "        state, reward, terminated, truncated, _ = env.step(action)\n"
ASKED = "        action = policy(state)\n"
LOOP = "    while not (terminated or truncated):"
STATE = "states.append(np.array(state, np.float32))"
ACTION = "np.array(action, env.action_space.dtype)"
REWARDS = "np.array(rewards, np.float32)"
OWN_SEED = "int(np.random.SeedSequence([seed, 1]).generate_state(1)[0])"
SEED = f"        env.action_space.seed({OWN_SEED})\n"
STATE_OUT = "self.state.astype(np.float32)"
CURRENT = "self.np_random.uniform(-self.noise, self.noise, size=1)"
REWARD = "        reward = -float(self.state[0] ** 2 + self.c * action[0] ** 2)\n"
CLIP = "        action = np.clip(action, -1, 1)\n"

SEED_GOES_IN = "In Gymnasium, `reset` takes the seed, and there is no `env.seed`."
FIVE = "`step` returns five values now: state, reward, terminated, truncated and info."
ONE_FLAG = "An episode is over when it is terminated or truncated."
FIRST_STATE = (
    "The policy was always asked about the same state. After each step, ask it about the state "
    "that `step` returned."
)
TWICE_ASKED = "At each step, ask the policy exactly once, and give its action to `step`."
STOPS_EARLY = "The loop stopped too early. An episode goes on until it is terminated or truncated."
WITHOUT_SEED = ("`reset` didn't get the seed.", "Write `env.reset(seed=seed)`.")
WHOLE = "The decimals got lost. Rewards needn't be whole numbers, so keep them as they are."
TURNED = "The signs are wrong. Add each reward as it is, positive or negative."
NO_RETURN = "Is there a `return` at the end?"
SAME_ARRAY = (
    "They all show the last one, because the same array was used again at each step. Keep copies.",
    "`np.array(state, np.float32)` makes one.",
)
AS_GIVEN = (
    "The actions were changed. Keep them as the policy gave them: bounds are the environment's job."
)
SPACE_SEED = (
    "The random actions can't be repeated. The action space draws them from its own generator, and "
    "nothing seeded that one.",
    f"Before the loop, give `env.action_space.seed` a seed made from yours: `{OWN_SEED}`.",
)
ONE_STREAM = (
    "World and action space got the same seed, so they draw the same numbers, and the random "
    "actions only repeat the world's chance.",
    f"Make another seed from yours: `{OWN_SEED}`.",
)
ZERO = "0 is a seed as well, but `if seed` skips it. Ask whether it `is not None`."
MADE_UP = "No seed was given, so episodes should differ: don't invent one."
ONE_STATE_MORE = "There should be one more state than steps, and "
FLOAT32 = "Networks take float32."
ARRAYS = "In the `Episode`, states, actions and rewards should be arrays, not lists."
SPACES_TYPE = "Actions should have the type of the action space."

ANSWERS = {
    "total_reward": {
        "wrong": {
            "That's only the last reward. The return adds up all of them.": [("total += reward", "total = reward")],
            SEED_GOES_IN: [
                ("state, _ = env.reset(seed=seed)", "env.seed(seed)\n    state, _ = env.reset()"),
            ],
            "given a tuple": [
                OLD_API.replace(OLD_SEED, "state = env.reset(seed=seed)"),
                ("state, _ = env.reset", "state = env.reset"),
            ],
            "given a dict": [("state, _ = env.reset", "_, state = env.reset")],
            FIVE: [
                OLD_API.replace(OLD_SEED, "state, _ = env.reset(seed=seed)"),
                (STEP, STEP.replace("terminated, truncated", "terminated")),
            ],
            "The last reward is missing: it comes with the step that ends the episode.": [
                LAST_REWARD_MISSING
            ],
            "The first reward is missing. The first step brings one as well.": [TOTAL_FROM_THE_SECOND],
            ONE_FLAG: [
                ("(terminated or truncated)", "terminated"),
                ("(terminated or truncated)", "truncated"),
                ("(terminated or truncated)", "(terminated and truncated)"),
                (LOOP, "    while terminated == truncated:"),
            ],
            WITHOUT_SEED: [("env.reset(seed=seed)", "env.reset()")],
            FIRST_STATE: [(STEP, STEP.replace("state, ", "_, ", 1))],
            "The policy was asked only once. Ask it at every step, inside the loop.": [
                (LOOP + "\n" + STEP, ASKED[4:] + LOOP + "\n" + STEP.replace("policy(state)", "action")),
            ],
            "The loop ended after one step. Is your `return` inside the loop?": [("    return total", "        return total")],
            "`reset` was called twice, and the second call began another episode, without the seed.": [
                ("    state, _ = env.reset(seed=seed)",
                 "    env.reset(seed=seed)\n    state, _ = env.reset()"),
            ],
            "`reset` got a different seed. Pass on the one that your function is given.": [("seed=seed", "seed=1")],
            "`reset` takes the seed by its name: `env.reset(seed=seed)`.": [("seed=seed", "seed")],
            "The last reward is missing where the task ended. It counts as well.": [
                ("total += reward", "total += 0 if terminated else reward"),
            ],
            ZERO: [("env.reset(seed=seed)", "env.reset(seed=seed) if seed else env.reset()")],
            NO_RETURN: [("    return total", "    print(total)")],
            "That's the mean of the rewards. The return is their sum.": [("return total", "return total / 3")],
            WHOLE: [
                ("return total", "return int(total)"),
                ("return total", "return round(total)"),
                ("+= reward", "+= int(reward)"),
                ("+= reward", "+= round(reward)"),
            ],
            "the text": [("return total", "return str(total)")],
            TURNED: [("+= reward", "+= abs(reward)"), ("+= reward", "-= reward")],
            "Only positive rewards were added. Negative ones count as well.": [("+= reward", "+= max(reward, 0)")],
            STOPS_EARLY: [
                (LOOP, "    for _ in range(100):\n        if terminated or truncated:\n"
                       "            break"),
            ],
            "episode begins with a reset": [
                ("state, _ = env.reset(seed=seed)", "state = np.zeros(1)")
            ],
            "No episode was begun. Begin one with `env.reset(seed=seed)`.": ["def total_reward(env, policy, seed):\n    pass"],
            "`step` got the policy itself": [("policy(state)", "policy")],
            TWICE_ASKED: [
                ("policy(state)", "env.action_space.sample()"),
                ("env.step(policy(state))", "env.step((policy(state), policy(state))[1])"),
            ],
            "Some rewards count less than others. Here the return is their plain sum.": [
                ("total += reward", "total = 0.99 * total + reward")
            ],
        },
        "right": [TOTAL_BY_LIST, TOTAL_RECURSIVE],
    },
    "rollout": {
        "wrong": {
            (ONE_STATE_MORE + "the first one is missing.", "Begin the list with the state that `reset` returned."): [
                ("[np.array(state, np.float32)], [], []", "[], [], []")
            ],
            (ONE_STATE_MORE + "the last one is missing.", "Append the state that `step` returned."):
                [STATES_BEFORE_THE_STEP],
            "`reset` was called more than once. Each call begins a new episode, so call it once.": [
                ROLLOUT_RESETS_TWICE,
                ("    state, _ = env.reset", "    env.reset()\n    state, _ = env.reset")
            ],
            ONE_FLAG: [
                ("(terminated or truncated)", "terminated"),
                ("(terminated or truncated)", "truncated"),
            ],
            "The flags are swapped. `step` returns terminated before truncated.": [
                ("terminated, truncated\n", "truncated, terminated\n"),
            ],
            "The two flags got mixed up. Keep each as the last step returned it.": [
                ("terminated, truncated\n", "terminated or truncated, truncated\n"),
                ("terminated, truncated\n", "terminated, terminated or truncated\n"),
                ("terminated, truncated\n", "terminated, not terminated\n"),
            ],
            "One of the flags got lost. Keep both as the last step returned them.": [
                ("terminated, truncated\n", "terminated, False\n"),
                ("terminated, truncated\n", "False, truncated\n"),
            ],
            SPACE_SEED: [
                (SEED, "        pass\n"),
                ("    if seed is not None:\n" + SEED, ""),
            ],
            ONE_STREAM: [
                (OWN_SEED, "seed"),
                ("    if seed is not None:\n" + SEED, "    env.action_space.seed(seed)\n"),
            ],
            "With `seed` 0, world and action space still get the same seed.": [(OWN_SEED, "2 * seed")],
            FIRST_STATE: [("policy(state)", "policy(states[0])")],
            WITHOUT_SEED: [("env.reset(seed=seed)", "env.reset()")],
            MADE_UP: [
                ("env.reset(seed=seed)", "env.reset(seed=seed or 0)"),
                ("    if seed is not None:\n" + SEED, SEED[4:].replace("seed, 1", "seed or 0, 1")),
            ],
            FLOAT32: [
                (STATE, "states.append(state)"),
                ("np.array(states)", "np.array(states, np.float64)"),
                (REWARDS, "np.array(rewards)"),
                ("append(np.array(state, np.float32))", "append(np.array(state))"),
            ],
            "returned None": [("    return Episode", "    Episode")],
            "has no states": [("return Episode(", "return (")],
            ARRAYS: [
                ("np.array(states)", "states"),
                ("np.array(actions)", "actions"),
                (REWARDS, "rewards"),
            ],
            WHOLE: [(REWARDS, "np.array(rewards, int)")],
            ZERO: [("if seed is not None:", "if seed:")],
            "Different seeds gave the same random actions. Make the action space's seed from `seed`.": [
                (OWN_SEED, "0"),
                (OWN_SEED, OWN_SEED.replace("[seed, 1]", "1")),
            ],
            "Every random action was the same. Seed the action space once, before the loop.": [
                (ASKED, SEED + ASKED)
            ],
            SAME_ARRAY: [
                ("np.array(state, np.float32)", "np.asarray(state, np.float32)"),
                (STATE, "states.append(np.asarray(state, np.float32))"),
                (ACTION, "action"),
            ],
            ("The first state changed after you kept it, because its array was used again. Keep a copy.",
             "`np.array(state, np.float32)` makes one."): [
                ("[np.array(state", "[np.asarray(state")
            ],
            "An earlier call is still in there. A list as a default is made once for all calls, so make new lists inside the function.": [
                ROLLOUT_WITH_DEFAULTS
            ],
            SPACES_TYPE: [
                (ACTION, "np.array(action)"),
                (ACTION, "np.array(action, np.float32)"),
            ],
            "should have the shape": [(ACTION, "np.array([action])")],
            AS_GIVEN: [(ACTION, "np.clip(action, -1, 1)")],
            STOPS_EARLY: [(LOOP, LOOP.replace(":", " and len(rewards) < 100:"))],
            "No episode was begun. Begin one with `env.reset(seed=seed)`.": ["def rollout(env, policy, seed=None):\n    pass"],
            "`step` got the policy itself": [(STEP_ACTION, STEP_ACTION.replace("action", "policy"))],
            TWICE_ASKED: [(STEP_ACTION, STEP_ACTION.replace("(action)", "(policy(state))"))],
            "`reset` returns the state first, and then the dict.": [("state, _ = env.reset", "_, state = env.reset")],
            "These rewards are running sums. Keep each reward as `step` returned it.": [
                (REWARDS, "np.cumsum(rewards).astype(np.float32)")
            ],
        },
        "right": [ROLLOUT_WITH_BREAK, ROLLOUT_BY_ROWS],
        "equivalent": {
            "constant: 1": "[seed, 2] is another seed, too",
            "constant: 1 (2)": "the first of two states is that of one",
        },
    },
    "drift_step": {
        "object": "Drift",
        "mutate": "step",
        "wrong": {
            ("The boat moved further than it can. Clip the action first.", "Use `np.clip(action, -1, 1)`."): [
                (CLIP, "")
            ],
            "NameError: name 'reward' is not defined": [(REWARD, "")],
            "The reward counts the action before it was clipped. Clip first, then compute the reward.": [
                (CLIP + REWARD, REWARD + CLIP)
            ],
            "Negative actions got lost. Actions go from −1 to 1, so the boat can go both ways.": [(CLIP, CLIP.replace("-1", "0"))],
            "The sign is wrong. Distance and fuel are costs, so the reward is negative.": [(REWARD, REWARD.replace("= -", "= "))],
            "The factor c is missing. Fuel costs c·a².": [
                (REWARD, REWARD.replace("self.c * ", ""))
            ],
            "The factor c was squared as well. Fuel costs c·a².": [
                (REWARD, REWARD.replace("self.c * action[0]", "(self.c * action[0])"))
            ],
            "The cost of fuel is missing. The reward is −(s² + c·a²).": [
                (REWARD, REWARD.replace(" + self.c * action[0] ** 2", ""))
            ],
            "Only one of the costs is negative. The minus belongs to both: −(s² + c·a²).": [
                (REWARD, "        reward = float(-self.state[0] ** 2 + self.c * action[0] ** 2)\n")
            ],
            "should be one number": [(REWARD, REWARD.replace("float", "").replace("[0]", ""))],
            "The boat moved too far. The action moves it by b·a.": [(MOVE, MOVE.replace("self.b * ", ""))],
            "The boat's old place got lost. It moves on from where it was: s + b·a.": [
                (MOVE, MOVE.replace("self.state + ", ""))
            ],
            "The boat moved the wrong way. The action is added: s + b·a.": [(MOVE, MOVE.replace("+ self.b", "- self.b"))],
            "The next step began in the old state again. Keep the new one in `self.state`.": [
                (MOVE, MOVE.replace("self.state =", "state =")),
                (MOVE + "\n        return self.state.astype(np.float32)",
                 MOVE.replace("self.state =", "moved =")
                 + "\n        return moved.astype(np.float32)"),
            ],
            ("The current is missing.", "Add a number drawn from −`self.noise` to `self.noise`."): [
                (MOVE, MOVE.replace(" + current", ""))
            ],
            "The seed doesn't fix the current as it should. Draw it from `self.np_random`, which `reset` seeds.": [
                (CURRENT, "np.random.uniform(-self.noise, self.noise, 1)"),
                (CURRENT, "np.random.default_rng().uniform(-self.noise, self.noise, 1)"),
                (CURRENT, "np.random.default_rng(0).uniform(-self.noise, self.noise, 1)"),
            ],
            "The current flows only one way. Draw it from −`self.noise` to `self.noise`.": [
                (CURRENT, "self.np_random.uniform(0, self.noise, size=1)"),
                (CURRENT, "self.noise * self.np_random.random(1)"),
            ],
            "The current comes from a normal distribution. Draw it from a uniform one.": [
                (CURRENT, "self.np_random.normal(0, self.noise, size=1)")
            ],
            "five values": [("reward, False, False, {}", "reward, False, {}")],
            "always False": [
                ("False, False, {}", "True, False, {}"),
                ("reward, False,", "reward, bool(abs(self.state[0]) > 1),"),
                ("reward, False,", "reward, bool(abs(self.state[0]) > 3),"),
                ("reward, False,", "reward, bool(abs(self.state[0]) < 0.01),"),
                OWN_LIMIT,
            ],
            "The reward counts the state after the move. Use the state before it, s and not s'.": [
                (MOVE + "\n", MOVE + "\n" + REWARD)
            ],
            "but self.state is": [
                (MOVE + "\n        return self.state.astype(np.float32)",
                 MOVE.replace(" + current", "")
                 + "\n        return np.float32(self.state + current)"),
            ],
            "The state was clipped as well. Only the action has bounds.": [
                (MOVE, MOVE.replace("= ", "= np.clip(") + ", -1, 1)")
            ],
            "The current takes only a few sizes. Any size up to `self.noise` should come, all equally often.": [
                (CURRENT, "self.np_random.choice([-1, 1]) * self.noise"),
                (CURRENT, "self.np_random.choice([-1, 0, 1]) * self.noise"),
            ],
            "": [
                (CURRENT, CURRENT.replace("size=1", "size=2") + ".mean()"),
                (CURRENT, "self.noise * self.np_random.uniform(-1, 1) ** 3"),
                (MOVE, MOVE + "\n        self.state = self.state.round(2)"),
                (STATE_OUT, STATE_OUT + ".round(3)"),
                (REWARD, REWARD.replace("-float", "-round").replace(" ** 2)", " ** 2, 3)")),
            ],
            "The size of the current is wrong. It goes up to `self.noise`, in both directions.": [
                (CURRENT, CURRENT.replace("self.noise", "self.noise / 2")),
                (CURRENT, CURRENT.replace("self.noise", "self.noise * 1.1")),
                (CURRENT, CURRENT.replace("self.noise", "0.1")),
                (CURRENT, CURRENT.replace("self.noise", "0.05")),
            ],
            "The current is the same at each step. Draw a new one each time.": [(CURRENT, "self.noise")],
            "changed the action": [(CLIP, CLIP.replace("1)", "1, out=action)"))],
            "Return the state as float32.": [(STATE_OUT, "self.state")],
            "must be an array": [
                (STATE_OUT, "self.state.astype(np.float32).tolist()"),
                (STATE_OUT, STATE_OUT + "[0]"),
            ],
            "Return the reward as a Python `float`.": [("-float(", "-np.float32(")],
            "one of them is None": [("False, False, {}", "None, 0, {}")],
            "one of them is 0": [("False, False, {}", "False, 0, {}")],
            "Return a copy": [PUSHES_IN_PLACE],
        },
        "right": [SCALAR_DRIFT, IN_PLACE_DRIFT, MIRRORED_DRIFT],
        "equivalent": {
            "operator: self.state + self.b * action + current": "it flows both ways alike",
        },
    },
    "discounted_return": {
        "wrong": {
            "That's the plain sum. Multiply each reward by a power of the discount first.": [
                (SUM, "sum(rewards)")
            ],
            "Every reward after the first got the same factor. The power of γ grows with t: γ⁰, γ¹, γ² and so on.": [
                (SUM, "sum(rewards[:1]) + discount * sum(rewards[1:])")
            ],
            "The first reward was discounted, but it counts in full. The powers begin with γ⁰ = 1.": [
                ("np.arange(len(rewards))", "np.arange(1, len(rewards) + 1)")
            ],
            "The order is reversed. The first reward counts most, not the last.": [
                ("np.arange(len(rewards))", "np.arange(len(rewards))[::-1]"),
                RETURN_FORWARD,
            ],
            "That's the mean. The return is the sum.": [("np.sum", "np.mean")],
            "The last reward is missing. Count to the end of the list.": [
                (SUM, "sum(r * discount**t for t, r in enumerate(rewards[:-1]))")
            ],
            "Is there a `return` at the end?": [("    return float(", "    print(")],
            "TypeError": [("np.sum", "")],
            "Your code changed its argument `rewards`": [RETURN_IN_PLACE],
            "That's only the first reward. Is your `return` inside the loop?": [RETURN_INSIDE],
            "The discount was multiplied by t. The factor is a power, γ to the t.": [("discount **", "discount *")],
            "The rewards were raised to the power as well. Only the discount should be.": [
                (SUM, "np.sum((discount * np.asarray(rewards)) ** np.arange(len(rewards)))")
            ],
            "Rewards of zero were skipped. They take a step as well, so the next ones count less.": [RETURN_WITHOUT_ZEROS],
            "The sum stopped at a reward of zero. Go on to the last one.": [RETURN_TO_A_ZERO],
            "Base and exponent are swapped. The factor is γ to the power t.": [
                ("discount ** np.arange(len(rewards))", "np.arange(len(rewards)) ** discount")
            ],
            "That's a weighted mean. The return is a sum, so don't divide it.": [
                (SUM, f"{SUM} / np.sum(discount ** np.arange(len(rewards)))")
            ],
            "Equal rewards got the same factor. Count the steps instead of searching for the reward.": [RETURN_BY_VALUE],
            "There may be no reward at all": [RETURN_FROM_THE_FIRST],
            WHOLE: [("float(", "int("), ("float(", "round(")],
            "The decimals got lost, because an array made like one of whole numbers keeps none. Make one of floats.": [
                RETURN_IN_WHOLE_NUMBERS
            ],
            "the text": [("float(", "str(")],
            "The signs got lost. Rewards may be negative, so leave them as they are.": [
                (SUM, "np.sum(discount ** np.arange(len(rewards)) * np.abs(rewards))"),
                (SUM, SUM.replace("* rewards", "* np.maximum(rewards, 0)")),
            ],
            "": [
                ("discount ** np.arange(len(rewards))", "(1 - 0.1 * np.arange(len(rewards)))"),
                RETURN_SQUARED,
                (SUM, "np.sum((discount ** np.arange(len(rewards)) * rewards)[:3])"),
            ],
        },
        "right": [RETURN_BY_LOOP, RETURN_BY_FACTORS],
    },
}  # fmt: skip
