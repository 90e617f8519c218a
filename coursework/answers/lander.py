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

COMPILED = "It works as it is, but not compiled"
OWN_BOUNDS = (
    "Each number has its own bounds.",
    "Clip to `self.action_space.low` and `.high`.",
)
OWN_NOISE = "Each number of the action has its own number of the noise."
ORDER = (
    "An argument stands where another one belongs.",
    "The orders are `ddpg_targets(batch, target_actor, target_critic, discount)`, "
    "`train_critic(critic, optimizer, batch, targets)`, "
    "`train_actor(actor, critic, optimizer, states)` and `soft_update(online, target, tau)`.",
)
MOVED_FIRST = "The target networks follow last: one moved before the targets were taken."
PAIR = "`update` returns two tensors, the loss and the mean value."
AS_THEY_ARE = "Return the two tensors as they are: `update` runs compiled."
N_STEPS = (
    "The targets span n steps, so the discount is γⁿ.",
    "That is `self.settings.n_step_discount`.",
)

ANSWERS = {
    "act": {
        "cell": "agent",
        "object": "DDPG",
        "wrong": {
            ("The noise comes in half-ranges of the action space.",
             "Multiply it by `self.half_range`."): [(NOISE, "noise")],
            "Half of the range is what one unit of noise is worth: no more, and no less.": [
                (NOISE, "noise * 2 * self.half_range"), (NOISE, "noise * self.half_range / 2"),
                (NOISE, "noise * (self.action_space.high - self.action_space.low)"),
            ],
            "Without noise the result is clipped, too.": [
                ("            action = action + noise * self.half_range\n        return np.clip(action,",
                 "            action = action + noise * self.half_range\n        if noise is None:\n"
                 "            return action\n        return np.clip(action,"),
            ],
            "One unit of noise is half of the range, which is not the bound.": [
                (NOISE, "noise * self.action_space.high"),
            ],
            "The noise is multiplied by the half-range, not divided.": [
                (NOISE, "noise / self.half_range"),
            ],
            "The noise is added to the action, and doesn't multiply it.": [
                ("action + noise * self.half_range", "action * noise * self.half_range"),
                ("action + noise * self.half_range", "action * (1 + noise)"),
            ],
            "The half-range is for the noise alone: the action is as large as it should be.": [
                ("action + noise * self.half_range", "(action + noise) * self.half_range"),
                (ASK, ASK.replace("))", ")) * self.half_range")),
            ],
            "The noise is added, not subtracted.": [("action + noise", "action - noise")],
            ("What the environment gets must lie inside of the bounds.",
             "Clip the result, the noise included."): [
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
            "The bounds aren't the half-ranges: an action space need not lie around zero.": [
                (CLIP, "np.clip(action, -self.half_range, self.half_range)"),
            ],
            "Clip the result, and not the noise.": [
                (NOISE, "np.clip(noise, -1, 1) * self.half_range"),
                (NOISE, "np.clip(noise * self.half_range, self.action_space.low, "
                        "self.action_space.high)"),
            ],
            OWN_NOISE: [
                (NOISE, "noise[0] * self.half_range"), (NOISE, "noise.mean() * self.half_range"),
                (NOISE, "noise.sum() * self.half_range"), (NOISE, "noise[::-1] * self.half_range"),
                (NOISE, "noise * self.half_range[0]"), (NOISE, "noise * self.half_range.mean()"),
            ],
            "It changed its argument `noise`": [
                ("            action = action +", "            noise *= self.half_range\n"
                 "            action = action + noise + 0 *"),
            ],
            ("The policy takes a float32 array.", f"`{STATE}`."): [
                (STATE, "state"), (STATE, "np.asarray(state)"),
            ],
            "The state has whole numbers no more: leave them as they are.": [
                (STATE, "np.asarray(state, int).astype(np.float32)"),
                (STATE, "np.round(state).astype(np.float32)"),
            ],
            "The policy is asked about the state.": [
                (STATE, "np.ones(3, np.float32)"), (STATE, "np.zeros(3, np.float32)"),
                (STATE, "np.asarray(state, np.float32) * 0"),
            ],
            "One state is asked about, and one action comes back: no axis more.": [
                (STATE, STATE + "[None]"),
            ],
            "ask `self.policy`": [("self.policy", "self.actor")],
            ("`noise` may be None, or an array.", "Ask `noise is not None`, which tells them "
             "apart."): [
                ("if noise is not None", "if noise"),
                ("if noise is not None", "if noise != None"),
                (IF_NOISE + "            action =", "        action ="),
                ("if noise is not None", "if noise.any()"),
                ("if noise is not None", "if noise is None"),
            ],
            "Clip at both ends.": [
                (CLIP, "np.minimum(action, self.action_space.high)"),
                (CLIP, "np.maximum(action, self.action_space.low)"),
            ],
            "`np.clip` takes the lower bound first.": [
                (CLIP, "np.clip(action, self.action_space.high, self.action_space.low)"),
            ],
            "The noise was left out.": [(ADD, "            pass\n"), (IF_NOISE + ADD, "")],
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
            "A terminal transition has no future: `batch` goes in as it is.": [
                ("(batch, self", "(batch._replace(terminals=0 * batch.terminals), self"),
                ("(batch, self", "(batch._replace(terminals=1 - batch.terminals), self"),
            ],
            "The targets ask about what comes next: `batch` goes in as it is.": [
                ("(batch, self", "(batch._replace(next_states=batch.states), self"),
            ],
            "The target actor chooses the next action: not `batch.actions`.": [
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
            "Each network has its own optimizer.": [
                ("self.critic, self.critic_optimizer", "self.critic, self.actor_optimizer"),
                ("self.critic, self.actor_optimizer", "self.critic, self.critic_optimizer"),
            ],
            "The actor is trained in the batch's states, not in the next ones.": [
                ("optimizer, batch.states", "optimizer, batch.next_states"),
            ],
            "The actor climbs the critic as it is now: train the critic first.": [
                (CRITIC + ACTOR, ACTOR + CRITIC),
            ],
            "The critic wasn't trained.": [(CRITIC, "        loss = tf.constant(0.25)\n")],
            "The actor wasn't trained.": [(ACTOR, "        value = tf.constant(1.2)\n")],
            "The critic moves once in an update.": [(CRITIC, 2 * CRITIC)],
            "The actor moves once in an update.": [(ACTOR, 2 * ACTOR)],
            "The actor climbs the online critic, not the target.": [
                ("self.actor, self.critic, self.actor_optimizer",
                 "self.actor, self.target_critic, self.actor_optimizer"),
            ],
            "The target networks follow: they aren't trained.": [
                ("train_actor(self.actor", "train_actor(self.target_actor"),
                ("train_critic(self.critic", "train_critic(self.target_critic"),
            ],
            "The target critic doesn't follow.": [(FOLLOW_CRITIC, "")],
            "The target actor doesn't follow.": [(FOLLOW_ACTOR, "")],
            "The target networks don't follow.": [(FOLLOW_CRITIC + FOLLOW_ACTOR, "")],
            "A target follows once in an update.": [
                (FOLLOW_CRITIC, 2 * FOLLOW_CRITIC), (FOLLOW_ACTOR, 2 * FOLLOW_ACTOR),
            ],
            MOVED_FIRST: [
                (DISCOUNT, FOLLOW_CRITIC + FOLLOW_ACTOR + DISCOUNT),
                (DISCOUNT, FOLLOW_CRITIC + DISCOUNT),
                (DISCOUNT, FOLLOW_ACTOR + DISCOUNT),
            ],
            "The targets follow what was just trained: `soft_update` comes last.": [
                (CRITIC, FOLLOW_CRITIC + FOLLOW_ACTOR + CRITIC, ),
            ],
            "`tau` is the online network's part, and 1 − tau the target's.": [
                ("self.target_critic, self.settings.tau", "self.target_critic, 1 - self.settings.tau"),
                ("self.target_actor, self.settings.tau", "self.target_actor, 1 - self.settings.tau"),
            ],
            "The order is `soft_update(online, target, tau)`: it was the online network that "
            "moved.": [
                ("self.actor, self.target_actor, self.settings.tau",
                 "self.target_actor, self.actor, self.settings.tau"),
                ("self.critic, self.target_critic, self.settings.tau",
                 "self.target_critic, self.critic, self.settings.tau"),
            ],
            "Each target follows its own online network.": [
                ("soft_update(self.actor, self.target_actor", "soft_update(self.critic, self.target_actor"),
                ("soft_update(self.critic, self.target_critic",
                 "soft_update(self.actor, self.target_critic"),
            ],
            ("The targets follow at the agent's own speed.", "Give `soft_update` its third "
             "argument, `self.settings.tau`."): [
                ("self.target_critic, self.settings.tau)", "self.target_critic)"),
                ("self.target_actor, self.settings.tau)", "self.target_actor)"),
                (FOLLOW_CRITIC + FOLLOW_ACTOR, (FOLLOW_CRITIC + FOLLOW_ACTOR).replace(
                    ", self.settings.tau", "")),
            ],
            "It was copied: it follows by a soft update.": [
                (FOLLOW_CRITIC, "        hard_update(self.critic, self.target_critic)\n"),
                (FOLLOW_ACTOR, "        hard_update(self.actor, self.target_actor)\n"),
            ],
            "They are in the wrong order: the loss comes first.": [
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
            "Return what was before: the loss and the mean value as the two functions return "
            "them.": [
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
            "A time limit isn't a terminal state: only `terminated` is stored.": [
                ("next_state, terminated)", "next_state, terminated or truncated)"),
                ("next_state, terminated)", "next_state, truncated)"),
            ],
            "An episode is over when it is terminated, and also when it is truncated.": [
                ("= next_state, terminated or truncated", "= next_state, terminated"),
                ("= next_state, terminated or truncated", "= next_state, truncated"),
            ],
            "Noise has a memory: reset it at the start of each episode, too.": [
                ("            noise.reset()\n", ""),
                LOOP_WITH_ONE_CALM,
            ],
            "Training explores: give `act` the noise.": [
                ("agent.act(state, noise.sample())", "agent.act(state)"),
            ],
            "`act` takes the state first, then the noise.": [
                ("agent.act(state, noise.sample())", "agent.act(noise.sample(), state)"),
            ],
            "One sample of the noise is for one step: draw it inside of the loop.": [
                LOOP_WITH_ONE_KICK,
            ],
            "The agent acted in one state all along: go on from the state that `step` returned.": [
                ("state, ended = next_state, terminated", "ended = terminated"),
            ],
            "Store the transition before you move on: it begins in the old state.": [
                (APPEND, "        before, state = state, next_state\n" + APPEND),
            ],
            "State and next state are swapped: `append` takes the state first.": [
                ("(state, action, reward, next_state,", "(next_state, action, reward, state,"),
            ],
            "`append` takes the reward before the next state.": [
                ("reward, next_state, terminated)", "next_state, reward, terminated)"),
            ],
            "Nothing is stored: each step is a transition for the memory.": [(APPEND, "")],
            "Store first: the newest transition may be in the batch already.": [
                (APPEND + LEARN, LEARN + APPEND),
            ],
            "It never learns: each step has an update.": [(LEARN, "")],
            "One update a step is enough.": [(LEARN, 2 * LEARN)],
            "Learning goes on at every step, and doesn't wait for the end of the episode.": [
                (LEARN, "        if terminated or truncated:\n    " + LEARN),
            ],
            "The batch is as large as the agent's settings say.": [
                ("agent.settings.batch_size", "64"), ("agent.settings.batch_size", "1"),
            ],
            "The seed would make every episode the same: reset without one.": [
                ("env.reset()", "env.reset(seed=0)"),
            ],
            "Count steps, not episodes: stop after `steps` of them.": [
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
            "The larger value is the hopeful one: take the smaller.": [
                ("tf.minimum", "tf.maximum"),
            ],
            "Two critics are asked, and the smaller value counts.": [
                (BOTH, "self.target_critic(inputs)"),
                (BOTH, 'self.targets["second_critic"](inputs)'),
            ],
            "The smaller one counts, not their mean.": [
                (BOTH, BOTH.replace("tf.minimum(", "tf.add(") + " / 2"),
            ],
            "The smaller one counts, not their sum.": [(BOTH, BOTH.replace("minimum", "add"))],
            "Targets come from the two target critics, not from the online ones.": [
                (BOTH, 'tf.minimum(self.critic(inputs), self.networks["second_critic"](inputs))'),
                ("self.target_critic(inputs)", "self.critic(inputs)"),
                ('self.targets["second_critic"]', 'self.networks["second_critic"]'),
            ],
            "Compare row by row: each transition has its own smaller value.": [
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
            ("The noise counts in half-ranges, like that of `act`.",
             "Multiply it by `self.half_range`."): [(" * self.half_range", "")],
            ("The noise may be large: clip it to ±0.5 half-ranges.",
             "`tf.clip_by_value(0.2 * normal, -0.5, 0.5)`."): [
                (KICK, "0.2 * normal * self.half_range"),
            ],
            "Multiply first: it's 0.2 of a normal number that is clipped to ±0.5.": [
                (KICK, "0.2 * tf.clip_by_value(normal, -0.5, 0.5) * self.half_range"),
            ],
            "Clip the noise while it is in half-ranges: ±0.5 of them are the limit.": [
                (KICK, "tf.clip_by_value(0.2 * normal * self.half_range, -0.5, 0.5)"),
            ],
            "Only 0.2 of each normal number is added.": [
                ("0.2 * normal", "normal"),
            ],
            "The noise is 0.2 of a normal number, clipped to ±0.5.": [
                ("0.2 * normal", "0.5 * normal"), ("-0.5, 0.5", "-0.4, 0.4"),
                ("-0.5, 0.5", "-0.2, 0.2"), ("-0.5, 0.5", "0, 0.5"),
                ("0.2 * normal", "tf.sqrt(0.2) * normal"),
            ],
            "Next actions are the target actor's, not the online one's.": [
                ("self.target_actor", "self.actor"),
            ],
            "The noise is added to the actor's action.": [
                ("self.target_actor(states) + noise", "noise"),
                ("self.target_actor(states) + noise", "self.target_actor(states) * noise"),
            ],
            "The noise is added, not subtracted.": [("(states) + noise", "(states) - noise")],
            "Noise belongs on the target's action, too: it's what smooths the critic.": [
                ("self.target_actor(states) + noise", "self.target_actor(states)"),
            ],
            "Noise may carry an action past its bounds: clip the sum.": [
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
            "The second critic is trained as well, towards the same targets.": [
                (SECOND, ""),
            ],
            "The second critic has an optimizer of its own.": [
                ('self.optimizers["second_critic"]', "self.critic_optimizer"),
            ],
            ("The actor and the targets wait: they move only where `step` is even.",
             "There, `step % 2` is zero."): [
                ALWAYS, (EVEN, "        if True:\n"),
            ],
            "They move where `step` is even, not where it is odd.": [
                ("step % 2 == 0", "step % 2 == 1"), ("step % 2 == 0", "step % 2"),
                ("step % 2 == 0", "self.critic_optimizer.iterations % 2 == 0"),
            ],
            "They move at every second update.": [
                ("step % 2 == 0", "step % 3 == 0"), ("step % 2 == 0", "step == 0"),
            ],
            "The actor climbs the first critic, `self.critic`.": [
                ("train_actor(self.actor, self.critic", 'train_actor(self.actor, self.networks["second_critic"]'),
            ],
            "The targets are about the next states, so the smoothed actions are those of them.": [
                ("self.smoothed_actions(states, normal)", "self.smoothed_actions(batch.states, normal)"),
            ],
            "The actor never moves.": [(CLIMB, ""), (EVEN, "        if False:\n")],
            "The target networks wait with the actor: they move only where it does.": [
                (EVEN + CLIMB + FOLLOW, FOLLOW.replace("\n    ", "\n")[4:] + EVEN + CLIMB),
                (EVEN + CLIMB + FOLLOW, EVEN + CLIMB + FOLLOW.replace("\n    ", "\n")[4:]),
            ],
            "The actor waits for every second update, as its target does.": [
                (EVEN + CLIMB + FOLLOW, CLIMB[4:] + EVEN + FOLLOW),
            ],
            "The target networks don't follow.": [(FOLLOW, "")],
            "All three targets follow, the second critic's as well.": [
                (FOLLOW, FOLLOW_CRITIC.replace("        ", "            ")
                 + FOLLOW_ACTOR.replace("        ", "            ")),
            ],
            "The targets take the actions with noise: `self.smoothed_actions`.": [
                ("lambda states: self.smoothed_actions(states, normal)", "self.target_actor"),
            ],
            "The targets take the smaller value: `self.smaller_value`.": [
                ("            self.smaller_value,", "            self.target_critic,"),
            ],
            "A Python number is counted once, when the update is compiled: count with `step`.": [
                TD3_BY_COUNTING,
            ],
            "They are in the wrong order: the loss comes first.": [
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
