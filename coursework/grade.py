"""Grade a folder of submissions: ``python -m coursework.grade FOLDER [--chapter 03]``.

Whatever happens around one submission becomes words in its row, and the run goes on. What is
finished is kept, so the same command goes on where it was stopped; a submission is graded again
when its answers, the chapter or the grader have changed. Without a folder, the tables and pages are
made anew from what is kept.
"""

import argparse
import atexit
import collections
import compileall
import concurrent.futures
import contextlib
import datetime
import difflib
import errno
import functools
import hashlib
import json
import locale
import multiprocessing
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import nbformat
from sqlalchemy.exc import SQLAlchemyError
from tqdm import tqdm

from course.chapters import CHAPTERS, find, named
from course.cluster import started
from course.code import ROOT, digest
from coursework import (
    classroom,
    exports,
    feedback,
    formgrader,
    isolation,
    points,
    reading,
    rebuild,
    report,
)
from coursework.answers import path_of
from coursework.judge import GraderError, Verdict, judge
from coursework.outside import plain
from coursework.release import release
from coursework.submissions import Download, collect
from coursework.term import Term, refuse_to_mix, write

GRADED = ROOT / "graded"
FOLDERS = "helpers", "coursework"  # whose code decides on a grade
LONGEST = 1800  # seconds for a submission, after which its process is ended
OTHERS = 5  # files that don't count, of those that are named
MEMORY = 8 * isolation.GB  # of a process that grades
AGAIN = "We tried it again alone, and it took as long."
# Ctrl-C and the end of a terminal reach all processes that were started in it.
OF_TERMINALS = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
STOPS = [signal.SIGTERM, *OF_TERMINALS]


def plans():
    """The cells that grading runs, by the chapter's name such as ``01_gym_api``."""
    return {one.name: rebuild.plan(nbformat.read(one.path, as_version=4)) for one in CHAPTERS}


@dataclass
class Job:
    """A chapter of a student's submission, as far as grading needs it.

    ``file`` is the one that counts, of ``handed`` that were handed in, the newest of the ``others``
    first; ``time`` is when, if its system says so. ``problem`` says in words
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
    time: str = ""
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
        _time(newest.order),
        {} if problem else newest.looks,
        [*unread, *read.unread],
        problem,
    )


def _time(order):
    """The time of an attempt as ISO 8601 says it, where its system names attempts by their time."""
    attempt = order[0] if order else ()
    try:
        return datetime.datetime(*attempt[:6]).isoformat() if len(attempt) >= 5 else ""
    except (TypeError, ValueError, OverflowError):
        return ""


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
    seed = _seed(job.chapter)
    verdicts, failure = {}, ""
    try:
        given = named(job.chapter).stem, steps, job.answers, kind, folder, seed, judged
        verdicts = _twice(judge, *given)
    except Exception as error:  # one submission doesn't stop the others
        failure = f"the grader itself failed on it, with {type(error).__name__}: {error}"
    result = _result(job, steps, verdicts, failure, seed, kind, judged is not None)
    return result, feedback.page(steps, job.answers.sources, result)


@functools.cache
def _seed(chapter):
    """The seed of all of a chapter that this process grades, so that it's solved only once."""
    return 1 + secrets.randbelow(2**31)


def _result(job, steps, verdicts, failure="", seed="", kind="", again=False):
    """What is kept of a job, as plain data; ``failure`` is the grader's own, in words."""
    tests = {step.id: step.points for step in steps if step.kind == "test"}
    problem = plain(failure or job.problem, 500)
    found = {test: verdicts[test].points if test in verdicts else 0 for test in tests}
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
        "time": job.time,
        "looks": [plain(f"{name}: {one}", 200) for name in job.looks for one in job.looks[name]],
        "unread": [[plain(name), plain(why, 200)] for name, why in job.unread],
        "points": found,
        "words": dict.fromkeys(tests, problem) if problem else words,
        "mistakes": {}
        if problem
        else {test: [one.hint, one.mend] for test, one in verdicts.items() if one.words},
        "predictions": job.answers.predictions,
        "sources": job.answers.sources,
        "total": sum(found.values()),
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


