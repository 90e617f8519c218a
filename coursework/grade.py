"""Grade a folder of submissions: ``python -m coursework.grade FOLDER [--chapter 03]``.

Whatever happens around one submission becomes words in its row, and the run goes on. What is
finished is kept, so the same command goes on where it was stopped; a submission is graded again
when its answers, the chapter or the grader have changed.
"""

import argparse
import atexit
import collections
import compileall
import concurrent.futures
import contextlib
import functools
import hashlib
import json
import multiprocessing
import os
import secrets
import signal
import sys
import tempfile
import threading
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import nbformat
from tqdm import tqdm

from course.chapters import CHAPTERS, find, named
from course.cluster import started
from course.code import ROOT, digest
from coursework import feedback, formgrader, isolation, reading, rebuild, report
from coursework.answers import path_of
from coursework.judge import GraderError, Verdict, judge
from coursework.outside import file_name, plain
from coursework.release import release
from coursework.submissions import Download, collect

GRADED = ROOT / "graded"
FOLDERS = "helpers", "coursework"  # whose code decides on a grade
LONGEST = 1800  # seconds for a submission, after which its process is ended
OTHERS = 5  # files that don't count, of those that are named
MEMORY = 8 * isolation.GB  # of a process that grades
AGAIN = "We tried it again alone, and it took as long."


def plans():
    """The cells that grading runs, by the chapter's name such as ``01_gym_api``."""
    return {one.name: rebuild.plan(nbformat.read(one.path, as_version=4)) for one in CHAPTERS}


@dataclass
class Job:
    """A chapter of a student's submission, as far as grading needs it.

    ``file`` is the one that counts, of ``handed`` that were handed in, the newest of the ``others``
    first; ``problem`` says in words
    why there is nothing to grade, ``unread`` what else of the submission wasn't read, as names with
    reasons, and ``looks`` what an instructor should look at, by the solution's id.
    """

    student: str
    chapter: str
    answers: rebuild.Answers
    ids: tuple[str, ...] = ()
    email: str = ""
    file: str = ""
    handed: int = 0
    others: list[str] = field(default_factory=list)
    late: bool = False
    looks: dict[str, list[str]] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)
    problem: str = ""


def jobs(submission, all_plans, wanted=None):
    """The ``Job`` for each chapter that a student handed in.

    Of several notebooks of a chapter the newest counts, by attempt, then by the number of the copy,
    then by time. Before that, what can be read goes before what can't, and what is called like a
    chapter before what isn't. A chapter is told by a notebook's contents, else by its
    name. Where a chapter is wanted, only its job is returned; a student who has none of it gets one
    that says so. Where no chapter can be told, the job's is empty.
    """
    read = reading.read(submission.parts, all_plans)
    chapters = collections.defaultdict(list)
    for one in sorted(
        read.notebooks, key=lambda one: (not one.problem, bool(one.named), one.order)
    ):
        chapters[one.chapter or one.named or ""].append(one)
    known = [name for name in all_plans if name in chapters]
    if wanted:
        # Another chapter's, so that the words can say which it is, or what is none.
        chosen = [wanted] if wanted in chapters else known[-1:] or [""][: len(chapters)]
    else:
        chosen = known or [""][: len(chapters)]
    made = [_job(submission, read, chapters[name], wanted or name) for name in chosen]
    return made or [_nothing(submission, read, wanted or "")]


def _worth(one):
    """What sorts notebooks by which counts, the last one."""
    return not one.problem, bool(one.named), one.order


def _job(submission, read, notebooks, chapter):
    newest = notebooks[-1]
    answers = newest.answers or rebuild.Answers()
    problem = read.problem or newest.problem
    if not problem and newest.chapter != (chapter or None):
        what = (
            f"it is chapter {newest.chapter}" if newest.chapter else "it has none of the exercises"
        )
        problem = f"the notebook is not chapter {chapter}: {what}"
    elif not problem and not answers:
        problem = "the notebook has none of the course's exercises"
    broken = [one for one in read.notebooks if one.problem and one is not newest]
    unread = [(one.name, one.problem) for one in broken if one in notebooks or not one.named]
    return Job(
        submission.student,
        chapter,
        rebuild.Answers() if problem else answers,
        submission.ids,
        submission.email,
        newest.name,
        len(notebooks),
        [one.name for one in reversed(notebooks[:-1])][:OTHERS],
        newest.late,
        {} if problem else newest.looks,
        [*unread, *read.unread],
        problem,
    )


def _nothing(submission, read, chapter):
    """The job of a submission without a notebook."""
    why = "; ".join(f"{name}: {reason}" for name, reason in read.unread[:3])
    problem = read.problem or why or "there is no notebook in it"
    answers = rebuild.Answers()
    return Job(submission.student, chapter, answers, submission.ids, submission.email,
               handed=len(submission.parts), problem=problem)  # fmt: skip


