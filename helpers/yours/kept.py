"""The learner's code in ``work/yours``: a readable Python file a chapter, with a section a part.

A section begins with a line such as ``# %% soft_update: yours``, which editors know as the head of
a cell. Only a copy of the course that ``make lab`` wrote has such a folder.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

COPY = ".versions.json"  # in the folder of a learner's copy, beside the notebooks
YOURS, COURSE = "yours", "the course's"
HEAD = re.compile(rf"^# %% (\w+): ({YOURS}|{COURSE})\n", re.MULTILINE)
# The parts of each chapter, in the order of its exercises: where each has its home in the chapter's
# helper, if it has one.
PARTS: dict[str, dict[str, str]] = {
    "gym_api": {
        "total_reward": "",
        "rollout": "rollout",
        "drift_step": "Drift.step",
        "discounted_return": "discounted_return",
    },
    "replay_memory": {
        "store": "",
        "append": "ReplayMemory.append",
        "sample": "ReplayMemory.sample",
    },
    "dqn": {
        "epsilon_greedy": "epsilon_greedy",
        "dqn_targets": "dqn_targets",
        "double_dqn_targets": "double_dqn_targets",
        "interact": "",
    },
    "critic": {
        "ddpg_targets": "ddpg_targets",
        "squared_error": "",
        "train_critic": "train_critic",
    },
    "actor": {
        "scale": "",
        "policy_gradients": "policy_gradients",
        "train_actor": "train_actor",
    },
    "target_updates": {
        "hard_update": "hard_update",
        "soft_update": "soft_update",
        "updates_to_follow": "",
    },
    "ou_noise": {
        "sample": "OrnsteinUhlenbeckNoise.sample",
        "drifting": "",
        "annealed": "annealed",
    },
    "lander": {
        "act": "DDPG.act",
        "update": "DDPG.update",
        "training_loop": "",
        "smaller_value": "TD3.smaller_value",
        "smoothed_actions": "TD3.smoothed_actions",
        "td3_update": "TD3.update",
    },
    "your_own_task": {
        "room_step": "Room.step",
        "shaped": "shaped",
        "interval": "interval",
    },
}
STEMS = list(PARTS)


class Section(NamedTuple):
    """A part that is kept: a program whose last line may say what of it is the answer."""

    origin: str  # YOURS or COURSE
    source: str


def folder() -> Path | None:
    """The folder of the learner's parts; ``None`` where this is no learner's copy."""
    return Path("yours") if Path(COPY).exists() else None


def path_of(stem: str) -> Path:
    """The file of a chapter's parts."""
    return Path("yours") / f"{stem}.py"


def read(stem: str) -> dict[str, Section]:
    """The sections of a chapter, by the exercise; empty if nothing is kept.

    Raises:
        ValueError: the file isn't text.
    """
    if folder() is None or not path_of(stem).exists():
        return {}
    parts = HEAD.split(path_of(stem).read_text("utf-8"))[1:]
    return {
        name: Section(origin, source.strip() + "\n")
        for name, origin, source in zip(parts[::3], parts[1::3], parts[2::3])
        if name in PARTS[stem]
    }


def write(stem: str, name: str, section: Section) -> None:
    """Keep a part in the place of what is kept under its name; the others stay as they are."""
    path = path_of(stem)
    path.parent.mkdir(exist_ok=True)
    try:
        sections = read(stem)
    except ValueError:  # whatever it was, we throw no work away
        path.replace(path.with_suffix(".broken"))  # Windows renames over no file
        sections = {}
    sections[name] = section
    text = f'"""Chapter {STEMS.index(stem) + 1}, `{stem}`: the parts that passed their checks."""\n'
    for one in PARTS[stem]:
        if one in sections:
            text += f"\n# %% {one}: {sections[one].origin}\n\n{sections[one].source}"
    partial = path.with_suffix(".partial")
    partial.write_text(text, "utf-8")
    os.replace(partial, path)
