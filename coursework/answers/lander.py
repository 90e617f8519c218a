"""Answers to the exercises of chapter 8."""

import numpy as np
import tensorflow as tf

from helpers.actor import train_actor
from helpers.critic import ddpg_targets, train_critic
from helpers.engine.agent import Agent
from helpers.lander import DDPG
from helpers.target_updates import hard_update, soft_update

NAMESPACE = {
    "np": np,
    "tf": tf,
    "Agent": Agent,
    "DDPG": DDPG,
    "ddpg_targets": ddpg_targets,
    "train_critic": train_critic,
    "train_actor": train_actor,
    "hard_update": hard_update,
    "soft_update": soft_update,
}

ACT_BY_MINIMUM = """
class DDPG(Agent):
    def act(self, state, noise=0):
        low, high = self.action_space.low, self.action_space.high
        action = self.policy(np.array(state, dtype=np.float32)) + (high - low) / 2 * noise
        return np.minimum(np.maximum(action, low), high)
"""

ACT_BY_A_ROW = """
class DDPG(Agent):
    def act(self, state, noise=None):
        action = self.policy(np.array(state, np.float32)[None])[0]
        action += 0 if noise is None else self.half_range * noise
        return action.clip(self.action_space.low, self.action_space.high)
"""

UPDATE_BY_HAND = """
class DDPG(Agent):
    def update(self, batch):
        s = self.settings
        ahead = self.target_critic([batch.next_states, self.target_actor(batch.next_states)])
        targets = batch.rewards + s.discount**s.n_steps * (1 - batch.terminals) * ahead
        loss = train_critic(self.critic, self.critic_optimizer, batch, targets)
        value = train_actor(self.actor, self.critic, self.actor_optimizer, batch.states)
        for online, target in ((self.critic, self.target_critic), (self.actor, self.target_actor)):
            for source, copy in zip(online.weights, target.weights):
                copy.assign_add(s.tau * (source - copy))
        return [loss, value]
"""

UPDATE_IN_ANOTHER_ORDER = """
class DDPG(Agent):
    def update(self, batch):
        s = self.settings
        goal = ddpg_targets(batch, self.target_actor, self.target_critic, s.discount ** s.n_steps)
        answer = (train_critic(self.critic, self.critic_optimizer, batch, goal),
                  train_actor(self.actor, self.critic, self.actor_optimizer, batch.states))
        soft_update(self.actor, self.target_actor, s.tau)
        soft_update(self.critic, self.target_critic, tau=s.tau)
        return answer
"""

LOOP_BY_EPISODES = """
def training_loop(agent, env, memory, noise, steps):
    left = steps
    while left > 0:
        noise.reset()
        state, info = env.reset()
        over = False
        while left > 0 and not over:
            left -= 1
            kick = noise.sample()
            action = agent.act(state, kick)
            after, reward, terminated, truncated, info = env.step(action)
            memory.append(state, action, reward, after, terminated)
            batch = memory.sample(agent.settings.batch_size)
            agent.update(batch)
            state, over = after, terminated or truncated
"""

LOOP_WITH_RESET_AT_THE_END = """
def training_loop(agent, env, memory, noise, steps):
    def begin():
        noise.reset()
        return env.reset()[0]

    state = begin()
    for _ in range(steps):
        action = agent.act(state, noise=noise.sample())
        row = env.step(action)
        memory.append(state, action, row[1], row[0], row[2])
        agent.update(memory.sample(agent.settings.batch_size))
        state = begin() if row[2] or row[3] else row[0]
"""

