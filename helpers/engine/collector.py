"""The half of the training that acts: it flies with noise, and fills the memory."""

import gymnasium as gym
import numpy as np

from helpers.engine import answers, checkpoints
from helpers.engine.agent import Agent
from helpers.engine.schedule import Schedule
from helpers.engine.seeds import episode_seed
from helpers.engine.steps_ahead import StepsAhead
from helpers.ou_noise import OrnsteinUhlenbeckNoise
from helpers.replay_memory import ReplayMemory


class Collector:
    """Acts in ``env`` as ``agent`` does, with noise, and stores what comes of it.

    Noise, memory and random actions each have a generator of their own, all from ``seed``.
    """

    def __init__(self, agent: Agent, env: gym.Env, seed: int, schedule: Schedule) -> None:
        self.agent, self.env, self.seed, self.schedule = agent, env, seed, schedule
        noise_seed, memory_seed, action_seed = np.random.SeedSequence(seed).spawn(3)
        state_shape, action_shape = env.observation_space.shape, env.action_space.shape
        self.memory = ReplayMemory(
            schedule.memory_size, state_shape, action_shape, seed=memory_seed
        )
        self.noise = OrnsteinUhlenbeckNoise(
            action_shape[0], schedule.noise_theta, schedule.noise_start, seed=noise_seed
        )
        self.rng = np.random.default_rng(action_seed)
        self.steps_ahead = StepsAhead(agent.settings.n_steps, agent.settings.discount)
        self.step = self.episode = 0
        self.state: np.ndarray | None = None  # no episode has begun

    def act(self, sigma: float) -> dict | None:
        """One step of the environment, with noise of this size.

        Returns:
            The history's row of the episode that it ended, else ``None``.

        Raises:
            FloatingPointError: the environment's answer is not finite.
            TypeError: it hasn't Gymnasium's form.
        """
        if self.state is None:
            self._begin_episode()
        action = self._choose_action(sigma)
        # Copies, since some environments change the action, or hand out one array for ever.
        next_state, reward, terminated, truncated, _ = answers.stepped(self.env, action.copy())
        next_state = np.array(next_state)
        self.step += 1
        self.total_reward += float(reward)
        self.length += 1
        if not (np.isfinite(next_state).all() and np.isfinite(reward)):
            raise FloatingPointError(
                f"at step {self.step}, in episode {self.episode}, the environment answered the "
                f"action {action} with the state {next_state} and the reward {reward}"
            )
        for transition in self.steps_ahead.append(
            self.state, action, reward, next_state, terminated
        ):
            self.memory.append(*transition)
        self.state = next_state
        if not (terminated or truncated):
            return None
        self.cut_episode()
        return {"step": self.step, "return": self.total_reward, "length": self.length}

    def _begin_episode(self):
        state, _ = answers.begun(self.env, seed=episode_seed(self.seed, self.episode))
        self.state = np.array(state)
        self.episode += 1
        self.total_reward, self.length = 0.0, 0
        self.noise.reset()

    def _choose_action(self, sigma):
        space = self.env.action_space
        if self.step < self.schedule.random_steps:
            return self.rng.uniform(space.low, space.high).astype(np.float32)
        self.noise.sigma = sigma
        return self.agent.act(self.state, self.noise.sample())

    def cut_episode(self) -> None:
        """End the episode here: the next step begins another."""
        self.steps_ahead.cut()
        self.state = None

    def checkpoint(self) -> tuple[dict[str, np.ndarray], dict]:
        """A checkpoint's part, ``(arrays, facts)``; between two episodes there is no more."""
        arrays: dict[str, np.ndarray] = {}
        facts: dict = {"step": self.step, "episode": self.episode}
        for name, part in self._parts().items():
            found, facts[name] = checkpoints.state(part)
            arrays |= {f"{name}/{key}": array for key, array in found.items()}
        return arrays, facts

    def restore(self, arrays: dict[str, np.ndarray], facts: dict) -> None:
        """Go on from what ``checkpoint`` returned; other arrays are left alone."""
        self.step, self.episode = facts["step"], facts["episode"]
        for name, part in self._parts().items():
            found = {key: arrays[f"{name}/{key}"] for key in checkpoints.state(part)[0]}
            checkpoints.restore(part, found, facts[name])

    def _parts(self):
        return {"memory": self.memory, "noise": self.noise, "random_actions": self.rng}