def grade_all(
    found, wanted=None, folder=GRADED, workers=None, address=None, kind=None, student=None
):
    """Grade submissions, add what was found to ``folder``, and return it.

    Args:
        found: a ``submissions.Download``, or a list of ``submissions.Submission``.
        wanted: a chapter such as ``01_gym_api``; ``None`` takes what each notebook is.
        workers: how many at a time on this machine (default: one a core).
        address: of a Ray cluster to grade on.
        kind: of isolation (default: the best that works).
        student: a name or an id: only this student's are graded, and also if nothing changed.

    Raises:
        ValueError: another run is at work in the folder, its ``term.toml`` or ``overrides.csv``
            can't be read, or the student handed in nothing.
    """
    found = found if isinstance(found, Download) else Download(list(found))
    chosen = replace(found, submissions=[_only(found, student)]) if student else found
    with Term(folder) as term:
        summary = _Summary(term)
        summary.settings()  # so that a mistake in them is said before an hour of grading
        with _Run(chosen, wanted, term, workers, address, kind, again=bool(student)) as run:
            graded = run.results()
        if not student:
            term.note(found, wanted)
        keys = {(one["student"], one["chapter"]) for one in graded}
        return summary.write(chosen, keys, run.refused)


def tables(folder=GRADED):
    """Make a term's tables and pages anew from what is kept, and return all results.

    Raises:
        ValueError: nothing is kept there, or as ``grade_all`` says.
    """
    if not any((Path(folder) / "results").glob("*/*.json")):
        raise ValueError(
            f"SUBMISSIONS must be a folder or a zip, since nothing is graded yet in {folder}"
        )
    with Term(folder) as term:
        return _Summary(term).write(None, None)


def _only(found, student):
    """The submission of one student."""
    wanted = student.strip().casefold()
    for one in found:
        if wanted in [name.casefold() for name in (one.student, one.email, *one.ids) if name]:
            return one
    near = difflib.get_close_matches(student, [one.student for one in found], 1)
    hint = f" Do you mean {near[0]}?" if near else ""
    raise ValueError(f"STUDENT must have handed in something, but {student!r} hasn't.{hint}")


class _Summary:
    """Sums a term up: its tables, pages and exports, made of all that is kept."""

    def __init__(self, term):
        self.term, self.plans = term, plans()

    def settings(self):
        """The late policy, and the points in overrides and in nbgrader's gradebook."""
        folder = self.term.folder
        results = [one for one in self.term.results() if one["chapter"] in self.plans]
        own = points.overrides(folder, results, self.plans)
        given = feedback.given_by_hand(folder / "gradebook.db")
        return results, points.policy(folder), own, given

    def write(self, download, graded, refused=()):
        """Write everything, and return the results of those students and chapters, settled.

        Args:
            download: what was graded now, or ``None``.
            graded: the students and chapters that were graded, or ``None`` for all.
            refused: the jobs that had nothing to take an earlier result's place.
        """
        found, late, own, given = self.settings()
        results, lost, folder = [], [], self.term.folder
        for one in found:
            key = formgrader.student_id(one["student"]), one["chapter"]
            before = given.get(key, {})
            hand = feedback.still_given(one, before)
            lost += [(one, name, before[name][1]) for name in before if name not in hand]
            results.append(points.settled(one, own.of(one), late, hand))
            self._show(one, results[-1])
        report.mark_alike(results, self._lines(results))
        names = sorted({one["chapter"] for one in results})
        tests = [step.id for name in names for step in self.plans[name] if step.kind == "test"]
        feedback.table(results, tests, folder / "grades.csv")
        known = self.term.known()
        mine = [one for one in results if not graded or (one["student"], one["chapter"]) in graded]
        notes = [*report.kept(refused), *report.of_term(own, self.term, results, lost)]
        if download:
            lines = [*report.text(download, mine), *notes]
            write(folder / "report.txt", "".join(f"{line}\n" for line in lines))
        exports.write_all(results, known, folder)
        write(folder / "class.html", classroom.page(results, self.plans, known, notes))
        feedback.gradebook(results, self.plans, folder / "gradebook.db")
        formgrader.lay_out(results, self.plans, folder)
        return mine

    def _show(self, kept, result):
        """Make a student's page anew where it says other points than those that count."""
        said = feedback.standing(result)
        plain = points.settled(kept | {"late": False, "time": ""}, {}, points.Policy())
        if kept.get("shown", feedback.standing(plain)) != said:
            page = feedback.page(self.plans[kept["chapter"]], kept["sources"], result)
            self.term.keep(kept | {"shown": said}, page)

    def _lines(self, results):
        """The lines of each student's answers to a chapter, without the course's own."""
        course = functools.cache(lambda name: report.course_lines(named(name).path))
        return {
            (one["student"], one["chapter"]): report.lines(one["sources"], course(one["chapter"]))
            for one in results
        }