def grade(job, steps, kind, folder, judged=None):
    """Grade a job; returns what was found, as plain data, and the student's page.

    Args:
        job: a ``Job``.
        steps: the chapter's ``rebuild.plan``.
        kind: of isolation.
        folder: of the chapter's release.
        judged: verdicts that stand already, by test, where the rest is tried again.
    """
    seed = 1 + secrets.randbelow(2**31)
    verdicts, failure = {}, ""
    try:
        given = named(job.chapter).stem, steps, job.answers, kind, folder, seed, judged
        verdicts = _twice(judge, *given)
    except Exception as error:  # one submission doesn't stop the others
        failure = f"the grader itself failed on it, with {type(error).__name__}: {error}"
    result = _result(job, steps, verdicts, failure, seed, kind, judged is not None)
    return result, feedback.page(steps, job.answers.sources, result)


def _result(job, steps, verdicts, failure="", seed="", kind="", again=False):
    """What is kept of a job, as plain data; ``failure`` is the grader's own, in words."""
    tests = {step.id: step.points for step in steps if step.kind == "test"}
    problem = plain(failure or job.problem, 500)
    points = {test: verdicts[test].points if test in verdicts else 0 for test in tests}
    words = {test: verdict.words for test, verdict in verdicts.items() if verdict.words}
    late = [test for test, verdict in verdicts.items() if verdict.late]
    if again:
        words |= {test: f"{words[test]} {AGAIN}" for test in late}
    return {
        "student": job.student,
        "ids": list(job.ids),
        "email": job.email,
        "chapter": job.chapter,
        "file": plain(job.file),
        "handed": job.handed,
        "others": [plain(name) for name in job.others],
        "late": job.late,
        "looks": [plain(f"{name}: {one}", 200) for name in job.looks for one in job.looks[name]],
        "unread": [[plain(name), plain(why, 200)] for name, why in job.unread],
        "points": points,
        "words": dict.fromkeys(tests, problem) if problem else words,
        "predictions": job.answers.predictions,
        "total": sum(points.values()),
        "of": sum(tests.values()),
        "problem": problem,
        "failed": bool(failure),
        "timed out": late,
        "again": again,
        "seed": seed,
        "isolation": kind,
    }


def _twice(act, *given):
    """Try what depends on a machine that may be busy once more when it failed."""
    try:
        return act(*given)
    except GraderError:
        return act(*given)


