"""Answers to the exercises of chapter 3."""

import numpy as np
import tensorflow as tf

from coursework.answers.targets import NEGATIVE, NO_PREDICT, ONE_FOR_EACH, TARGETS, Y

NAMESPACE = {"np": np, "tf": tf}

GREEDY_BY_METHOD = """
def epsilon_greedy(q_values, epsilon, rng):
    if epsilon > rng.random():
        return int(rng.integers(low=0, high=q_values.size))
    return q_values.argmax().item()
"""

TARGETS_BY_TOP = """
def dqn_targets(batch, target_network, discount):
    best = tf.math.top_k(target_network(batch.next_states), 1).values[:, 0]
    return batch.rewards + tf.stop_gradient((1.0 - batch.terminals) * (discount * best))
"""

INTERACT_BY_TUPLE = """
def interact(env, memory, state, action):
    after, reward, *over = env.step(action)[:4]
    memory.append(state, action, reward, after, float(over[0]))
    return env.reset()[0] if any(over) else after
"""

GREEDY_BY_LIST = """
def epsilon_greedy(q_values, epsilon, rng):
    explore = rng.random() < epsilon
    best = max(range(len(q_values)), key=lambda action: q_values[action])
    return int(rng.integers(0, len(q_values))) if explore else best
"""

TARGETS_BY_NUMPY = """
def dqn_targets(batch, target_network, discount):
    best = np.max(target_network(batch.next_states), axis=-1)
    return batch.rewards + np.where(batch.terminals, 0, discount * best)
"""

TARGETS_IN_PLACE = """
def dqn_targets(batch, target_network, discount):
    values = tf.reduce_max(target_network(batch.next_states), axis=1)
    rewards = batch.rewards
    rewards += (discount * (1 - batch.terminals) * values).numpy()
    return tf.stop_gradient(rewards)
"""

TARGETS_OF_ZEROED_STATES = """
def dqn_targets(batch, target_network, discount):
    batch.next_states[batch.terminals == 1] = 0
    values = tf.reduce_max(target_network(batch.next_states), axis=1)
    return tf.stop_gradient(batch.rewards + discount * values)
"""

GREEDY_BY_SORTING = """
def epsilon_greedy(q_values, epsilon, rng):
    best = int(np.argmax(q_values))
    q_values.sort()
    return int(rng.integers(len(q_values))) if rng.random() < epsilon else best
"""

TARGETS_BY_WHERE = """
def dqn_targets(batch, target_network, discount):
    values = tf.stop_gradient(target_network(batch.next_states))
    future = tf.where(batch.terminals == 1, 0.0, tf.math.reduce_max(values, 1))
    return batch.rewards + discount * future
"""

DOUBLE_BY_ONE_HOT = """
def double_dqn_targets(batch, network, target_network, discount):
    chosen = tf.one_hot(tf.argmax(network(batch.next_states), 1), 3)
    values = tf.reduce_sum(chosen * target_network(batch.next_states), axis=1)
    return tf.stop_gradient(batch.rewards + discount * values * (1.0 - batch.terminals))
"""

BROKEN_INTERACT = """
def interact(env, memory, state, action):
    next_state, reward, terminated, truncated, _ = env.step(action)
    done = terminated or truncated
    if done:
        next_state, _ = env.reset()
    memory.append(state, action, reward, next_state, done)
    return next_state
"""

DOUBLE_BY_THE_SMALLER = """
def double_dqn_targets(batch, network, target_network, discount):
    values = tf.minimum(
        tf.reduce_max(network(batch.next_states), axis=1),
        tf.reduce_max(target_network(batch.next_states), axis=1),
    )
    return tf.stop_gradient(batch.rewards + discount * (1 - batch.terminals) * values)
"""

DOUBLE_BY_THE_SMALLER_OF_ONE_CHOICE = """
def double_dqn_targets(batch, network, target_network, discount):
    both = network(batch.next_states), target_network(batch.next_states)
    best = tf.argmax(both[0], axis=1)
    values = tf.minimum(*(tf.gather(of, best, axis=1, batch_dims=1) for of in both))
    return tf.stop_gradient(batch.rewards + discount * (1 - batch.terminals) * values)
"""