class _Run:
    """One run of the grader: reads, grades in other processes, and keeps what was found."""

    def __init__(self, found, wanted, term, workers, address, kind, again=False):
        self.found, self.wanted, self.term, self.again = found, wanted, term, again
        self.plans = plans()
        code = grader_code()  # here, since Python 3.11 can't parse in several threads
        self.graders = {name: grader_of(name, code) for name in self.plans}
        self.refused = []  # jobs that don't take the place of an earlier result
        self.backend = _OnRay(address) if address else _Here(workers, kind)

    def __enter__(self):
        self.backend.__enter__()
        return self

    def __exit__(self, *error):
        return self.backend.__exit__(*error)

    def results(self):
        """The results, in the order of the students' names."""
        found, unknown, late = [], [], []
        with (
            # Ctrl-C reaches all processes of a terminal: it's for the one that stops the others.
            concurrent.futures.ThreadPoolExecutor(self.backend.size, "grade", _deaf) as threads,
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
        return sorted(found, key=lambda result: (result["student"], result["chapter"]))

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
        mark = fingerprint(job, self.graders[job.chapter])
        kept = self.term.kept(job.student, job.chapter)
        if kept.get("fingerprint") == mark and not self.again:
            return kept
        return self._new(job, mark)

    def _again(self, job, result):
        """The result of a job whose time was over, tried again alone."""
        judged = {
            test: Verdict(result["points"][test], result["words"].get(test, ""), False,
                          *result["mistakes"].get(test, ()))
            for test in result["points"] if test not in result["timed out"]
        }  # fmt: skip
        return self._new(job, fingerprint(job, self.graders[job.chapter]), judged)

    def _new(self, job, mark, judged=None):
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
        kept = self.term.kept(job.student, job.chapter)
        if result["problem"] and kept and not kept["problem"]:
            # A typo in CHAPTER, a damaged file, or our own failure never takes its place.
            self.refused.append(replace(job, problem=result["problem"]))
            return kept
        self.term.keep(result, page)
        return result


def _deaf():
    """Keep Ctrl-C from a thread, and so from all processes that it starts."""
    signal.pthread_sigmask(signal.SIG_BLOCK, OF_TERMINALS)


class _Scratch:
    """A folder for the temporary files of a run, which is gone after it however it ends."""

    def __enter__(self):
        self.path = Path(tempfile.mkdtemp(prefix="grading-", dir=isolation.temporary()))
        os.chmod(self.path, 0o755)  # for the user that submissions run as
        return self.path

    def __exit__(self, *_):
        for _ in range(20):  # since what was just ended may still write
            # Students' folders may be deeper than Python's own removal goes.
            subprocess.run(["rm", "-rf", str(self.path)], stderr=subprocess.DEVNULL, check=False)
            if not self.path.exists():
                return
            time.sleep(0.1)


class _Releases:
    """The releases of chapters in a folder; each is made when asked for."""

    def __init__(self, folder):
        self._folder, self._lock, self._made = folder, threading.Lock(), {}

    def of(self, name):
        """The folder of a chapter's release."""
        with self._lock:
            if name not in self._made:
                release(named(name), self._folder / name)
                # What is shut in can't write there, and would compile the checks for each exercise.
                compileall.compile_dir(self._folder / name, quiet=1)
                self._made[name] = self._folder / name
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
        self._scratch = _Scratch()
        self._place = self._scratch.__enter__()
        self._releases = _Releases(self._place)
        return self

    def __exit__(self, *error):
        self.stop()
        return self._scratch.__exit__(*error)

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
            except (RuntimeError, concurrent.futures.TimeoutError):  # it broke, or was ended
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
                1, multiprocessing.get_context("spawn"), _bounded, (str(self._place),)
            )
            self._pools.append(self._own.pool)
        return self._own.pool