LOOP_WITH_ONE_CALM = LOOP_BY_EPISODES.replace("        noise.reset()\n", "").replace(
    "    left = steps\n", "    left = steps\n    noise.reset()\n"
)
LOOP_WITH_ONE_KICK = LOOP_BY_EPISODES.replace("            kick = noise.sample()\n", "").replace(
    "    left = steps\n", "    left = steps\n    kick = noise.sample()\n"
)
LOOP_OF_EPISODES = """
def training_loop(agent, env, memory, noise, steps):
    for episode in range(steps):
        noise.reset()
        state, _ = env.reset()
        over = False
        while not over:
            action = agent.act(state, noise.sample())
            after, reward, terminated, truncated, _ = env.step(action)
            memory.append(state, action, reward, after, terminated)
            agent.update(memory.sample(agent.settings.batch_size))
            state, over = after, terminated or truncated
"""
TWINS = """
class TD3(DDPG):
    def _make_networks(self):
        return super()._make_networks() | {"second_critic": self._make_critic()}
"""
SMALLER_BY_WHERE = (
    TWINS
    + """
    def smaller_value(self, inputs):
        states, actions = inputs
        one = self.targets["critic"]([states, actions])
        other = self.targets["second_critic"]([states, actions])
        return tf.where(one < other, one, other)
"""
)
SMALLER_BY_STACK = (
    TWINS
    + """
    def smaller_value(self, inputs):
        critics = [self.target_critic, self.targets["second_critic"]]
        return tf.reduce_min(tf.stack([critic(inputs) for critic in critics]), axis=0)
"""
)
SMOOTHED_BY_MINIMUM = (
    TWINS
    + """
    def smoothed_actions(self, states, normal):
        half = self.half_range
        noise = tf.minimum(tf.maximum(normal / 5 * half, -half / 2), half / 2)
        low, high = self.action_space.low, self.action_space.high
        return tf.minimum(tf.maximum(self.target_actor(states) + noise, low), high)
"""
)
SMOOTHED_BY_THE_ENDS = (
    TWINS
    + """
    def smoothed_actions(self, states, normal):
        noise = 0.2 * tf.clip_by_value(normal, -2.5, 2.5)
        width = self.action_space.high - self.action_space.low
        actions = self.targets["actor"](states) + noise * width / 2
        return tf.clip_by_value(actions, self.action_space.low, self.action_space.high)
"""
)
TD3_HEAD = (
    TWINS
    + """
    def update(self, batch):
        step = tf.cast(self.critic_optimizer.iterations, tf.int32)
        normal = tf.random.stateless_normal(tf.shape(batch.actions), [step, self.settings.seed])
"""
)
TD3_BY_NAMES = (
    TD3_HEAD
    + """
        def actor(states):
            return self.smoothed_actions(states, normal)

        discount = self.settings.n_step_discount
        goal = ddpg_targets(batch, actor, self.smaller_value, discount)
        losses = [
            train_critic(self.networks[name], self.optimizers[name], batch, goal)
            for name in ("critic", "second_critic")
        ]
        if tf.equal(step % 2, 0):
            train_actor(self.actor, self.critic, self.actor_optimizer, batch.states)
            soft_update(self.actor, self.target_actor, self.settings.tau)
            soft_update(self.critic, self.target_critic, self.settings.tau)
            soft_update(self.networks["second_critic"], self.targets["second_critic"], self.settings.tau)
        value = tf.reduce_mean(self.critic([batch.states, self.actor(batch.states)]))
        return losses[0], value
"""
)
TD3_BY_HAND = (
    TD3_HEAD
    + """
        actions = self.smoothed_actions(batch.next_states, normal)
        ahead = self.smaller_value([batch.next_states, actions])
        targets = batch.rewards + self.settings.n_step_discount * (1 - batch.terminals) * ahead
        targets = tf.stop_gradient(targets)
        train_critic(self.networks["second_critic"], self.optimizers["second_critic"], batch, targets)
        loss = train_critic(self.critic, self.critic_optimizer, batch, targets)
        if step % 2 != 1:
            train_actor(self.actor, self.critic, self.actor_optimizer, batch.states)
            for name in self.networks:
                soft_update(self.networks[name], self.targets[name], self.settings.tau)
        return [loss, tf.reduce_mean(self.critic([batch.states, self.actor(batch.states)]))]
"""
)
TD3_BY_COUNTING = (
    TD3_BY_HAND.replace("if step % 2 != 1", "if self.count % 2 == 1")
    .replace(
        "        actions = self.smoothed",
        "        self.count += 1\n        actions = self.smoothed",
    )
    .replace("    def update", "    count = 0\n\n    def update")
)
BOTH = 'tf.minimum(self.target_critic(inputs), self.targets["second_critic"](inputs))'
KICK = "tf.clip_by_value(0.2 * normal, -0.5, 0.5) * self.half_range"
INSIDE = "tf.clip_by_value(actions, self.action_space.low, self.action_space.high)"
SECOND = "        train_critic(*second, batch, targets)\n"
CLIMB = "            train_actor(self.actor, self.critic, self.actor_optimizer, batch.states)\n"
FOLLOW = """\
            for name in self.networks:
                soft_update(self.networks[name], self.targets[name], self.settings.tau)
"""
EVEN = "        if step % 2 == 0:\n"
ALWAYS = (EVEN + CLIMB + FOLLOW, (CLIMB + FOLLOW).replace("    ", "", 1).replace("\n    ", "\n"))
APPEND = "        memory.append(state, action, reward, next_state, terminated)\n"
LEARN = "        agent.update(memory.sample(agent.settings.batch_size))\n"
NOISE = "noise * self.half_range"
STATE = "np.asarray(state, np.float32)"
CLIP = "np.clip(action, self.action_space.low, self.action_space.high)"
POWER = "self.settings.n_step_discount"
CRITIC = "        loss = train_critic(self.critic, self.critic_optimizer, batch, targets)\n"
ACTOR = "        value = train_actor(self.actor, self.critic, self.actor_optimizer, batch.states)\n"
FOLLOW_CRITIC = "        soft_update(self.critic, self.target_critic, self.settings.tau)\n"
FOLLOW_ACTOR = "        soft_update(self.actor, self.target_actor, self.settings.tau)\n"
DISCOUNT = f"        discount = {POWER}\n"