DOUBLE_BY_MASK = """
def double_dqn_targets(batch, network, target_network, discount):
    said = network(batch.next_states)
    best = tf.cast(said == tf.reduce_max(said, axis=1, keepdims=True), tf.float32)
    values = tf.reduce_sum(best * target_network(batch.next_states), axis=1)
    return tf.stop_gradient(batch.rewards + discount * (1 - batch.terminals) * values)
"""

DOUBLE_IN_INFERENCE = """
def double_dqn_targets(batch, network, target_network, discount):
    best = tf.argmax(network(batch.next_states, training=False), axis=-1)
    values = target_network(batch.next_states, training=False)
    values = tf.gather(values, best, batch_dims=1)
    return batch.rewards + tf.stop_gradient(values) * discount * (1.0 - batch.terminals)
"""

INTERACT_ZEROS_AT_THE_END = """
def interact(env, memory, state, action):
    next_state, reward, terminated, truncated, _ = env.step(action)
    ended = terminated or truncated
    memory.append(state, action, reward, 0 * next_state if ended else next_state, terminated)
    return env.reset()[0] if ended else next_state
"""

INTERACT_WITH_RETURNS = """
def interact(env, memory, state, action):
    after, reward, terminated, truncated, info = env.step(action)
    memory.append(state, action, reward, after, terminated)
    if not terminated and not truncated:
        return after
    return env.reset()[0]
"""


GREEDY_BOTH_DRAWN = """
def epsilon_greedy(q_values, epsilon, rng):
    action = int(rng.integers(len(q_values)))
    if rng.random() < epsilon:
        return action
    return int(np.argmax(q_values))
"""

GREEDY_OF_OTHERS = """
def epsilon_greedy(q_values, epsilon, rng):
    best = int(np.argmax(q_values))
    if rng.random() < epsilon:
        others = [action for action in range(len(q_values)) if action != best]
        return int(others[rng.integers(len(others))])
    return best
"""

DQN_BY_ARGMAX = """
def dqn_targets(batch, target_network, discount):
    values = target_network(batch.next_states)
    best = tf.gather(values, tf.argmax(values, axis=-1), axis=1, batch_dims=1)
    return batch.rewards + tf.stop_gradient(discount * best * (1 - batch.terminals))
"""

DOUBLE_BY_INDICES = """
def double_dqn_targets(batch, network, target_network, discount):
    best = tf.argmax(network(batch.next_states), axis=1, output_type=tf.int32)
    rows = tf.range(tf.shape(best)[0])
    values = tf.gather_nd(target_network(batch.next_states), tf.stack([rows, best], axis=1))
    return tf.stop_gradient(batch.rewards + discount * (1.0 - batch.terminals) * values)
"""

STORE = "    memory.append(state, action, reward, next_state, terminated)\n"
EXPLORE = "        return int(rng.integers(len(q_values)))\n"
BEST_VALUE = "tf.reduce_max(target_network(batch.next_states), axis=1)"
CHOICE = "tf.argmax(network(batch.next_states), axis=1)"

COMPILED = "Your code works as it is, but not compiled"
THE_NEXT = "Those are the values of `batch.states`. The future begins in `batch.next_states`."
SMALLER = (
    "That's the smaller of the two networks' values. The online network should only choose, and "
    "the target network alone should say what the choice is worth."
)
TIME_LIMIT = "A time limit isn't a terminal state: after it, the future goes on."

OF_TARGETS = TARGETS | {
    NO_PREDICT: [(f"tf.stop_gradient({Y})", f"({Y}).numpy()")],
    "Wrap the result in `tf.stop_gradient`": [("tf.stop_gradient", "")],
    ONE_FOR_EACH: [
        (f"tf.stop_gradient({Y})", f"tf.reduce_mean(tf.stop_gradient({Y}))"),
        (f"tf.stop_gradient({Y})", f"tf.reduce_sum(tf.stop_gradient({Y}))"),
    ],
}

