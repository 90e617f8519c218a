import numpy as np

from helpers.actor import train_actor
from helpers.agent import Agent
from helpers.critic import ddpg_targets, train_critic
from helpers.target_updates import hard_update, soft_update

NAMESPACE = {
    "np": np,
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

CLIP = "np.clip(action, self.action_space.low, self.action_space.high)"
POWER = "self.settings.discount**self.settings.n_steps"
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
            (CLIP, "np.clip(action, -1, 1)", "instead of"),
            (CLIP, "np.minimum(action, self.action_space.high)", "Clip at both ends"),
            ("        if noise is not None:\n            action =", "        action =",
             "stopped with TypeError"),
            ("            action = action + noise * self.half_range", "            pass",
             "The noise was left out"),
            ("        return " + CLIP, "        " + CLIP, "is there a return"),
        ],
        "right": [ACT_BY_MINIMUM],
    },
    "update": {
        "cell": "agent",
        "object": "DDPG",
        "wrong": [
            (POWER, "self.settings.discount", "discount ** n_steps"),
            ("batch, self.target_actor, self.target_critic", "batch, self.actor, self.critic",
             "not from the online ones"),
            (CRITIC + ACTOR, ACTOR + CRITIC, "train the critic first"),
            (CRITIC, "        loss = 0.25\n", "The critic wasn't trained"),
            (ACTOR, "        value = 1.2\n", "The actor wasn't trained"),
            ("self.actor, self.critic, self.actor_optimizer",
             "self.actor, self.target_critic, self.actor_optimizer", "the online one"),
            (FOLLOW_CRITIC, "", "The target critic doesn't follow"),
            (FOLLOW_ACTOR, "", "The target actor doesn't follow"),
            (DISCOUNT, FOLLOW_CRITIC + FOLLOW_ACTOR + DISCOUNT, "they moved before the targets"),
            ("self.target_critic, self.settings.tau)", "self.target_critic)", "self.settings.tau"),
            (FOLLOW_CRITIC, "        hard_update(self.critic, self.target_critic)\n",
             "It was copied"),
            ("self.critic, self.target_critic, self.settings.tau",
             "self.target_critic, self.critic, self.settings.tau", "(online, target, tau)"),
            ("return loss, value", "return value, loss", "the loss comes first"),
            ("        return loss, value", "", "two scalars"),
        ],
        "right": [UPDATE_IN_ANOTHER_ORDER],
    },
}  # fmt: skip