ASK = f"        action = self.policy({STATE})\n"
ADD = "            action = action + noise * self.half_range\n"
IF_NOISE = "        if noise is not None:\n"
RETURN = f"        return {CLIP}\n"

COMPILED = "Your code works as it is, but not compiled"
OWN_BOUNDS = (
    "Each number of an action has its own bounds. Did you use one pair for all?",
    "Clip to `self.action_space.low` and `self.action_space.high`.",
)
OWN_NOISE = "Each number of an action has its own noise and its own half-range. Did you mix them?"
ORDER = (
    "One of your calls has an argument in the wrong place.",
    "The calls are `ddpg_targets(batch, target_actor, target_critic, discount)`, "
    "`train_critic(critic, optimizer, batch, targets)`, "
    "`train_actor(actor, critic, optimizer, states)` and `soft_update(online, target, tau)`.",
)
MOVED_FIRST = (
    "A target network moved before the targets were made. The target networks should follow last."
)
PAIR = "`update` should return two tensors, the loss and the mean value."
AS_THEY_ARE = "Return the two tensors as they are, because `update` runs compiled."
N_STEPS = (
    "The targets count n rewards, so the discount should be γⁿ.",
    "That's `self.settings.n_step_discount`.",
)

ANSWERS = {
    "act": {
        "cell": "agent",
        "object": "DDPG",
        "wrong": {
            ("One unit of noise should move the action by half of its range.",
             "Multiply the noise by `self.half_range`."): [(NOISE, "noise")],
            "One unit of noise should move the action by exactly half of its range.": [
                (NOISE, "noise * 2 * self.half_range"), (NOISE, "noise * self.half_range / 2"),
                (NOISE, "noise * (self.action_space.high - self.action_space.low)"),
            ],
            "Clip the action without noise as well.": [
                ("            action = action + noise * self.half_range\n        return np.clip(action,",
                 "            action = action + noise * self.half_range\n        if noise is None:\n"
                 "            return action\n        return np.clip(action,"),
            ],
            "Multiply the noise by half of the range, not by the bound.": [
                (NOISE, "noise * self.action_space.high"),
            ],
            "Multiply the noise by the half-range. Don't divide it.": [
                (NOISE, "noise / self.half_range"),
            ],
            "Add the noise to the action. Don't multiply them.": [
                ("action + noise * self.half_range", "action * noise * self.half_range"),
                ("action + noise * self.half_range", "action * (1 + noise)"),
            ],
            "Multiply only the noise by the half-range. The policy's action has the right size already.": [
                ("action + noise * self.half_range", "(action + noise) * self.half_range"),
                (ASK, ASK.replace("))", ")) * self.half_range")),
            ],
            "Add the noise. Don't subtract it.": [("action + noise", "action - noise")],
            ("The environment and the memory need an action inside the bounds.",
             "Clip the sum, after you added the noise."): [
                (CLIP, "action"),
                (IF_NOISE + ADD + RETURN,
                 f"        action = {CLIP}\n" + IF_NOISE + ADD + "        return action\n"),
            ],
            OWN_BOUNDS: [
                (CLIP, "np.clip(action, -1, 1)"),
                (CLIP, "np.clip(action, self.action_space.low[0], self.action_space.high[0])"),
                (CLIP, "np.clip(action, self.action_space.low[1], self.action_space.high[1])"),
                (CLIP, "np.clip(action, self.action_space.low.min(), self.action_space.high.max())"),
                (CLIP, "np.clip(action, self.action_space.low.max(), self.action_space.high.min())"),
            ],
            "Clip to the bounds, not to the half-range. The bounds needn't be centred on zero.": [
                (CLIP, "np.clip(action, -self.half_range, self.half_range)"),
            ],
            "Clip the sum of action and noise, not the noise alone.": [
                (NOISE, "np.clip(noise, -1, 1) * self.half_range"),
                (NOISE, "np.clip(noise * self.half_range, self.action_space.low, "
                        "self.action_space.high)"),
            ],
            OWN_NOISE: [
                (NOISE, "noise[0] * self.half_range"), (NOISE, "noise.mean() * self.half_range"),
                (NOISE, "noise.sum() * self.half_range"), (NOISE, "noise[::-1] * self.half_range"),
                (NOISE, "noise * self.half_range[0]"), (NOISE, "noise * self.half_range.mean()"),
            ],
            "Your code changed its argument `noise`": [
                ("            action = action +", "            noise *= self.half_range\n"
                 "            action = action + noise + 0 *"),
            ],
            ("The policy takes a float32 array.", f"Convert the state with `{STATE}`."): [
                (STATE, "state"), (STATE, "np.asarray(state)"),
            ],
            "The state lost its decimals. Convert it to float32 without rounding.": [
                (STATE, "np.asarray(state, int).astype(np.float32)"),
                (STATE, "np.round(state).astype(np.float32)"),
            ],
            "Ask the policy about the state that `act` was given.": [
                (STATE, "np.ones(3, np.float32)"), (STATE, "np.zeros(3, np.float32)"),
                (STATE, "np.asarray(state, np.float32) * 0"),
            ],
            "Give the policy a single state, without another axis. It returns a single action.": [
                (STATE, STATE + "[None]"),
            ],
            "ask `self.policy`": [("self.policy", "self.actor")],
            ("`noise` is either None or an array.", "Tell them apart with `if noise is not None`."): [
                ("if noise is not None", "if noise"),
                ("if noise is not None", "if noise != None"),
                (IF_NOISE + "            action =", "        action ="),
                ("if noise is not None", "if noise.any()"),
                ("if noise is not None", "if noise is None"),
            ],
            "Clip to both bounds, the lower and the upper.": [
                (CLIP, "np.minimum(action, self.action_space.high)"),
                (CLIP, "np.maximum(action, self.action_space.low)"),
            ],
            "`np.clip` takes the lower bound first.": [
                (CLIP, "np.clip(action, self.action_space.high, self.action_space.low)"),
            ],
            "The noise is missing. Add it if it isn't None.": [(ADD, "            pass\n"), (IF_NOISE + ADD, "")],
            "Is there a `return`": [
                ("        return " + CLIP, "        " + CLIP),
                (RETURN, RETURN.replace("        return", "            return")),
            ],
        },
        "right": [ACT_BY_MINIMUM, ACT_BY_A_ROW],
    },
    "update": {
        "cell": "agent",
        "object": "DDPG",
        "wrong": {
            N_STEPS: [
                (POWER, "self.settings.discount"),
                (POWER, POWER + " * self.settings.discount"),
                (POWER, "self.settings.discount * self.settings.n_steps"),
                (POWER, "self.settings.discount**5"),
                (POWER, "self.settings.discount**2"),
                (POWER, "self.settings.discount**self.settings.n_steps / 2"),
                (POWER, "self.settings.discount**(self.settings.n_steps - 1)"),
                (POWER, POWER + "**2"),
                (POWER, "0.99"),
                (POWER, "self.settings.tau"),
            ],
            "The targets must come from the target networks, not from the online ones.": [
                ("batch, self.target_actor, self.target_critic", "batch, self.actor, self.critic"),
            ],
            "The next action must come from the target actor, not from the online one.": [
                ("batch, self.target_actor", "batch, self.actor"),
            ],
            "The next value must come from the target critic, not from the online one.": [
                ("self.target_critic, discount", "self.critic, discount"),
            ],
            "A terminal transition has no future. Hand `batch` over unchanged, with its own flags.": [
                ("(batch, self", "(batch._replace(terminals=0 * batch.terminals), self"),
                ("(batch, self", "(batch._replace(terminals=1 - batch.terminals), self"),
            ],
            "The targets need the next states. Hand `batch` over unchanged.": [
                ("(batch, self", "(batch._replace(next_states=batch.states), self"),
            ],
            "The next action should come from the target actor, not from `batch.actions`.": [
                ("batch, self.target_actor,", "batch, lambda _: batch.actions,"),
            ],
            ORDER: [
                ("self.target_actor, self.target_critic", "self.target_critic, self.target_actor"),
                ("self.actor, self.critic, self.a", "self.critic, self.actor, self.a"),
                ("self.critic, self.critic_optimizer", "self.critic_optimizer, self.critic"),
                ("batch, targets)", "targets, batch)"),
                ("optimizer, batch.states", "optimizer, batch"),
                ("self.actor_optimizer, batch.states", "batch.states, self.actor_optimizer"),
            ],
            "Each network has its own optimizer. Did you use one for both?": [
                ("self.critic, self.critic_optimizer", "self.critic, self.actor_optimizer"),
                ("self.critic, self.actor_optimizer", "self.critic, self.critic_optimizer"),
            ],
            "Train the actor in the batch's states, not in the next ones.": [
                ("optimizer, batch.states", "optimizer, batch.next_states"),
            ],
            "The actor should climb the critic as it is now. Train the critic first, then the actor.": [
                (CRITIC + ACTOR, ACTOR + CRITIC),
            ],
            "The critic wasn't trained. Call `train_critic`.": [(CRITIC, "        loss = tf.constant(0.25)\n")],
            "The actor wasn't trained. Call `train_actor`.": [(ACTOR, "        value = tf.constant(1.2)\n")],
            "The critic moved twice. It should move once in an update.": [(CRITIC, 2 * CRITIC)],
            "The actor moved twice. It should move once in an update.": [(ACTOR, 2 * ACTOR)],
            "The actor should climb the online critic, not the target critic.": [
                ("self.actor, self.critic, self.actor_optimizer",
                 "self.actor, self.target_critic, self.actor_optimizer"),
            ],
            "Train the online networks. The target networks only follow them.": [
                ("train_actor(self.actor", "train_actor(self.target_actor"),
                ("train_critic(self.critic", "train_critic(self.target_critic"),
            ],
            "The target critic doesn't follow. Call `soft_update` for it.": [(FOLLOW_CRITIC, "")],
            "The target actor doesn't follow. Call `soft_update` for it.": [(FOLLOW_ACTOR, "")],
            "The target networks don't follow. Call `soft_update` for each of them.": [(FOLLOW_CRITIC + FOLLOW_ACTOR, "")],
            "A target network followed twice. It should follow once in an update.": [
                (FOLLOW_CRITIC, 2 * FOLLOW_CRITIC), (FOLLOW_ACTOR, 2 * FOLLOW_ACTOR),
            ],
            MOVED_FIRST: [
                (DISCOUNT, FOLLOW_CRITIC + FOLLOW_ACTOR + DISCOUNT),
                (DISCOUNT, FOLLOW_CRITIC + DISCOUNT),
                (DISCOUNT, FOLLOW_ACTOR + DISCOUNT),
            ],
            "The target networks should follow what you just trained. Call `soft_update` last.": [
                (CRITIC, FOLLOW_CRITIC + FOLLOW_ACTOR + CRITIC, ),
            ],
            "Hand over `tau`, not 1 − `tau`. It's the online network's part of the new target.": [
                ("self.target_critic, self.settings.tau", "self.target_critic, 1 - self.settings.tau"),
                ("self.target_actor, self.settings.tau", "self.target_actor, 1 - self.settings.tau"),
            ],
            "The online network moved in place of the target. The order is "
            "`soft_update(online, target, tau)`.": [
                ("self.actor, self.target_actor, self.settings.tau",
                 "self.target_actor, self.actor, self.settings.tau"),
                ("self.critic, self.target_critic, self.settings.tau",
                 "self.target_critic, self.critic, self.settings.tau"),
            ],
            "Each target network should follow its own online network. Did you mix up actor and "
            "critic?": [
                ("soft_update(self.actor, self.target_actor", "soft_update(self.critic, self.target_actor"),
                ("soft_update(self.critic, self.target_critic",
                 "soft_update(self.actor, self.target_critic"),
            ],
            ("The target networks should follow at the speed of the agent's settings.", "Give `soft_update` its third "
             "argument, `self.settings.tau`."): [
                ("self.target_critic, self.settings.tau)", "self.target_critic)"),
                ("self.target_actor, self.settings.tau)", "self.target_actor)"),
                (FOLLOW_CRITIC + FOLLOW_ACTOR, (FOLLOW_CRITIC + FOLLOW_ACTOR).replace(
                    ", self.settings.tau", "")),
            ],
            "A target network became a copy. It should follow slowly, by `soft_update`.": [
                (FOLLOW_CRITIC, "        hard_update(self.critic, self.target_critic)\n"),
                (FOLLOW_ACTOR, "        hard_update(self.actor, self.target_actor)\n"),
            ],
            "Return the loss first, then the mean value.": [
                ("return loss, value", "return value, loss"),
            ],
            PAIR: [
                ("return loss, value", "return loss"),
                ("return loss, value", "return {'loss': loss, 'value': value}"),
                ("return loss, value", "return loss, value, targets"),
                ("        return loss, value", ""),
            ],
            AS_THEY_ARE: [
                ("return loss, value", "return float(loss), float(value)"),
            ],
            COMPILED: [
                ("return loss, value", "return loss.numpy(), value.numpy()"),
            ],
            "Return the loss and the mean value as `train_critic` and `train_actor` return them.": [
                ("return loss, value", "return loss, tf.reduce_mean(self.critic([batch.states, "
                 "self.actor(batch.states)]))"),
                ("return loss, value", "return tf.reduce_mean(targets), value"),
                ("return loss, value", "return loss, -value"),
            ],
        },
        "right": [UPDATE_IN_ANOTHER_ORDER, UPDATE_BY_HAND],
    },
    "training_loop": {
        "wrong": {
            "A time limit isn't a terminal state. Store only `terminated`.": [
                ("next_state, terminated)", "next_state, terminated or truncated)"),
                ("next_state, terminated)", "next_state, truncated)"),
            ],
            "An episode is over when it is terminated or truncated.": [
                ("= next_state, terminated or truncated", "= next_state, terminated"),
                ("= next_state, terminated or truncated", "= next_state, truncated"),
            ],
            "The noise still remembers the last episode. Reset it at the start of each episode as "
            "well.": [
                ("            noise.reset()\n", ""),
                LOOP_WITH_ONE_CALM,
            ],
            "Without noise the agent doesn't explore. Give `act` a sample of it.": [
                ("agent.act(state, noise.sample())", "agent.act(state)"),
            ],
            "`act` takes the state first, then the noise.": [
                ("agent.act(state, noise.sample())", "agent.act(noise.sample(), state)"),
            ],
            "Every step got the same noise. Draw a new sample inside the loop.": [
                LOOP_WITH_ONE_KICK,
            ],
            "The agent acted in the same state all along. Go on from the state that `step` returned.": [
                ("state, ended = next_state, terminated", "ended = terminated"),
            ],
            "A transition begins in the old state. Store it before you go on to the next one.": [
                (APPEND, "        before, state = state, next_state\n" + APPEND),
            ],
            "State and next state are swapped. `append` takes the state first.": [
                ("(state, action, reward, next_state,", "(next_state, action, reward, state,"),
            ],
            "`append` takes the reward before the next state.": [
                ("reward, next_state, terminated)", "next_state, reward, terminated)"),
            ],
            "Nothing was stored. Append a transition to the memory at each step.": [(APPEND, "")],
            "Store the transition before you sample, so that the batch may already hold it.": [
                (APPEND + LEARN, LEARN + APPEND),
            ],
            "The agent never learned. Call `agent.update` at each step.": [(LEARN, "")],
            "There were two updates a step. One is enough.": [(LEARN, 2 * LEARN)],
            "The agent learned only at the end of an episode. It should learn at each step.": [
                (LEARN, "        if terminated or truncated:\n    " + LEARN),
            ],
            "The batch has the wrong size. The right one is `agent.settings.batch_size`.": [
                ("agent.settings.batch_size", "64"), ("agent.settings.batch_size", "1"),
            ],
            "With a seed, every episode begins like the first. Reset without one.": [
                ("env.reset()", "env.reset(seed=0)"),
            ],
            "Stop after exactly `steps` steps. Did you count episodes?": [
                LOOP_OF_EPISODES,
                ("range(steps)", "range(steps - 1)"),
                ("range(steps)", "range(steps + 1)"),
            ],
        },
        "right": [LOOP_BY_EPISODES, LOOP_WITH_RESET_AT_THE_END],
    },
    "smaller_value": {
        "cell": "td3",
        "object": "TD3",
        "wrong": {
            "That's the larger value. Take the smaller one.": [
                ("tf.minimum", "tf.maximum"),
            ],
            "That's the value of one critic. Ask both, and take the smaller value.": [
                (BOTH, "self.target_critic(inputs)"),
                (BOTH, 'self.targets["second_critic"](inputs)'),
            ],
            "That's the mean of the two values. Take the smaller one.": [
                (BOTH, BOTH.replace("tf.minimum(", "tf.add(") + " / 2"),
            ],
            "That's the sum of the two values. Take the smaller one.": [(BOTH, BOTH.replace("minimum", "add"))],
            "Ask the two target critics, not the online ones.": [
                (BOTH, 'tf.minimum(self.critic(inputs), self.networks["second_critic"](inputs))'),
                ("self.target_critic(inputs)", "self.critic(inputs)"),
                ('self.targets["second_critic"]', 'self.networks["second_critic"]'),
            ],
            "Each transition has its own smaller value. Compare row by row.": [
                (BOTH, f"tf.reduce_min({BOTH})"),
                (BOTH, f"{BOTH} * 0 + tf.reduce_min({BOTH})"),
            ],
            "Take the smaller value, not the one nearer to zero.": [
                (BOTH, 'tf.where(tf.abs(self.target_critic(inputs)) < '
                       'tf.abs(self.targets["second_critic"](inputs)), '
                       'self.target_critic(inputs), self.targets["second_critic"](inputs))'),
            ],
            COMPILED: [("tf.minimum", "np.minimum")],
            "Is there a `return`": [("        return tf.minimum", "        tf.minimum")],
        },
        "right": [SMALLER_BY_WHERE, SMALLER_BY_STACK],
        "equivalent": {
            "arguments: tf.minimum(self.target_critic(inputs), "
            "self.targets['second_critic'](inputs))": "the smaller of two, in either order",
        },
    },
    "smoothed_actions": {
        "cell": "td3",
        "object": "TD3",
        "wrong": {
            ("The noise is in half-ranges, as in `act`.",
             "Multiply it by `self.half_range`."): [(" * self.half_range", "")],
            ("The noise is too large. Clip it to ±0.5 half-ranges.",
             "`tf.clip_by_value(0.2 * normal, -0.5, 0.5)` does it."): [
                (KICK, "0.2 * normal * self.half_range"),
            ],
            "Multiply the normal numbers by 0.2 first, and clip only then.": [
                (KICK, "0.2 * tf.clip_by_value(normal, -0.5, 0.5) * self.half_range"),
            ],
            "Clip the noise to ±0.5 first, and multiply by the half-range only then.": [
                (KICK, "tf.clip_by_value(0.2 * normal * self.half_range, -0.5, 0.5)"),
            ],
            "The noise is too large. Multiply each normal number by 0.2.": [
                ("0.2 * normal", "normal"),
            ],
            "The noise should be 0.2 times the normal number, clipped to ±0.5. Check both numbers.": [
                ("0.2 * normal", "0.5 * normal"), ("-0.5, 0.5", "-0.4, 0.4"),
                ("-0.5, 0.5", "-0.2, 0.2"), ("-0.5, 0.5", "0, 0.5"),
                ("0.2 * normal", "tf.sqrt(0.2) * normal"),
            ],
            "The next action must come from the target actor, not from the online one.": [
                ("self.target_actor", "self.actor"),
            ],
            "Add the noise to the target actor's action.": [
                ("self.target_actor(states) + noise", "noise"),
                ("self.target_actor(states) + noise", "self.target_actor(states) * noise"),
            ],
            "Add the noise. Don't subtract it.": [("(states) + noise", "(states) - noise")],
            "The noise is missing. Add it to the target actor's action.": [
                ("self.target_actor(states) + noise", "self.target_actor(states)"),
            ],
            "Noise may carry an action past its bounds. Clip the sum.": [
                (INSIDE, "actions"),
                ("self.target_actor(states) + noise\n        return " + INSIDE,
                 INSIDE.replace("actions", "self.target_actor(states)", 1)
                 + " + noise\n        return actions"),
            ],
            OWN_BOUNDS: [
                (INSIDE, "tf.clip_by_value(actions, -1, 1)"),
                (INSIDE, "tf.clip_by_value(actions, self.action_space.low[0], "
                         "self.action_space.high[0])"),
            ],
            COMPILED: [(INSIDE, INSIDE.replace("tf.clip_by_value", "np.clip"))],
            "Is there a `return`": [("        return " + INSIDE, "        " + INSIDE)],
        },
        "right": [SMOOTHED_BY_MINIMUM, SMOOTHED_BY_THE_ENDS],
    },
    "td3_update": {
        "cell": "td3",
        "object": "TD3",
        "mutate": "update",
        "wrong": {
            N_STEPS: [(POWER, "self.settings.discount")],
            "The second critic wasn't trained. It learns from the same targets as the first.": [
                (SECOND, ""),
            ],
            "The second critic has its own optimizer, `self.optimizers[\"second_critic\"]`.": [
                ('self.optimizers["second_critic"]', "self.critic_optimizer"),
            ],
            ("The actor and the target networks should move only when `step` is even.",
             "Then `step % 2` is zero."): [
                ALWAYS, (EVEN, "        if True:\n"),
            ],
            "The actor and the target networks should move when `step` is even, not when it's odd.": [
                ("step % 2 == 0", "step % 2 == 1"), ("step % 2 == 0", "step % 2"),
                ("step % 2 == 0", "self.critic_optimizer.iterations % 2 == 0"),
            ],
            "The actor and the target networks should move in every second update.": [
                ("step % 2 == 0", "step % 3 == 0"), ("step % 2 == 0", "step == 0"),
            ],
            "The actor should climb the first critic, `self.critic`.": [
                ("train_actor(self.actor, self.critic", 'train_actor(self.actor, self.networks["second_critic"]'),
            ],
            "The targets need the smoothed actions in the next states, not in `batch.states`.": [
                ("self.smoothed_actions(states, normal)", "self.smoothed_actions(batch.states, normal)"),
            ],
            "The actor never moved. Train it when `step` is even.": [(CLIMB, ""), (EVEN, "        if False:\n")],
            "The target networks should wait with the actor, and move only when `step` is even.": [
                (EVEN + CLIMB + FOLLOW, FOLLOW.replace("\n    ", "\n")[4:] + EVEN + CLIMB),
                (EVEN + CLIMB + FOLLOW, EVEN + CLIMB + FOLLOW.replace("\n    ", "\n")[4:]),
            ],
            "The actor should wait with its target, and move only when `step` is even.": [
                (EVEN + CLIMB + FOLLOW, CLIMB[4:] + EVEN + FOLLOW),
            ],
            "The target networks don't follow. Call `soft_update` for each of them.": [(FOLLOW, "")],
            "All three target networks should follow. The second critic's didn't.": [
                (FOLLOW, FOLLOW_CRITIC.replace("        ", "            ")
                 + FOLLOW_ACTOR.replace("        ", "            ")),
            ],
            "Make the targets with the noisy actions of `self.smoothed_actions`.": [
                ("lambda states: self.smoothed_actions(states, normal)", "self.target_actor"),
            ],
            "Make the targets with the smaller value, `self.smaller_value`.": [
                ("            self.smaller_value,", "            self.target_critic,"),
            ],
            "A counter in Python counts only once, when the update is compiled. Use `step`.": [
                TD3_BY_COUNTING,
            ],
            "Return the loss first, then the mean value.": [
                ("return loss, tf.reduce_mean(self.critic([batch.states, self.actor(batch.states)]))",
                 "return tf.reduce_mean(self.critic([batch.states, self.actor(batch.states)])), loss"),
            ],
            PAIR: [
                ("return loss, tf.reduce_mean", "return loss + tf.reduce_mean"),
            ],
            AS_THEY_ARE: [("return loss, tf", "return float(loss), tf")],
        },
        "right": [TD3_BY_NAMES, TD3_BY_HAND],
    },
}  # fmt: skip