ANSWERS = {
    "epsilon_greedy": {
        "wrong": {
            "The coin is the wrong way round: explore where `rng.random() < epsilon`.": [
                ("< epsilon", "> epsilon")
            ],
            "That's the largest value itself. The action is its index.": [
                ("np.argmax(q_values)", "np.max(q_values)"),
            ],
            "That's the action with the smallest value.": [
                ("np.argmax(q_values)", "np.argmin(q_values)"),
            ],
            "Values can be negative: take the largest, not the one farthest from zero.": [
                ("np.argmax(q_values)", "np.argmax(np.abs(q_values))"),
            ],
            "The last action never comes. `rng.integers(n)` already stays below n.": [
                (EXPLORE, EXPLORE.replace("len(q_values)", "len(q_values) - 1")),
                (EXPLORE, EXPLORE.replace("len(q_values)", "max(1, len(q_values) - 1)")),
            ],
            "There's no such action: they go from 0 to `len(q_values) - 1`.": [
                (EXPLORE, EXPLORE.replace("len(q_values)", "len(q_values) + 1")),
                (EXPLORE, EXPLORE.replace("len(q_values)", "1, len(q_values) + 1")),
            ],
            "Action 0 never comes. Does your draw start at 1?": [
                (EXPLORE, EXPLORE.replace("len(q_values)", "1, len(q_values)")),
            ],
            "The number of actions isn't always the same: it is `len(q_values)`.": [
                (EXPLORE, EXPLORE.replace("len(q_values)", "5")),
                (EXPLORE, EXPLORE.replace("len(q_values)", "4")),
                (EXPLORE, EXPLORE.replace("len(q_values)", "2")),
            ],
            "The type of the best action should be int": [
                ("return int(np.argmax(q_values))", "return np.argmax(q_values)"),
            ],
            "The type of a random action should be int": [
                (EXPLORE, "        return rng.integers(len(q_values))\n"),
            ],
            "Draw with the `rng` you are given: another generator doesn't follow its seed.": [
                ("rng.random()", "np.random.random()"),
                (EXPLORE, "        return int(np.random.randint(len(q_values)))\n"),
                ("    if rng", "    rng = np.random.default_rng()\n    if rng"),
            ],
            "Every call starts a new generator. Draw with the `rng` you are given.": [
                ("    if rng", "    rng = np.random.default_rng(1)\n    if rng"),
            ],
            "`epsilon` is a probability, not a switch: compare it with `rng.random()`.": [
                ("rng.random() < epsilon", "epsilon > 0.5"),
                ("rng.random() < epsilon", "epsilon >= 1"),
                ("rng.random() < epsilon", "epsilon"),
            ],
            "All values can be negative: don't begin the search for the largest with 0.": [
                ("    return int(np.argmax(q_values))",
                 "    best, value = 0, 0.0\n    for action, one in enumerate(q_values):\n"
                 "        if one > value:\n            best, value = action, one\n    return best"),
            ],
            "Draw each action with the same probability, whatever its value.": [
                ("rng.integers(len(q_values))",
                 "rng.choice(len(q_values), p=np.exp(q_values) / np.exp(q_values).sum())"),
            ],
            "`q_values` belongs to one state: its shape is `(A,)`, without a second axis.": [
                ("np.argmax(q_values)", "np.argmax(q_values, axis=1)"),
            ],
            "`epsilon` isn't used: the coin is `rng.random() < epsilon`.": [
                ("rng.random() < epsilon", "rng.random() < 0.5"),
                ("rng.random() < epsilon", "rng.random() < 0.1"),
            ],
            "Is there a `return` at the end?": [("    return int(np.argmax(q_values))", "")],
            "Your code changed its argument `q_values`": [GREEDY_BY_SORTING],
            "Toss the coin first, and draw an action only where the coin says explore.": [
                GREEDY_BOTH_DRAWN,
            ],
            "A random action may be the best one as well: draw among all of them.": [GREEDY_OF_OTHERS],
            "It never explores. With probability `epsilon`, take any of the actions.": [
                ("    if rng.random() < epsilon:\n" + EXPLORE, ""),
            ],
            "It never takes the best action. Where the coin says so, return its index.": [
                ("    return int(np.argmax(q_values))", EXPLORE.replace("        ", "    ")),
            ],
            "The coin should be uniform between 0 and 1: `rng.random()`, not a normal number.": [
                ("rng.random()", "rng.standard_normal()"),
            ],
            "That's the value of a random action. Return the action itself.": [
                (EXPLORE, "        return int(q_values[rng.integers(len(q_values))])\n"),
            ],
        },
        "right": [GREEDY_BY_LIST, GREEDY_BY_METHOD],
    },
    "dqn_targets": {
        "wrong": {
            **OF_TARGETS,
            THE_NEXT: [("batch.next_states", "batch.states")],
            "That's the largest value of the whole batch. Take each row's own, `axis=1`.": [
                (", axis=1", ""),
            ],
            "That's the mean over the actions. Take the largest.": [("reduce_max", "reduce_mean")],
            "That's the sum over the actions. Take the largest.": [("reduce_max", "reduce_sum")],
            "That's the smallest value of each row. Take the largest.": [("reduce_max", "reduce_min")],
            "`axis=0` goes down the columns, over the batch. The actions are on axis 1.": [
                (", axis=1", ", axis=0"),
            ],
            "each is paired with every other": [(", axis=1", ", axis=1, keepdims=True")],
            NEGATIVE: [
                *OF_TARGETS[NEGATIVE],
                ("(target_network(batch.next_states)", "(tf.abs(target_network(batch.next_states))"),
            ],
            "Some actions were left out: take the largest value of all of them.": [
                ("(batch.next_states)", "(batch.next_states)[:, :2]"),
            ],
            "That's the value of the action taken before. Take the largest of all.": [
                (BEST_VALUE, "tf.gather(target_network(batch.next_states), batch.actions, axis=1, "
                             "batch_dims=1)"),
            ],
            "That's the index of the largest value. The target needs the value.": [
                (BEST_VALUE, f"tf.cast({BEST_VALUE.replace('reduce_max', 'argmax')}, tf.float32)"),
                (BEST_VALUE, BEST_VALUE.replace("reduce_max", "argmax")),
            ],
            NO_PREDICT: [
                *OF_TARGETS[NO_PREDICT],
                ("(batch.next_states)", ".predict(batch.next_states, verbose=0)"),
                ("(batch.next_states)", ".predict_on_batch(batch.next_states)"),
            ],
            "Your code changed its argument `batch`": [TARGETS_IN_PLACE, TARGETS_OF_ZEROED_STATES],
            COMPILED: [TARGETS_BY_NUMPY],
            "The next state's value is missing.": [
                (Y, "batch.rewards"),
            ],
        },
        "right": [TARGETS_BY_WHERE, TARGETS_BY_TOP, DQN_BY_ARGMAX],
    },
    "double_dqn_targets": {
        "wrong": {
            **OF_TARGETS,
            THE_NEXT: [("batch.next_states", "batch.states")],
            "Where two actions are equally good, take one of them: your code adds their "
            "values.": [DOUBLE_BY_MASK],
            "That's DQN's target. Here the online network chooses the action.": [
                ("tf.argmax(network", "tf.argmax(target_network"),
            ],
            "The online network both chose and valued the action. Ask the target network for the "
            "value.": [
                ("tf.gather(target_network", "tf.gather(network"),
                ("tf.gather(target_network(batch.next_states), best_actions, axis=1, batch_dims=1)",
                 "tf.reduce_max(network(batch.next_states), axis=1)"),
            ],
            "The two networks are swapped: the online network chooses, the target network says "
            "what the choice is worth.": [
                ("batch, network, target_network", "batch, target_network, network"),
            ],
            "The choice is the action with the smallest value. Choose the largest.": [("argmax", "argmin")],
            "Your code chooses the action in `batch.states`. Choose it in "
            "`batch.next_states`.": [
                ("tf.argmax(network(batch.next_states)", "tf.argmax(network(batch.states)"),
            ],
            "Your code values the choice in `batch.states`. Value it in "
            "`batch.next_states`.": [
                ("gather(target_network(batch.next_states)", "gather(target_network(batch.states)"),
            ],
            "That's the value of the action taken before. The online network chooses the next "
            "one.": [(CHOICE, "batch.actions")],
            "`axis=0` goes down the columns, over the batch. The actions are on axis 1.": [
                (CHOICE, CHOICE.replace("axis=1", "axis=0")),
                (CHOICE, CHOICE.replace(", axis=1", "")),
            ],
            "Every row was asked for every choice: `batch_dims=1` pairs each row with its own.": [
                (", axis=1, batch_dims=1", ", axis=1"),
            ],
            "`tf.gather` took whole rows. For one value out of each: `axis=1, batch_dims=1`.": [
                (", axis=1, batch_dims=1", ""),
                ("tf.gather(target_network(batch.next_states), best_actions, axis=1, batch_dims=1)",
                 "tf.reduce_max(tf.gather(target_network(batch.next_states), best_actions), 1)"),
            ],
            "That's the index of the best action. Ask the target network for its value.": [
                ("tf.gather(target_network(batch.next_states), best_actions, axis=1, batch_dims=1)",
                 "tf.cast(best_actions, tf.float32)"),
            ],
            NO_PREDICT: [
                *OF_TARGETS[NO_PREDICT],
                ("tf.gather(target_network(batch.next_states)",
                 "tf.gather(target_network.predict(batch.next_states, verbose=0)"),
                ("argmax(network(batch.next_states)",
                 "argmax(network.predict(batch.next_states, verbose=0)"),
                ("argmax(network(batch.next_states), axis=1)",
                 "argmax(network(batch.next_states).numpy(), axis=1)"),
            ],
            SMALLER: [DOUBLE_BY_THE_SMALLER, DOUBLE_BY_THE_SMALLER_OF_ONE_CHOICE],
        },
        "right": [DOUBLE_BY_ONE_HOT, DOUBLE_IN_INFERENCE, DOUBLE_BY_INDICES],
    },
    "interact": {
        "wrong": {
            TIME_LIMIT: [(", terminated)\n", ", terminated or truncated)\n")],
            ("The last next state of an episode is the first state of another one.",
             "Store before you reset."): [BROKEN_INTERACT.replace(", done)", ", terminated)")],
            "`terminated` makes a transition terminal, and `truncated` doesn't.": [
                (", terminated)\n", ", truncated)\n"),
            ],
            "The last step led to a terminal state: its flag should say so.": [(", terminated)\n", ", False)\n")],
            "Those are the states before the step. Store the next ones as well.": [
                ("reward, next_state, terminated)\n", "reward, state, terminated)\n"),
            ],
            "Nothing was stored. Store each step with `memory.append`.": [(STORE, "")],
            "The last step of an episode is missing. Store it as well.": [
                (STORE, STORE.replace("    memory", "    if not (terminated or truncated):\n"
                                      "        memory")),
            ],
            "A step that terminated is terminal, even if it was truncated as well.": [
                (", terminated)\n", ", terminated and not truncated)\n"),
            ],
            "The flag is upside down: it is 1 where the task is over.": [(", terminated)\n", ", not terminated)\n")],
            "At the end your code stores zeros. Store the state that `step` returned.": [
                INTERACT_ZEROS_AT_THE_END,
            ],
            "An episode is over when it is terminated or truncated. Begin a new one in both "
            "cases.": [
                ("terminated or truncated", "terminated"),
                ("terminated or truncated", "truncated"),
                ("terminated or truncated", "False"),
                ("terminated or truncated", "terminated and truncated"),
            ],
            "Your code called `reset` after 1 of 2 steps": [
                ("terminated or truncated", "True"),
                ("terminated or truncated", "not (terminated or truncated)"),
            ],
            "With a seed, every episode begins in the same state. Call `env.reset()` without "
            "one.": [("env.reset()", "env.reset(seed=0)"), ("env.reset()", "env.reset(seed=1)")],
            "Hand the action that you were given to the environment, unchanged.": [
                ("env.step(action)", "env.step(env.action_space.sample())"),
                ("env.step(action)", "env.step(np.zeros(1))"),
                ("env.step(action)", "env.step(state)"),
                ("env.step(action)", "env.step(-action)"),
            ],
            "A new episode has begun. Return its first state.": [
                ("        next_state, _ = env.reset()", "        env.reset()"),
            ],
            "`reset` returns two values, the state and a dict.": [
                ("next_state, _ = env.reset()", "next_state = env.reset()"),
            ],
            "Return the state in which the agent acts next.": [
                ("    return next_state", ""),
                ("    return next_state", "    return state"),
                ("    return next_state", "    return next_state, reward"),
                ("    return next_state", "    return state, action, reward, next_state, terminated"),
            ],
            "Store the state in which the agent acted, not the one it came to.": [
                (STORE, "    state = next_state\n" + STORE),
            ],
            "`append` takes the state before the action.": [
                (STORE, STORE.replace("state, action", "action, state", 1)),
            ],
            "`append` takes the reward before the next state.": [
                (STORE, STORE.replace("reward, next_state", "next_state, reward")),
            ],
            "`append` takes the action before the reward.": [
                (STORE, STORE.replace("action, reward", "reward, action")),
            ],
            "Store each transition once, not twice.": [(STORE, 2 * STORE)],
        },
        "right": [INTERACT_WITH_RETURNS, INTERACT_BY_TUPLE],
    },
}  # fmt: skip
