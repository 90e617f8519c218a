"""``python -m study`` lists the experiments, ``python -m study lander`` runs one.

Every seed is a process of its own. Finished seeds are kept in ``study/results`` and skipped, so a
run that was stopped goes on where it was.
"""

import argparse
import csv
import importlib
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from tqdm import tqdm

RESULTS = Path(__file__).parent / "results"
COLUMNS = ["seed", "kind", "step", "seconds", "mean", "worst", "std", "above_200", "peak_megabytes"]
EXPERIMENTS = {  # name: (module, seeds)
    "lander": ("study.lander", range(10)),
}


def finished(path):
    """The seeds that ``path`` has results of."""
    if not path.exists():
        return set()
    with open(path, newline="") as file:
        return {int(row["seed"]) for row in csv.DictReader(file)}


def run_seed(module, seed):
    """The rows of one seed, from a fresh process."""
    command = [sys.executable, "-m", "study", "--seed", module, str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def run(name, workers):
    """Run the seeds of an experiment that are not finished, ``workers`` at a time."""
    module, seeds = EXPERIMENTS[name]
    path = RESULTS / f"{name}.csv"
    missing = [seed for seed in seeds if seed not in finished(path)]
    new = not path.exists()
    with ThreadPoolExecutor(workers) as pool, open(path, "a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        if new:
            writer.writeheader()
        futures = [pool.submit(run_seed, module, seed) for seed in missing]
        for future in tqdm(as_completed(futures), total=len(futures), unit="seed", desc=name):
            writer.writerows(future.result())
            file.flush()


def main():
    parser = argparse.ArgumentParser(prog="python -m study", description="Run an experiment.")
    parser.add_argument("name", nargs="?", choices=EXPERIMENTS)
    parser.add_argument("--workers", type=int, default=1, help="seeds at a time (default: 1)")
    parser.add_argument("--seed", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.seed:
        module, seed = arguments.seed
        print(json.dumps(importlib.import_module(module).run(int(seed))))
    elif arguments.name:
        run(arguments.name, arguments.workers)
    else:
        for name, (module, seeds) in EXPERIMENTS.items():
            done = len(finished(RESULTS / f"{name}.csv"))
            about = importlib.import_module(module).__doc__.splitlines()[0]
            print(f"{name:12} {done} of {len(seeds)} seeds finished. {about}")


if __name__ == "__main__":
    main()
