"""Grade a folder of submissions: ``python -m coursework.grade FOLDER [--chapter 03]``.

What is finished is kept, so the same command goes on where it was stopped; a submission is graded
again when it, the chapter or the grader has changed.
"""

import argparse
import concurrent.futures
import contextlib
import hashlib
import json
import multiprocessing
import os
import secrets
import sys
import tempfile
from functools import partial
from pathlib import Path

import nbformat
from tqdm import tqdm

from course.chapters import CHAPTERS, find, named
from course.cluster import started
from course.code import ROOT, digest
from coursework import feedback, isolation, rebuild
from coursework.answers import path_of
from coursework.judge import GraderError, judge
from coursework.release import release
from coursework.submissions import collect

GRADED = ROOT / "graded"
FOLDERS = "helpers", "coursework"  # whose code decides on a grade


def plans():
    """The cells that grading runs, by the chapter's name such as ``01_gym_api``."""
    return {one.name: rebuild.plan(nbformat.read(one.path, as_version=4)) for one in CHAPTERS}


def grade(submission, name, steps, kind, folder):
    """Grade one submission of a chapter; returns what was found, and the student's page.

    Args:
        submission: a ``submissions.Submission``.
        name: the chapter's, such as ``01_gym_api``.
        steps: its ``rebuild.plan``.
        kind: of isolation.
        folder: of the chapter's release.
    """
    tests = {step.id: step.points for step in steps if step.kind == "test"}
    problem, answers, predictions, failed = submission.problem, {}, {}, False
    seed = 1 + secrets.randbelow(2**31)
    points, words = dict.fromkeys(tests, 0), {}
    try:
        if not problem:
            notebook = rebuild.read(submission.data)
            predictions = rebuild.predictions(notebook, steps)
            answers = _answers(notebook, name, steps)
            verdicts = _twice(judge, named(name).stem, steps, answers, kind, folder, seed)
            points = {test: verdict.points for test, verdict in verdicts.items()}
            words = {test: verdict.words for test, verdict in verdicts.items() if verdict.words}
    except rebuild.UnreadableError as error:
        problem = str(error)
    except Exception as error:  # one submission doesn't stop the others
        problem = f"the grader itself failed on it, with {type(error).__name__}: {error}"[:500]
        failed = True
    result = {
        "student": submission.student,
        "chapter": name,
        "points": points,
        "words": dict.fromkeys(tests, problem) if problem else words,
        "predictions": predictions,
        "total": sum(points.values()),
        "of": sum(tests.values()),
        "problem": problem,
        "failed": failed,
        "seed": seed,
        "isolation": kind,
    }
    return result, feedback.page(name, steps, answers, result)


def _twice(act, *given):
    """Try what depends on a machine that may be busy once more when it failed."""
    try:
        return act(*given)
    except GraderError:
        return act(*given)


def _answers(notebook, name, steps):
    answers = rebuild.answers(notebook, steps)
    if all(source is None for source in answers.values()):
        found = rebuild.chapter_of(notebook, plans())
        what = f"it is chapter {found}" if found else "it has none of the exercises"
        raise rebuild.UnreadableError(f"the notebook is not chapter {name}: {what}")
    return answers


def jobs(found, all_plans, wanted):
    """The ``(submission, chapter)`` to grade: one for each student and chapter.

    A chapter is told by the notebook's name, else by its contents. Where a student handed in
    several of one chapter, the last by name counts. Where a chapter is wanted, and a student has
    only others, one of those is graded as it, to say so; what is no chapter counts as any.
    """
    chosen = {}
    for submission in found:
        name = _chapter_of(submission, all_plans) or wanted or next(iter(all_plans))
        chosen[submission.student, name] = submission
    if wanted:
        for (student, name), submission in list(chosen.items()):
            if name != wanted:
                chosen.setdefault((student, wanted), submission)
                del chosen[student, name]
    return [(chosen[key], key[1]) for key in sorted(chosen)]


def _chapter_of(submission, all_plans):
    """The chapter that a notebook is, by its name, else by its contents, else ``None``."""
    if submission.chapter in all_plans:
        return submission.chapter
    try:
        return rebuild.chapter_of(rebuild.read(submission.data), all_plans)
    except rebuild.UnreadableError:
        return None


