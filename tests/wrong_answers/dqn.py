import numpy as np
import tensorflow as tf

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

Y = "batch.rewards + discount * (1 - batch.terminals) * next_values"
STORE = "    memory.append(state, action, reward, next_state, terminated)\n"

TARGET_MISTAKES = [
    (Y, "batch.rewards + discount * next_values", "still contains the next state's value"),
    (Y, "batch.rewards + (1 - batch.terminals) * next_values", "multiplied by the discount"),
    (Y, "discount * (1 - batch.terminals) * next_values", "The reward is missing"),
    (Y, "batch.rewards + discount * batch.terminals * next_values", "1 − terminal"),
    (Y, "discount * (batch.rewards + (1 - batch.terminals) * next_values)", "value alone"),
    (Y, Y.replace("next_values", "tf.nn.relu(next_values)"), "Values may be negative"),
    (Y, Y.replace("next_values", "tf.abs(next_values)"), "Values may be negative"),
    (Y, f"tf.cast({Y}, tf.float64)", "leave them float32"),
    (f"tf.stop_gradient({Y})", f"({Y}).numpy()", "inside tf.function"),
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
            ("np.argmax(q_values)", "np.argmax(np.abs(q_values))", "took action 3, of −20"),
            ("", GREEDY_BY_SORTING, "q_values was changed"),
            ("len(q_values)", "4", "Of two values"),
        ],
        "right": [GREEDY_BY_LIST, GREEDY_BY_METHOD],
        "equivalent": {},
    },
    "dqn_targets": {
        "wrong": [
            *TARGET_MISTAKES,
            (", axis=1", "", "the whole batch"),
            ("reduce_max", "reduce_mean", "the mean over the actions"),
            ("reduce_max", "reduce_min", "the smallest value"),
            (", axis=1", ", axis=0", "of each column"),
            (", axis=1", ", axis=1, keepdims=True", "of the shape"),
            ("(target_network(batch.next_states)", "(tf.abs(target_network(batch.next_states))",
             "Values may be negative"),
            ("(batch.next_states)", "(batch.next_states)[:, :2]", "among all actions"),
            ("tf.reduce_max(target_network(batch.next_states), axis=1)",
             "tf.gather(target_network(batch.next_states), batch.actions, axis=1, batch_dims=1)",
             "the action that was taken"),
            ("", TARGETS_IN_PLACE, "batch.rewards was changed"),
            ("", TARGETS_OF_ZEROED_STATES, "batch.next_states was changed"),
            ("", TARGETS_BY_NUMPY, "inside tf.function"),
        ],
        "right": [TARGETS_BY_WHERE, TARGETS_BY_TOP],
    },
    "double_dqn_targets": {
        "wrong": [
            *TARGET_MISTAKES,
            ("tf.argmax(network", "tf.argmax(target_network", "DQN's target"),
            ("tf.gather(target_network", "tf.gather(network", "the online network's"),
            ("argmax", "argmin", "of the smallest value"),
            ("tf.argmax(network(batch.next_states)", "tf.argmax(network(batch.states)",
             "choice was made in batch.states"),
            ("gather(target_network(batch.next_states)", "gather(target_network(batch.states)",
             "valued in batch.states"),
            ("tf.argmax(network(batch.next_states), axis=1)", "batch.actions",
             "the action that was taken"),
            ("", DOUBLE_BY_THE_SMALLER, "the smaller of what the two networks say"),
            ("", DOUBLE_BY_THE_SMALLER_OF_ONE_CHOICE, "the smaller of what the two networks say"),
        ],
        "right": [DOUBLE_BY_ONE_HOT, DOUBLE_IN_INFERENCE],
    },
    "interact": {
        "wrong": [
            (", terminated)\n", ", terminated or truncated)\n", "A time limit is no terminal"),
            ("", BROKEN_INTERACT.replace(", done)", ", terminated)"), "store before you reset"),
            (", terminated)\n", ", truncated)\n", "instead of"),
            (", terminated)\n", ", False)\n", "led to a terminal state"),
            ("reward, next_state, terminated)\n", "reward, state, terminated)\n",
             "the states themselves"),
            (STORE, "", "0 transitions were stored"),
            (", terminated)\n", ", terminated and not truncated)\n", "terminal, truncated or not"),
            (", terminated)\n", ", not terminated)\n", "the wrong way round"),
            ("", INTERACT_ZEROS_AT_THE_END, "zeros were stored"),
            ("terminated or truncated", "terminated", "reset after an end"),
            ("terminated or truncated", "truncated", "reset after an end"),
            ("terminated or truncated", "True", "reset was called 3 times"),
            ("env.reset()", "env.reset(seed=0)", "reset was given a seed"),
            ("env.step(action)", "env.step(env.action_space.sample())",
             "The actions that the environment got"),
            ("        next_state, _ = env.reset()", "        env.reset()", "a new episode begins"),
            ("next_state, _ = env.reset()", "next_state = env.reset()", "A tuple"),
            ("    return next_state", "", "returned None"),
            (STORE, "    state = next_state\n" + STORE, "The states that were stored"),
        ],
        "right": [INTERACT_WITH_RETURNS, INTERACT_BY_TUPLE],
    },
}  # fmt: skip
