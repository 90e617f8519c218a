"""``python -m study`` lists the experiments, ``python -m study lander`` runs one.

Finished seeds are kept in ``study/results`` and skipped, so a run that was stopped goes on where it
was. ``python -m study report`` draws the figures and writes the page from what is there.
"""

import argparse
import sys

from study import runner
from study.experiments import EXPERIMENTS


def overview():
    """A line for each experiment: how many of its seeds are finished, and what it is about."""
    for name, experiment in EXPERIMENTS.items():
        done, all_runs = len(runner.finished(name, experiment)), len(experiment.runs())
        print(f"{name:14} {done:3} of {all_runs:3} seeds finished. {experiment.about}")


def main():
    parser = argparse.ArgumentParser(
        prog="python -m study", description="Run an experiment; without a name, list them."
    )
    parser.add_argument("name", nargs="?", choices=[*EXPERIMENTS, "report"], metavar="name")
    parser.add_argument("--address", help="of a Ray cluster (default: this machine)")
    parser.add_argument("--workers", type=int, help="seeds at a time (default: one a core)")
    parser.add_argument("--anew", action="store_true", help="forget its finished seeds first")
    arguments = parser.parse_args()
    if arguments.name is None:
        overview()
    elif arguments.name == "report":
        from study import report

        report.main()
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
