"""Runs the seeds of an experiment with Ray, and keeps what each found as CSV files.

Ray is the scheduler: here on this machine's cores, or on a cluster with the same code, which it
sends there. A seed whose machine goes away is run again elsewhere; its rows are written once.
"""

import csv
import json
import os
import platform
import time
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from pkgutil import resolve_name

from tqdm import tqdm

from course.cluster import started
from course.code import ROOT
from helpers.results import RESULTS, RUNS, runs, texts
from study import audit

PACKAGES = ("tensorflow-cpu", "tensorflow", "keras", "numpy", "gymnasium")
PACKAGES += ("stable-baselines3", "torch", "sbx-rl", "jax", "cpprb")


@dataclass(frozen=True)
class Experiment:
    """An experiment: its variants, the function that runs a seed, and the number of seeds."""

    about: str
    run: str  # "module:function", a function of (settings, seed) that returns rows as dicts
    variants: dict[str, dict]  # name: settings
    seeds: int
    alone: bool = False  # what is timed has its machine for itself

    def runs(self):
        """Every ``(variant, seed)``, the variants taking turns, since a machine's speed drifts."""
        return [(variant, seed) for seed in range(self.seeds) for variant in self.variants]


def write(name, rows, folder=RESULTS):
    """Write the rows as ``folder/name.csv``, which is at no time half written."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    path = Path(folder) / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with open(partial, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(partial, path)


def finished(name, experiment, folder=RESULTS):
    """The ``(variant, seed)`` that have results.

    Raises:
        ValueError: results that were made with other settings than the experiment has now.
    """
    done = set()
    for run in runs(name, folder):
        variant, seed = run["variant"], run["seed"]
        if variant not in experiment.variants:
            continue
        if run["settings"] != experiment.variants[variant]:
            raise ValueError(
                f"the results of {name}, {variant}, seed {seed} must be those of the settings "
                f"{experiment.variants[variant]}, but they were made with {run['settings']}: "
                f"run the experiment anew"
            )
        done.add((variant, seed))
    return done


def keep(name, variant, seed, settings, found, folder=RESULTS, code=""):
    """Add what one seed found: first its rows, then the row in ``runs/`` that vouches for them.

    ``code`` is the digest of the code that found it.
    """
    rows, run = found
    run = run | {"settings": json.dumps(settings), "code": code}
    for place, new in ((Path(folder), rows), (Path(folder) / RUNS, [run])):
        key = {"variant": variant, "seed": str(seed)}
        others = [row for row in texts(name, place) if not key.items() <= row.items()]
        in_order = sorted(
            others + [key | row for row in new], key=lambda row: (row["variant"], int(row["seed"]))
        )
        write(name, in_order, place)


def forget(name, folder=RESULTS):
    """Drop all results of an experiment."""
    for place in (Path(folder) / RUNS, Path(folder)):
        (place / f"{name}.csv").unlink(missing_ok=True)


def machine():
    """The machine that runs a seed: processor, cores, and the versions of the libraries."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text("utf-8").splitlines()
        names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
        processor = names[0] if names else processor
    versions = [f"python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except ModuleNotFoundError:
            continue
    return {"processor": processor, "cores": os.cpu_count(), "versions": ", ".join(versions)}


def measured(run, settings, seed):
    """The rows of one seed and what it ran on; this is what Ray sends to a worker."""
    start = time.perf_counter()
    rows = resolve_name(run)(settings, seed)
    return rows, {"minutes": round((time.perf_counter() - start) / 60, 2)} | machine()


def run(name, experiment, address=None, workers=None, folder=RESULTS):
    """Run the seeds of an experiment that have no results yet.

    Results that other code made are kept, and it says so.

    Args:
        name: of the experiment and its file in ``folder``.
        address: of a Ray cluster; ``None`` runs on this machine.
        workers: how many seeds at a time, on this machine; ``None`` is one for each core.

    Raises:
        SystemExit: Ray is not installed.
        RuntimeError: a seed failed; what was finished before is kept.
    """
    done = finished(name, experiment, folder)
    todo = [key for key in experiment.runs() if key not in done]
    if others := audit.by_other_code(name, experiment, folder):
        print(f"{name}: {others} are kept. To make them anew: --anew.")
    if not todo:
        print(f"{name}: all of its {len(done)} seeds are finished.")
        return
    try:
        import ray
    except ImportError:
        raise SystemExit("Ray is missing: pip install '.[study]'") from None
    init = partial(
        ray.init,
        address=address or "local",
        num_cpus=None if address else workers,
        include_dashboard=None if address else False,
        log_to_driver=False,
        logging_level="error",
        runtime_env={"py_modules": [str(ROOT / "helpers"), str(ROOT / "study")]},
    )
    started(init)
    try:
        cores = [int(node["Resources"].get("CPU", 0)) for node in ray.nodes() if node["Alive"]]
        # A process a seed, so that none inherits another's threads or compiled functions.
        share = max(cores) if experiment.alone else 1
        task = ray.remote(num_cpus=share, max_calls=1, max_retries=-1)(measured)
        code = audit.code_of(experiment.run)  # this machine sends its code to every other
        futures = {
            task.remote(experiment.run, experiment.variants[variant], seed): (variant, seed)
            for variant, seed in todo
        }
        bar = tqdm(total=len(experiment.runs()), initial=len(done), desc=name, unit="seed")
        with bar:
            while futures:
                [future], _ = ray.wait(list(futures))
                variant, seed = futures.pop(future)
                try:
                    found = ray.get(future)
                except ray.exceptions.RayTaskError as error:
                    raise RuntimeError(f"{name}, {variant}, seed {seed} failed") from error
                keep(name, variant, seed, experiment.variants[variant], found, folder, code)
                bar.update()
    finally:
        ray.shutdown()
