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
        env.action_space.seed(seed)
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
        env.action_space.seed(seed)
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
        env.action_space.seed(seed)
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

SUM = "np.sum(discount ** np.arange(len(rewards)) * rewards)"
STEP = "        state, reward, terminated, truncated, _ = env.step(policy(state))"
MOVE = "        self.state = self.state + self.b * action + current"
STEP_ACTION = "        state, reward, terminated, truncated, _ = env.step(action)\n"
ASKED = "        action = policy(state)\n"
LOOP = "    while not (terminated or truncated):"
STATE = "states.append(np.array(state, np.float32))"
ACTION = "np.array(action, env.action_space.dtype)"
REWARDS = "np.array(rewards, np.float32)"
SEED = "        env.action_space.seed(seed)\n"
STATE_OUT = "self.state.astype(np.float32)"
CURRENT = "self.np_random.uniform(-self.noise, self.noise, size=1)"
REWARD = "        reward = -float(self.state[0] ** 2 + self.c * action[0] ** 2)\n"
CLIP = "        action = np.clip(action, -1, 1)\n"

ANSWERS = {
    "total_reward": {
        "wrong": [
            ("total += reward", "total = reward", "the last reward alone"),
            ("state, _ = env.reset(seed=seed)", "env.seed(seed)\n    state, _ = env.reset()",
             "the seed is given to reset now"),
            ("", OLD_API.replace(OLD_SEED, "state = env.reset(seed=seed)"), "given a tuple"),
            ("", OLD_API.replace(OLD_SEED, "state, _ = env.reset(seed=seed)"), "five values"),
            ("", LAST_REWARD_MISSING, "The last reward is missing"),
            ("(terminated or truncated)", "terminated", "stop when"),
            ("(terminated or truncated)", "truncated", "stop when"),
            ("(terminated or truncated)", "(terminated and truncated)", "stop when"),
            ("env.reset(seed=seed)", "env.reset()", "without the seed"),
            ("state, _ = env.reset", "state = env.reset", "given a tuple"),
            (STEP, STEP.replace("state, ", "_, ", 1), "the first state at every step"),
            (STEP, STEP.replace("terminated, truncated", "terminated"), "five values"),
            ("    return total", "    print(total)", "is there a return"),
            ("return total", "return total / 3", "their sum"),
            ("return total", "return int(total)", "whole numbers"),
            ("return total", "return round(total)", "instead of -0.75"),
            ("return total", "return str(total)", "is the text '-0.75'"),
            ("+= reward", "+= int(reward)", "whole numbers"),
            ("+= reward", "+= abs(reward)", "instead of -0.75"),
            (LOOP, "    for _ in range(100):\n        if terminated or truncated:\n"
                   "            break", "after 100 of 300 steps"),
            (LOOP, "    while terminated == truncated:", "step was called once more"),
            ("", "def total_reward(env, policy, seed):\n    pass", "reset was never called"),
            ("policy(state)", "policy", "ask it for an action first"),
            ("policy(state)", "env.action_space.sample()", "asked 0 times"),
            ("state, _ = env.reset", "_, state = env.reset", "given a dict"),
        ],
        "right": [TOTAL_BY_LIST, TOTAL_RECURSIVE],
    },
    "rollout": {
        "wrong": [
            ("[np.array(state, np.float32)], [], []", "[], [], []", "the first one is missing"),
            ("", STATES_BEFORE_THE_STEP, "the last one is missing"),
            ("", ROLLOUT_RESETS_TWICE, "once is enough"),
            ("(terminated or truncated)", "terminated", "stop when"),
            ("(terminated or truncated)", "truncated", "stop when"),
            ("terminated, truncated\n", "truncated, terminated\n", "terminated before truncated"),
            ("terminated, truncated\n", "terminated or truncated, truncated\n", "both flags"),
            ("        env.action_space.seed(seed)", "        pass", "the action space draws them"),
            ("policy(state)", "policy(states[0])", "the first state at every step"),
            ("env.reset(seed=seed)", "env.reset()", "without the seed"),
            ("env.reset(seed=seed)", "env.reset(seed=seed or 0)", "a seed made up here"),
            ("np.array(states)", "np.array(states, np.float64)", "must be float32"),
            ("    return Episode", "    Episode", "returned None"),
            ("    return Episode", "    return dict", "dict expected"),
            ("np.array(states)", "states", "states must be an array"),
            ("np.array(actions)", "actions", "actions must be an array"),
            (REWARDS, "rewards", "rewards must be an array"),
            (REWARDS, "np.array(rewards, int)", "whole numbers"),
            (REWARDS, "np.array(rewards)", "rewards must be float32, as networks take them, not"),
            ("if seed is not None:", "if seed:", "0 is a seed like any other"),
            ("action_space.seed(seed)", "action_space.seed(0)", "The seeds 0 and 5"),
            ("    if seed is not None:\n" + SEED, "    env.action_space.seed(seed or 0)\n",
             "Twice without a seed"),
            ("    if seed is not None:\n" + SEED, "", "the action space draws them"),
            (ASKED, SEED + ASKED, "once, before the loop"),
            (STATE, "states.append(state)", "Keep copies"),
            (STATE, "states.append(np.asarray(state, np.float32))", "Keep copies"),
            (ACTION, "action", "Keep copies"),
            (ACTION, "np.array(action)", "env.action_space.dtype is int64"),
            (ACTION, "np.array(action, np.float32)", "env.action_space.dtype is int64"),
            (ACTION, "np.array([action])", "of the shape (3, 1)"),
            (ACTION, "np.clip(action, -1, 1)", "as the policy gave them"),
            ("terminated, truncated\n", "terminated, not terminated\n", "as the last step"),
            ("terminated, truncated\n", "terminated, False\n", "no flag is set"),
            (LOOP, LOOP.replace(":", " and len(rewards) < 100:"), "after 100 of 300 steps"),
            ("", "def rollout(env, policy, seed=None):\n    pass", "reset was never called"),
            (STEP_ACTION, STEP_ACTION.replace("action", "policy"), "ask it for an action first"),
            (STEP_ACTION, STEP_ACTION.replace("(action)", "(policy(state))"), "asked 6 times"),
            ("state, _ = env.reset", "_, state = env.reset", "reset returns the state first"),
        ],
        "right": [ROLLOUT_WITH_BREAK, ROLLOUT_BY_ROWS],
    },
    "drift_step": {
        "object": "Drift",
        "mutate": "step",
        "wrong": [
            (CLIP, "", "before it moves the boat"),
            (REWARD, "", "not defined"),
            (CLIP + REWARD, REWARD + CLIP, "before its cost is counted"),
            (CLIP, CLIP.replace("-1", "0"), "the boat goes both ways"),
            (REWARD, REWARD.replace("= -", "= "), "the reward is negative"),
            (REWARD, REWARD.replace("self.c * ", ""), "c times its square"),
            (REWARD, REWARD.replace("self.c * action[0]", "(self.c * action[0])"), "is squared"),
            (REWARD, REWARD.replace(" + self.c * action[0] ** 2", ""), "costs something too"),
            (REWARD, REWARD.replace("float", "").replace("[0]", ""), "must be one number"),
            (MOVE, MOVE.replace("self.b * ", ""), "b times itself"),
            (MOVE, MOVE.replace("self.state + ", ""), "moves on from where it was"),
            (MOVE, MOVE.replace("+ self.b", "- self.b"), "the action: it is added"),
            (MOVE, MOVE.replace("self.state =", "state ="), "hasn't moved"),
            (MOVE, MOVE.replace(" + current", ""), "no current"),
            (CURRENT, "np.random.uniform(-self.noise, self.noise, 1)", "self.np_random"),
            (CURRENT, "self.np_random.uniform(0, self.noise, size=1)", "both ways"),
            (CURRENT, "self.np_random.normal(0, self.noise, size=1)", "no normal distribution"),
            ("reward, False, False, {}", "reward, False, {}", "five values"),
            ("False, False, {}", "True, False, {}", "always False"),
            (MOVE + "\n", MOVE + "\n" + REWARD, "the state before the move"),
            (MOVE, MOVE.replace(" + current", ""), "add a number drawn"),
            (MOVE + "\n        return self.state.astype(np.float32)",
             MOVE.replace(" + current", "") + "\n        return np.float32(self.state + current)",
             "but self.state is"),
            (MOVE, MOVE.replace("= ", "= np.clip(") + ", -1, 1)", "no bounds"),
            ("reward, False,", "reward, bool(abs(self.state[0]) > 1),", "always False"),
            ("reward, False,", "reward, bool(abs(self.state[0]) > 3),", "always False"),
            ("reward, False,", "reward, bool(abs(self.state[0]) < 0.01),", "always False"),
            ("", OWN_LIMIT, "a wrapper counts the steps"),
            (CURRENT, "self.np_random.choice([-1, 1]) * self.noise", "Only 2 different"),
            (CURRENT, "self.np_random.choice([-1, 0, 1]) * self.noise", "Only 3 different"),
            (CURRENT, CURRENT.replace("size=1", "size=2") + ".mean()", "range is wrong"),
            (CURRENT, "self.noise * self.np_random.uniform(-1, 1) ** 3", "gets about 500"),
            (CURRENT, CURRENT.replace("self.noise", "self.noise / 2"), "range is wrong"),
            (CURRENT, CURRENT.replace("self.noise", "self.noise * 1.1"), "range is too wide"),
            (CURRENT, "self.noise", "at every step"),
            (CLIP, CLIP.replace("1)", "1, out=action)"), "that it was given"),
            (STATE_OUT, "self.state", "but it is float64"),
            (STATE_OUT, "self.state.astype(np.float32).tolist()", "but it is list"),
            (STATE_OUT, STATE_OUT + "[0]", "of the shape ()"),
            ("-float(", "-np.float32(", "must be a Python float"),
            ("False, False, {}", "None, 0, {}", "one of them is None"),
            ("False, False, {}", "False, 0, {}", "one of them is 0"),
            ("", PUSHES_IN_PLACE, "return a copy"),
            (STATE_OUT, STATE_OUT + ".round(3)", "The state after a = −0.1234"),
            (MOVE, MOVE + "\n        self.state = self.state.round(2)", "The state after a"),
            (REWARD, REWARD.replace("-float", "-round").replace(" ** 2)", " ** 2, 3)"),
             "The reward for a = −0.1234"),
        ],
        "right": [SCALAR_DRIFT, IN_PLACE_DRIFT],
        "equivalent": {
            "operator: self.state + self.b * action + current": "it flows both ways alike",
        },
    },
    "discounted_return": {
        "wrong": [
            (SUM, "sum(rewards)", "plain sum"),
            (SUM, "sum(rewards[:1]) + discount * sum(rewards[1:])", "the same factor"),
            ("np.arange(len(rewards))", "np.arange(1, len(rewards) + 1)", "begin with γ⁰"),
            ("np.arange(len(rewards))", "np.arange(len(rewards))[::-1]", "turned round"),
            ("np.sum", "np.mean", "the return is the sum"),
            (SUM, "sum(r * discount**t for t, r in enumerate(rewards[:-1]))", "last reward"),
            ("    return float(", "    print(", "is there a return"),
            ("np.sum", "", "stopped with TypeError"),
            ("", RETURN_IN_PLACE, "work on a copy"),
            ("", RETURN_INSIDE, "is the return inside the loop"),
            ("discount **", "discount *", "powers, γ to the t"),
            ("discount ** np.arange(len(rewards))", "(1 - 0.1 * np.arange(len(rewards)))",
             "instead of 2.693"),
            ("", RETURN_WITHOUT_ZEROS, "instead of 2.693"),
            ("", RETURN_BY_VALUE, "instead of 2.693"),
            ("", RETURN_SQUARED, "instead of 2.693"),
            ("", RETURN_FROM_THE_FIRST, "The list of rewards was empty"),
            ("float(", "int(", "whole numbers"),
            ("float(", "round(", "whole numbers"),
            ("float(", "str(", "is the text"),
            (SUM, "np.sum(discount ** np.arange(len(rewards)) * np.abs(rewards))",
             "instead of 2.693"),
            (SUM, SUM.replace("* rewards", "* np.maximum(rewards, 0)"), "instead of 2.693"),
            (SUM, "np.sum((discount ** np.arange(len(rewards)) * rewards)[:3])",
             "instead of 2.693"),
        ],
        "right": [RETURN_BY_LOOP, RETURN_BY_FACTORS],
    },
}  # fmt: skip
