import numpy as np
import tensorflow as tf

NAMESPACE = {"np": np, "tf": tf}

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

TARGETS_BY_WHERE = """
def dqn_targets(batch, target_network, discount):
    values = tf.stop_gradient(target_network(batch.next_states))
    future = tf.where(batch.terminals == 1, 0.0, tf.math.reduce_max(values, 1))
    return batch.rewards + discount * future
"""

DOUBLE_BY_ONE_HOT = """
def double_dqn_targets(batch, network, target_network, discount):
    chosen = tf.one_hot(tf.argmax(network(batch.next_states), 1), 2)
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

INTERACT_WITH_RETURNS = """
def interact(env, memory, state, action):
    after, reward, terminated, truncated, info = env.step(action)
    memory.append(state, action, reward, after, terminated)
    if not terminated and not truncated:
        return after
    return env.reset()[0]
"""

Y = "batch.rewards + discount * (1 - batch.terminals) * next_values"
STORE = "    memory.append(state, action, reward, next_state, terminated)\n"

TARGET_MISTAKES = [
    (Y, "batch.rewards + discount * next_values", "still contains the next state's value"),
    (Y, "batch.rewards + (1 - batch.terminals) * next_values", "multiplied by the discount"),
    (Y, "discount * (1 - batch.terminals) * next_values", "The reward is missing"),
    (Y, "batch.rewards + discount * batch.terminals * next_values", "instead of"),
    ("tf.stop_gradient", "", "A gradient flows through the targets"),
    ("batch.next_states", "batch.states", "take batch.next_states"),
    ("    return tf", "    tf", "is there a return"),
]

ANSWERS = {
    "epsilon_greedy": {
        "wrong": [
            ("< epsilon", "> epsilon", "where 1 has the largest value"),
            ("np.argmax(q_values)", "np.max(q_values)", "where 1 has the largest value"),
            ("np.argmax(q_values)", "np.argmin(q_values)", "where 1 has the largest value"),
            ("len(q_values)", "len(q_values) - 1", "all of them should come alike"),
            ("len(q_values)", "len(q_values) + 1", "from 0 to 3"),
            ("return int(np.argmax(q_values))", "return np.argmax(q_values)", "must be an int"),
            ("rng.random()", "np.random.random()", "the generator that was given"),
            ("rng.random() < epsilon", "epsilon > 0.5", "is ε the probability"),
            ("    return int(np.argmax(q_values))", "", "must be an int"),
        ],
        "right": [GREEDY_BY_LIST],
        "equivalent": {},
    },
    "dqn_targets": {
        "wrong": [
            *TARGET_MISTAKES,
            (", axis=1", "", "the whole batch"),
            ("reduce_max", "reduce_mean", "the mean over the actions"),
            ("reduce_max", "reduce_min", "the smallest value"),
            (", axis=1", ", axis=0", "Incompatible shapes"),
            (", axis=1", ", axis=1, keepdims=True", "of the shape"),
        ],
        "right": [TARGETS_BY_NUMPY, TARGETS_BY_WHERE],
    },
    "double_dqn_targets": {
        "wrong": [
            *TARGET_MISTAKES,
            ("tf.argmax(network", "tf.argmax(target_network", "DQN's target"),
            ("tf.gather(target_network", "tf.gather(network", "the online network's"),
            ("argmax", "argmin", "instead of"),
        ],
        "right": [DOUBLE_BY_ONE_HOT],
    },
    "interact": {
        "wrong": [
            (", terminated)\n", ", terminated or truncated)\n", "A time limit is no terminal"),
            ("", BROKEN_INTERACT, "store before you reset"),
            (", terminated)\n", ", truncated)\n", "instead of"),
            (", terminated)\n", ", False)\n", "led to a terminal state"),
            ("reward, next_state, terminated)\n", "reward, state, terminated)\n",
             "the states themselves"),
            (STORE, "", "0 transitions were stored"),
            ("terminated or truncated", "terminated", "The loop has to stop"),
            ("terminated or truncated", "truncated", "The loop has to stop"),
            ("        next_state, _ = env.reset()", "        env.reset()", "a new episode begins"),
            ("next_state, _ = env.reset()", "next_state = env.reset()", "A tuple"),
            ("    return next_state", "", "returned None"),
            (STORE, "    state = next_state\n" + STORE, "The states that were stored"),
        ],
        "right": [INTERACT_WITH_RETURNS],
    },
}  # fmt: skip