def _bounded(place):
    """Bound the process that grades, and leave stopping to the one that started it."""
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tempfile.tempdir = place
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent():
    """End this process when the one that started it has ended, however that was."""
    multiprocessing.parent_process().join()
    os._exit(1)


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
    scratch = _Scratch()
    atexit.register(scratch.__exit__)
    return _Releases(scratch.__enter__())


@functools.lru_cache(maxsize=1)
def _kind_of_node(folder):
    """The strongest isolation on this node, tried again with each chapter."""
    return isolation.best(folder)


def main():
    parser = argparse.ArgumentParser(
        prog="python -m coursework.grade", description="Grade a folder of submissions."
    )
    parser.add_argument("submissions", nargs="?", help="a folder or a zip, as it was downloaded "
                        "(default: make the tables anew from what is kept)")  # fmt: skip
    parser.add_argument("--chapter", help="a number such as 03 (default: what each notebook is)")
    parser.add_argument("--roster", help="a CSV file with the columns id, name and email")
    parser.add_argument("--student", help="grade only this one, and again if nothing changed")
    parser.add_argument("--workers", type=int, help="submissions at a time (default: one a core)")
    parser.add_argument("--address", help="of a Ray cluster (default: this machine)")
    parser.add_argument("--output", type=Path, default=GRADED, help="default: graded/")
    arguments = parser.parse_args()
    _in_utf_8()
    for number in STOPS:
        signal.signal(number, _stop)
    try:
        _act(arguments)
    except ValueError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. What is graded is kept: the same command goes on from there.")
    except (OSError, SQLAlchemyError) as error:
        sys.exit(_no_room(error, arguments.output))


def _act(arguments):
    out = arguments.output
    if not arguments.submissions:
        results = tables(out)
        print(f"{len(results)} results in the tables: see {out}/class.html")
        return
    wanted = find(arguments.chapter).name if arguments.chapter else None
    refuse_to_mix(arguments.submissions, out)
    found = collect(arguments.submissions, arguments.roster)
    results = grade_all(
        found, wanted, out, arguments.workers, arguments.address, student=arguments.student
    )
    print((out / "report.txt").read_text("utf-8"), end="")
    full = sum(result["total"] == result["of"] for result in results)
    print(f"{len(results)} graded, {full} with all points: see {out}/class.html and grades.csv")


def _in_utf_8():
    """Go on with names of files in UTF-8, whatever the locale says, and the terminal as it is."""
    if not sys.flags.utf8_mode and sys.getfilesystemencoding() != "utf-8":
        variables = os.environ | {"PYTHONUTF8": "1"}
        os.execve(
            sys.executable, [sys.executable, "-m", "coursework.grade", *sys.argv[1:]], variables
        )
    for stream in (sys.stdout, sys.stderr):  # a name may have letters that the terminal lacks
        stream.reconfigure(encoding=locale.getencoding(), errors="backslashreplace")


def _stop(*_):
    """End the run; a second Ctrl-C doesn't disturb the cleaning up."""
    for number in STOPS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _no_room(error, folder):
    """Words for an error of the disk that the results are on, or the temporary files."""
    where = getattr(error, "filename", None) or folder
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or "full" in str(error)
    why = "the disk is full" if full else getattr(error, "strerror", None) or str(error)
    return (
        f"Stopped at {where}: {why}. What is graded is kept: when that is mended, the same command "
        "goes on from there."
    )


if __name__ == "__main__":
    main()