def grader_of(name):
    """A digest of the chapter and of all that grades it."""
    code = digest(file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py")))
    data = named(name).path.read_bytes() + path_of(named(name).stem).read_bytes()
    return hashlib.sha256(data + code.encode()).digest()


def fingerprint(submission, grader):
    """A text that changes with whatever a grade depends on."""
    return hashlib.sha256(submission.data + submission.problem.encode() + grader).hexdigest()


def kept_at(student, name, folder):
    """The path of a submission's result; a student's name may not do as a file's."""
    mark = hashlib.sha256(student.encode()).hexdigest()[:12]
    readable = "".join(letter if letter.isalnum() else "_" for letter in student)[:40]
    return folder / "feedback" / name / f"{readable}-{mark}"


def grade_all(found, wanted=None, folder=GRADED, workers=None, address=None, kind=None):
    """Grade submissions, write what was found to ``folder``, and return it.

    Args:
        found: a list of ``submissions.Submission``.
        wanted: a chapter such as ``01_gym_api``; ``None`` takes what each notebook is.
        workers: how many at a time on this machine (default: one a core).
        address: of a Ray cluster to grade on.
        kind: of isolation (default: the best that works).
    """
    all_plans = plans()
    todo = jobs(found, all_plans, wanted)
    graders = {name: grader_of(name) for name in {name for _, name in todo}}
    results, waiting = [], []
    for submission, name in todo:
        place = kept_at(submission.student, name, folder)
        mark = fingerprint(submission, graders[name])
        kept = json.loads(place.with_suffix(".json").read_text()) if _exists(place) else {}
        if kept.get("fingerprint") == mark:
            results.append(kept)
        else:
            waiting.append(((submission, name), place, mark))
    run = _on_ray(waiting, address) if address else _on_processes(waiting, all_plans, workers, kind)
    with tqdm(total=len(todo), initial=len(results), desc="grade", unit="submission") as bar:
        for (result, html), place, mark in run:
            result["fingerprint"] = "" if result["failed"] else mark  # which is tried again
            _keep(result, html, place)
            results.append(result)
            bar.update()
    results.sort(key=lambda result: (result["student"], result["chapter"]))
    graded = sorted({result["chapter"] for result in results})
    tests = [step.id for name in graded for step in all_plans[name] if step.kind == "test"]
    feedback.table(results, tests, folder / "grades.csv")
    feedback.gradebook(results, all_plans, folder / "gradebook.db")
    return results


def _exists(place):
    return place.with_suffix(".json").exists() and place.with_suffix(".html").exists()


def _keep(result, html, place):
    """Write the page, then the result that vouches for it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.with_suffix(".html").write_text(html)
    partial = place.with_suffix(".partial")
    partial.write_text(json.dumps(result, ensure_ascii=False))
    os.replace(partial, place.with_suffix(".json"))


@contextlib.contextmanager
def _releases(names):
    """The releases of chapters, for as long as something is graded; folders by name."""
    with tempfile.TemporaryDirectory(prefix="releases-") as folder:
        os.chmod(folder, 0o755)  # for the user that submissions run as
        for name in names:
            release(named(name), Path(folder) / name)
        yield {name: Path(folder) / name for name in names}


def _on_processes(waiting, all_plans, workers, kind):
    """Grade on this machine, and yield each result as it comes."""
    if not waiting:
        return
    context = multiprocessing.get_context("spawn")
    names = {name for (_, name), *_ in waiting}
    with (
        _releases(names) as releases,
        concurrent.futures.ProcessPoolExecutor(workers, mp_context=context) as pool,
    ):
        kind = kind or isolation.best(next(iter(releases.values())))
        tqdm.write(f"Isolation: {kind}.")
        futures = {
            pool.submit(grade, submission, name, all_plans[name], kind, releases[name]): rest
            for (submission, name), *rest in waiting
        }
        try:
            for future in concurrent.futures.as_completed(futures):
                yield future.result(), *futures[future]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _on_ray(waiting, address):
    """Grade on a Ray cluster, to which the course is sent; each node finds its own isolation."""
    try:
        import ray
    except ImportError:
        raise SystemExit("Ray is missing: pip install '.[teach]'") from None
    excludes = ["/build", "/graded", "/work", "/.venv", "/.git", "/study/results/*.npz"]
    init = partial(
        ray.init,
        address=address,
        log_to_driver=False,
        logging_level="error",
        runtime_env={"working_dir": str(ROOT), "excludes": excludes},
    )
    started(init)
    try:
        task = ray.remote(num_cpus=1, max_retries=-1)(_on_node)
        futures = {task.remote(*job): rest for job, *rest in waiting}
        while futures:
            [future], _ = ray.wait(list(futures))
            yield ray.get(future), *futures.pop(future)
    finally:
        ray.shutdown()


def _on_node(submission, name):
    with _releases([name]) as releases:
        kind = isolation.best(releases[name])
        return grade(submission, name, plans()[name], kind, releases[name])


def main():
    parser = argparse.ArgumentParser(
        prog="python -m coursework.grade", description="Grade a folder of submissions."
    )
    parser.add_argument("submissions", help="folders, zips or notebooks named student_chapter")
    parser.add_argument("--chapter", help="a number such as 03 (default: what each notebook is)")
    parser.add_argument("--workers", type=int, help="submissions at a time (default: one a core)")
    parser.add_argument("--address", help="of a Ray cluster (default: this machine)")
    parser.add_argument("--output", type=Path, default=GRADED, help="default: graded/")
    arguments = parser.parse_args()
    try:
        wanted = find(arguments.chapter).name if arguments.chapter else None
        found = collect(arguments.submissions)
        arguments.output.mkdir(parents=True, exist_ok=True)
        results = grade_all(found, wanted, arguments.output, arguments.workers, arguments.address)
    except ValueError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. What is graded is kept: the same command goes on from there.")
    full = sum(result["total"] == result["of"] for result in results)
    print(f"{len(results)} graded, {full} with all points: see {arguments.output}/grades.csv")


if __name__ == "__main__":
    main()
