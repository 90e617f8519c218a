import numpy as np
import tensorflow as tf

from helpers.actor import train_actor
from helpers.critic import ddpg_targets, train_critic
from helpers.engine.agent import Agent
from helpers.target_updates import hard_update, soft_update

NAMESPACE = {
    "np": np,
    "tf": tf,
    "Agent": Agent,
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

NOISE = "noise * self.half_range"
STATE = "np.asarray(state, np.float32)"
CLIP = "np.clip(action, self.action_space.low, self.action_space.high)"
POWER = "self.settings.n_step_discount"
CRITIC = "        loss = train_critic(self.critic, self.critic_optimizer, batch, targets)\n"
ACTOR = "        value = train_actor(self.actor, self.critic, self.actor_optimizer, batch.states)\n"
FOLLOW_CRITIC = "        soft_update(self.critic, self.target_critic, self.settings.tau)\n"
FOLLOW_ACTOR = "        soft_update(self.actor, self.target_actor, self.settings.tau)\n"
DISCOUNT = f"        discount = {POWER}\n"

ANSWERS = {
    "act": {
        "cell": "agent",
        "object": "DDPG",
        "wrong": [
            ("noise * self.half_range", "noise", "multiply it by self.half_range"),
            ("noise * self.half_range", "noise * 2 * self.half_range", "Half of the range"),
            ("action + noise", "action - noise", "The noise is added"),
            (CLIP, "action", "Clip the result"),
            (CLIP, "np.clip(action, -1, 1)", "has its own bounds"),
            (CLIP, "np.clip(action, self.action_space.low[0], self.action_space.high[0])",
             "has its own bounds"),
            (CLIP, "np.clip(action, self.action_space.low[1], self.action_space.high[1])",
             "has its own bounds"),
            (NOISE, "np.clip(noise, -1, 1) * self.half_range", "and not the noise"),
            (NOISE, "noise[0] * self.half_range", "its own number of the noise"),
            (NOISE, "noise.mean() * self.half_range", "its own number of the noise"),
            ("            action = action +", "            noise *= self.half_range\n"
             "            action = action + noise + 0 *", "The noise was changed"),
            (STATE, "state", "hand it float32"),
            (STATE, "np.asarray(state)", "hand it float32"),
            (STATE, "np.asarray(state, int).astype(np.float32)", "no integers"),
            (STATE, "np.ones(3, np.float32)", "instead of"),
            (STATE, STATE + "[None]", "of the shape (1, 2)"),
            ("self.policy", "self.actor", "Ask self.policy"),
            ("if noise is not None", "if noise", "noise may be None"),
            (CLIP, "np.minimum(action, self.action_space.high)", "Clip at both ends"),
            ("        if noise is not None:\n            action =", "        action =",
             "noise may be None"),
            ("            action = action + noise * self.half_range", "            pass",
             "The noise was left out"),
            ("        return " + CLIP, "        " + CLIP, "is there a return"),
        ],
        "right": [ACT_BY_MINIMUM, ACT_BY_A_ROW],
    },
    "update": {
        "cell": "agent",
        "object": "DDPG",
        "wrong": [
            (POWER, "self.settings.discount", "discount ** n_steps"),
            ("batch, self.target_actor, self.target_critic", "batch, self.actor, self.critic",
             "not from the online ones"),
            ("batch, self.target_actor", "batch, self.actor", "from the target actor"),
            ("self.target_critic, discount", "self.critic, discount", "from the target critic"),
            (POWER, POWER + " * self.settings.discount", "without one more"),
            (POWER, "self.settings.discount * self.settings.n_steps", "a power and no product"),
            (POWER, "self.settings.discount**5", "the agent's self.settings"),
            (POWER, "self.settings.discount**2", "n is the agent's"),
            ("(batch, self", "(batch._replace(terminals=0 * batch.terminals), self", "no future"),
            ("(batch, self", "(batch._replace(terminals=1 - batch.terminals), self",
             "the wrong way round"),
            ("(batch, self", "(batch._replace(next_states=batch.states), self",
             "batch.next_states"),
            ("batch, self.target_actor,", "batch, lambda _: batch.actions,", "not batch.actions"),
            ("self.target_actor, self.target_critic", "self.target_critic, self.target_actor",
             "order of the arguments"),
            ("self.actor, self.critic, self.a", "self.critic, self.actor, self.a",
             "order of the arguments"),
            ("self.critic, self.critic_optimizer", "self.critic_optimizer, self.critic",
             "order of the arguments"),
            ("self.critic, self.critic_optimizer", "self.critic, self.actor_optimizer",
             "its own optimizer"),
            ("self.critic, self.actor_optimizer", "self.critic, self.critic_optimizer",
             "its own optimizer"),
            ("optimizer, batch.states", "optimizer, batch.next_states", "take batch.states"),
            ("optimizer, batch.states", "optimizer, batch", "takes states"),
            (CRITIC + ACTOR, ACTOR + CRITIC, "train the critic first"),
            (CRITIC, "        loss = tf.constant(0.25)\n", "The critic wasn't trained"),
            (ACTOR, "        value = tf.constant(1.2)\n", "The actor wasn't trained"),
            ("self.actor, self.critic, self.actor_optimizer",
             "self.actor, self.target_critic, self.actor_optimizer", "the online one"),
            (FOLLOW_CRITIC, "", "The target critic doesn't follow"),
            (FOLLOW_ACTOR, "", "The target actor doesn't follow"),
            (DISCOUNT, FOLLOW_CRITIC + FOLLOW_ACTOR + DISCOUNT, "moved before the targets"),
            (DISCOUNT, FOLLOW_CRITIC + DISCOUNT, "moved before the targets"),
            (DISCOUNT, FOLLOW_ACTOR + DISCOUNT, "moved before the targets"),
            ("self.target_critic, self.settings.tau", "self.target_critic, 1 - self.settings.tau",
             "1 − tau the target's"),
            ("self.target_actor, self.settings.tau", "self.target_actor, 1 - self.settings.tau",
             "1 − tau the target's"),
            ("self.actor, self.target_actor, self.settings.tau",
             "self.target_actor, self.actor, self.settings.tau", "(online, target, tau)"),
            ("self.target_critic, self.settings.tau)", "self.target_critic)", "self.settings.tau"),
            (FOLLOW_CRITIC, "        hard_update(self.critic, self.target_critic)\n",
             "It was copied"),
            ("self.critic, self.target_critic, self.settings.tau",
             "self.target_critic, self.critic, self.settings.tau", "(online, target, tau)"),
            ("return loss, value", "return value, loss", "the loss comes first"),
            ("        return loss, value", "", "two scalars"),
            ("return loss, value", "return loss", "two scalars"),
            ("return loss, value", "return {'loss': loss, 'value': value}", "two scalars"),
            ("return loss, value", "return float(loss), float(value)", "without .numpy()"),
            ("return loss, value", "return loss.numpy(), value.numpy()", "without .numpy()"),
            ("return loss, value", "print(float(loss))\n        return loss, value",
             "not inside tf.function"),
        ],
        "right": [UPDATE_IN_ANOTHER_ORDER, UPDATE_BY_HAND],
    },
}  # fmt: skip
