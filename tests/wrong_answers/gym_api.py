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

ROLLOUT_WITH_BREAK = """
def rollout(env, policy, seed=None):
    if seed is not None:
        env.action_space.seed(seed)
    state = env.reset(seed=seed)[0]
    states, actions, rewards = [state], [], []
    while True:
        actions.append(policy(states[-1]))
        state, reward, terminated, truncated, info = env.step(actions[-1])
        states.append(state)
        rewards.append(reward)
        if terminated or truncated:
            break
    return Episode(np.stack(states).astype(np.float32), np.stack(actions),
                   np.float32(rewards), terminated, truncated)
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

SUM = "np.sum(discount ** np.arange(len(rewards)) * rewards)"
STEP = "        state, reward, terminated, truncated, _ = env.step(policy(state))"
MOVE = "        self.state = self.state + self.b * action + current"
CURRENT = "self.np_random.uniform(-self.noise, self.noise, size=1)"
REWARD = "        reward = -float(self.state[0] ** 2 + self.c * action[0] ** 2)\n"
CLIP = "        action = np.clip(action, -1, 1)\n"

ANSWERS = {
    "total_reward": {
        "wrong": [
            ("total += reward", "total = reward", "the last reward alone"),
            ("", OLD_API, "the seed is given to reset now"),
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
        ],
        "right": [ROLLOUT_WITH_BREAK],
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
        ],
        "right": [RETURN_BY_LOOP, RETURN_BY_FACTORS],
    },
}