def grader_code():
    """A digest of the code that decides on a grade."""
    return digest(file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py")))


def grader_of(name, code):
    """A digest of the chapter and of all that grades it."""
    data = named(name).path.read_bytes() + path_of(named(name).stem).read_bytes()
    return hashlib.sha256(data + code.encode()).hexdigest()


def fingerprint(job, grader):
    """A text that changes with whatever a grade and its page depend on."""
    return hashlib.sha256(f"{json.dumps(asdict(job))}{grader}".encode()).hexdigest()


def kept_at(student, name, folder):
    """The path of a submission's result; a student's name may not do as a file's."""
    return Path(folder) / "feedback" / name / file_name(student)


def grade_all(found, wanted=None, folder=GRADED, workers=None, address=None, kind=None):
    """Grade submissions, write what was found to ``folder``, and return it.

    Args:
        found: a ``submissions.Download``, or a list of ``submissions.Submission``.
        wanted: a chapter such as ``01_gym_api``; ``None`` takes what each notebook is.
        workers: how many at a time on this machine (default: one a core).
        address: of a Ray cluster to grade on.
        kind: of isolation (default: the best that works).
    """
    found = found if isinstance(found, Download) else Download(list(found))
    with _Run(found, wanted, Path(folder), workers, address, kind) as run:
        return run.results()


class _Run:
    """One run of the grader: reads, grades in other processes, keeps, and sums up."""

    def __init__(self, found, wanted, folder, workers, address, kind):
        self.found, self.wanted, self.folder = found, wanted, folder
        self.plans = plans()
        code = grader_code()  # here, since Python 3.11 can't parse in several threads
        self.graders = {name: grader_of(name, code) for name in self.plans}
        self.course = functools.cache(lambda name: report.course_lines(named(name).path))
        self.backend = _OnRay(address) if address else _Here(workers, kind)
        self.lines = {}  # of each student's answers to a chapter, without the course's own

    def __enter__(self):
        self.backend.__enter__()
        return self

    def __exit__(self, *error):
        return self.backend.__exit__(*error)

    def results(self):
        """The results, in the order of the students' names."""
        found, unknown, late = [], [], []
        with (
            concurrent.futures.ThreadPoolExecutor(self.backend.size) as threads,
            tqdm(total=len(self.found), desc="grade", unit="submission") as bar,
        ):
            waiting = {threads.submit(self._submission, one): one for one in self.found}
            try:
                for future in concurrent.futures.as_completed(waiting):
                    for job, result in future.result():
                        if not job.chapter:
                            unknown.append(job)
                            continue
                        found.append(result)
                        if result["timed out"] and not result["again"]:
                            late.append((job, result))
                    bar.update()
            except BaseException:
                threads.shutdown(wait=False, cancel_futures=True)
                self.backend.stop()
                raise
        for job, result in late:  # alone now, and so on a machine that isn't busy with others
            found[found.index(result)] = self._again(job, result)
        chapters = collections.Counter(result["chapter"] for result in found)
        usual = chapters.most_common(1)[0][0] if chapters else next(iter(self.plans))
        found += [self._graded(replace(job, chapter=usual)) for job in unknown]
        found.sort(key=lambda result: (result["student"], result["chapter"]))
        self._write(found)
        return found

    def _submission(self, submission):
        """The jobs of a submission, each with its result, whatever happens around it."""
        try:
            made = jobs(submission, self.plans, self.wanted)
        except Exception as error:
            problem = f"the grader itself failed to read it, with {type(error).__name__}: {error}"
            answers = rebuild.Answers()
            made = [Job(submission.student, self.wanted or "", answers, problem=problem)]
        return [(job, self._graded(job) if job.chapter else None) for job in made]

    def _graded(self, job):
        """The result of a job: the kept one if nothing has changed, else a new one."""
        place = kept_at(job.student, job.chapter, self.folder)
        mark = fingerprint(job, self.graders[job.chapter])
        self.lines[job.student, job.chapter] = report.lines(job.answers, self.course(job.chapter))
        kept = _kept(place)
        return kept if kept.get("fingerprint") == mark else self._new(job, place, mark)

    def _again(self, job, result):
        """The result of a job whose time was over, tried again alone."""
        tests = [test for test in result["points"] if test not in result["timed out"]]
        judged = {
            test: Verdict(result["points"][test], result["words"].get(test, "")) for test in tests
        }
        place = kept_at(job.student, job.chapter, self.folder)
        return self._new(job, place, fingerprint(job, self.graders[job.chapter]), judged)

    def _new(self, job, place, mark, judged=None):
        steps = self.plans[job.chapter]
        try:
            result, page = self.backend.grade(job, steps, judged) if not job.problem else (None, "")
        except Exception as error:
            job = replace(job, problem=f"the grader itself failed on it, with {error}")
            result = None
            mark = ""
        if result is None:
            result = _result(job, steps, {})
            page = feedback.page(steps, {}, result)
        result["fingerprint"] = "" if result["failed"] else mark  # which is tried again
        _keep(result, page, place)
        formgrader.keep(steps, job.answers.sources, result, self.folder)
        return result

    def _write(self, results):
        graded = sorted({result["chapter"] for result in results})
        tests = [step.id for name in graded for step in self.plans[name] if step.kind == "test"]
        report.mark_alike(results, self.lines)
        feedback.table(results, tests, self.folder / "grades.csv")
        feedback.gradebook(results, self.plans, self.folder / "gradebook.db")
        formgrader.lay_out(graded, self.folder)
        text = "\n".join(report.text(self.found, results)) + "\n"
        (self.folder / "report.txt").write_text(text, "utf-8")


def _kept(place):
    """The result that was kept of an earlier run, or an empty one."""
    try:
        kept = json.loads(place.with_suffix(".json").read_text("utf-8"))
        return kept if isinstance(kept, dict) and place.with_suffix(".html").exists() else {}
    except (OSError, ValueError):
        return {}


def _keep(result, html, place):
    """Write the page, then the result that vouches for it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.with_suffix(".html").write_text(html, "utf-8")
    partial = place.with_suffix(".partial")
    partial.write_text(json.dumps(result, ensure_ascii=False), "utf-8")
    os.replace(partial, place.with_suffix(".json"))


class _Releases:
    """The releases of chapters, for as long as something is graded; each is made when asked for."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="releases-")
        os.chmod(self._folder.name, 0o755)  # for the user that submissions run as
        self._lock, self._made = threading.Lock(), {}
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def of(self, name):
        """The folder of a chapter's release."""
        with self._lock:
            if name not in self._made:
                self._made[name] = Path(self._folder.name) / name
                release(named(name), self._made[name])
                # What is shut in can't write there, and would compile the checks for each exercise.
                compileall.compile_dir(self._made[name], quiet=1)
            return self._made[name]


class _Here:
    """Grades on this machine, in as many processes as threads ask for it.

    Each thread has a process of its own: what ends that process is one submission's matter.
    """

    def __init__(self, workers, kind):
        self.size = workers or os.cpu_count() or 1
        self.kind = kind
        self._own, self._lock = threading.local(), threading.Lock()
        self._pools, self._stopped = [], False

    def __enter__(self):
        self._releases = _Releases().__enter__()
        return self

    def __exit__(self, *error):
        for pool in self._pools:
            pool.shutdown(wait=False, cancel_futures=True)
        return self._releases.__exit__(*error)

    def stop(self):
        """End all processes at once."""
        self._stopped = True
        for pool in self._pools:
            _end(pool)

    def grade(self, job, steps, judged=None):
        """What ``grade`` found."""
        folder = self._releases.of(job.chapter)
        with self._lock:
            if not self.kind:
                self.kind = isolation.best(folder)
                tqdm.write(f"Isolation: {self.kind}.")
        for _ in range(2):
            pool = self._pool()
            try:
                done = pool.submit(grade, job, steps, self.kind, folder, judged)
                return done.result(LONGEST)
            except (BrokenProcessPool, concurrent.futures.TimeoutError):
                _end(pool)
                self._own.pool = None
            if self._stopped:
                raise KeyboardInterrupt
        failure = "grading it ended the grader's own process, twice, probably for want of memory"
        result = _result(job, steps, {}, failure, kind=self.kind)
        return result, feedback.page(steps, job.answers.sources, result)

    def _pool(self):
        """The process of this thread."""
        if getattr(self._own, "pool", None) is None:
            self._own.pool = concurrent.futures.ProcessPoolExecutor(
                1, multiprocessing.get_context("spawn"), _bounded
            )
            self._pools.append(self._own.pool)
        return self._own.pool


def _bounded():
    """Bound the process that grades, and leave stopping to the one that started it."""
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _end(pool):
    """End a pool with its processes."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        with contextlib.suppress(OSError, ValueError):
            process.kill()


class _OnRay:
    """Grades on a Ray cluster, to which the course is sent; each node finds its own isolation."""

    def __init__(self, address):
        try:
            import ray
        except ImportError:
            raise SystemExit("Ray is missing: pip install '.[teach]'") from None
        self._ray, self._address = ray, address

    def __enter__(self):
        excludes = ["/build", "/graded", "/work", "/.venv", "/.git", "/study/results/*.npz"]
        init = functools.partial(
            self._ray.init,
            address=self._address,
            log_to_driver=False,
            logging_level="error",
            runtime_env={"working_dir": str(ROOT), "excludes": excludes},
        )
        started(init)
        self._task = self._ray.remote(num_cpus=1, max_retries=-1)(_on_node)
        self.size = int(self._ray.cluster_resources().get("CPU", 1))
        return self

    def __exit__(self, *_):
        self._ray.shutdown()

    def stop(self):
        """End all tasks at once."""
        self._ray.shutdown()

    def grade(self, job, steps, judged=None):
        """What ``grade`` found."""
        return self._ray.get(self._task.remote(job, steps, judged))


def _on_node(job, steps, judged):
    releases = _releases_of_node()
    folder = releases.of(job.chapter)
    return grade(job, steps, _kind_of_node(folder), folder, judged)


@functools.cache
def _releases_of_node():
    """The releases that a process of Ray's makes once, for all that it grades."""
    releases = _Releases().__enter__()
    atexit.register(releases.__exit__)
    return releases


@functools.lru_cache(maxsize=1)
def _kind_of_node(folder):
    """The strongest isolation on this node, tried again with each chapter."""
    return isolation.best(folder)


def main():
    parser = argparse.ArgumentParser(
        prog="python -m coursework.grade", description="Grade a folder of submissions."
    )
    parser.add_argument("submissions", help="a folder or a zip, as it was downloaded")
    parser.add_argument("--chapter", help="a number such as 03 (default: what each notebook is)")
    parser.add_argument("--roster", help="a CSV file with the columns id, name and email")
    parser.add_argument("--workers", type=int, help="submissions at a time (default: one a core)")
    parser.add_argument("--address", help="of a Ray cluster (default: this machine)")
    parser.add_argument("--output", type=Path, default=GRADED, help="default: graded/")
    arguments = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):  # a name may have letters that the terminal lacks
        stream.reconfigure(errors="backslashreplace")
    try:
        wanted = find(arguments.chapter).name if arguments.chapter else None
        found = collect(arguments.submissions, arguments.roster)
        arguments.output.mkdir(parents=True, exist_ok=True)
        results = grade_all(found, wanted, arguments.output, arguments.workers, arguments.address)
    except ValueError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. What is graded is kept: the same command goes on from there.")
    print("\n".join(report.text(found, results)))
    full = sum(result["total"] == result["of"] for result in results)
    print(f"{len(results)} graded, {full} with all points: see {arguments.output}/grades.csv")


if __name__ == "__main__":
    main()
