"""``python -m study`` lists the experiments, ``python -m study lander`` runs one.

Finished seeds are kept in ``study/results`` and skipped, so a run that was stopped goes on where it
was; the list says which code made them. ``python -m study report`` draws the figures and writes the
page from what is there, ``python -m study agent`` saves the agent that pictures fly, and
``python -m study flights`` records what its snapshots fly on the way.
"""

import argparse
import sys

from study import audit, runner
from study.experiments import EXPERIMENTS


def overview():
    """A line for each experiment: what is finished, by which code, and what it is about."""
    for name, experiment in EXPERIMENTS.items():
        print(f"{name:14} {audit.summary(name, experiment)}. {experiment.about}")
    for sentence in audit.orphans(EXPERIMENTS):
        print(sentence)


def main():
    parser = argparse.ArgumentParser(
        prog="python -m study", description="Run an experiment; without a name, list them."
    )
    names = [*EXPERIMENTS, "report", "agent", "flights"]
    parser.add_argument("name", nargs="?", choices=names, metavar="name")
    parser.add_argument("--address", help="of a Ray cluster (default: this machine)")
    parser.add_argument("--workers", type=int, help="seeds at a time (default: one a core)")
    parser.add_argument("--anew", action="store_true", help="forget its finished seeds first")
    arguments = parser.parse_args()
    if arguments.name is None:
        overview()
    elif arguments.name == "report":
        from study import report

        report.main()
    elif arguments.name == "agent":
        from study import agent

        agent.main()
    elif arguments.name == "flights":
        from study import flights

        flights.main()
    else:
        if arguments.anew:
            runner.forget(arguments.name)
        experiment = EXPERIMENTS[arguments.name]
        try:
            runner.run(arguments.name, experiment, arguments.address, arguments.workers)
        except KeyboardInterrupt:
            sys.exit("Stopped. The finished seeds are kept: the same command goes on from there.")


if __name__ == "__main__":
    main()
