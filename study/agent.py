"""The agent that pictures fly: the study's first seed of the lander, trained again and saved."""

import sys

import gymnasium as gym

from helpers import results
from helpers.gym_api import LANDER
from study.experiments import EXPERIMENTS
from study.judging import judging_row
from study.lander import learn

PATH = results.RESULTS / "lander.npz"
NAME, VARIANT, SEED = "lander", "course", 0
COLUMNS = ("mean", "worst", "std", "above_200")  # of the judging, whatever machine it ran on


def judgements(agent):
    """The judgement of 100 flights on the agent, and that of the results on the seed: two dicts."""
    mine = judging_row(agent, gym.make(LANDER), SEED)
    kept = next(row for row in results.judged(NAME, VARIANT) if row["seed"] == SEED)
    return [{column: float(row[column]) for column in COLUMNS} for row in (mine, kept)]


def main():
    """Train the seed and save its agent, if it is the one that the results judge."""
    agent, _ = learn(EXPERIMENTS[NAME].variants[VARIANT], SEED)
    mine, kept = judgements(agent)
    if mine != kept:
        sys.exit(
            f"This agent isn't saved: 100 flights judged it {mine}, but the results say {kept}. "
            "Probably another processor or other code made the results. Make them anew first: "
            f"python -m study {NAME} --anew"
        )
    agent.save(PATH)
    print(f"{PATH.name} is seed {SEED} of {NAME}, with a mean return of {mine['mean']}.")
