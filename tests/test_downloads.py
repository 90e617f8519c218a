"""Downloads as systems make them: whose a file is, which one counts, and what isn't read.

Nothing is graded here. A notebook says in its answer which one it is.
"""

import ast
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursework import grade, naming, outside, reading, rebuild, report, term
from coursework.roster import Roster
from coursework.submissions import collect

CHAPTER = "01_gym_api"
PLANS = grade.plans()


def notebook(says="right", step="discounted_return", more=(), **metadata):
    """A notebook with one answer, which says something, as bytes."""
    source = f"def {step}(rewards, discount):\n    return {says!r}"
    grading = {"nbgrader": {"grade_id": step}}
    cells = [{"cell_type": "code", "source": text, "metadata": {}} for text in more]
    answer = {"cell_type": "code", "source": source, "metadata": metadata or grading, "outputs": []}
    return json.dumps({"cells": [*cells, answer], "nbformat": 4, "nbformat_minor": 5}).encode()


def zipped(files):
    """A zip of files, each by its name, as bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tarred(files, mode="w:gz"):
    """A tar of files, each by its name, as bytes."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return packed.getvalue()


@pytest.fixture
def inbox(tmp_path):
    """A function that puts files into a folder; those later in the list are newer."""

    def put(files):
        for number, (name, data) in enumerate(files.items()):
            path = tmp_path / "inbox" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            os.utime(path, (1_700_000_000 + number,) * 2)
        return tmp_path / "inbox"

    return put


def made(place, wanted=CHAPTER, roster=None):
    """The jobs of a download, and the download."""
    found = collect(place, roster)
    return [job for one in found for job in grade.jobs(one, PLANS, wanted)], found


def said(job):
    """What the notebook that counts says, or why there is none."""
    source = job.answers.sources.get("discounted_return")
    return ast.literal_eval(source.rpartition("return ")[2]) if source else job.problem


def counted(place, **options):
    return {job.student: said(job) for job in made(place, **options)[0]}


OLD, NEW = notebook("old"), notebook("new")
ANA, BEN = notebook("ana's"), notebook("ben's")
BOTH = {"ana": "ana's", "ben": "ben's"}
NAME = f"{CHAPTER}.ipynb"
GRADESCOPE = """
submission_1:
  :submitters:
  - :name: Ana Gil
    :sid: '007'
    :email: ana@uni.example
  :created_at: 2026-11-01 10:00:00.000000000 Z
  :results: !ruby/object:Hash {}
submission_2:
  :submitters:
  - :name: Ben Li
    :sid: '008'
  - :name: Cleo Ray
    :sid: '009'
"""

# Downloads by the system that makes them: the files, the newest last, and what counts by student.
DOWNLOADS = {
    "Canvas": (
        {
            f"gilana_LATE_12_3456_{CHAPTER}-1.ipynb": NEW,
            f"gilana_12_3400_{NAME}": OLD,
            f"liwei_13_3457_{NAME}": BEN,
            "liwei_13_3458_notes.pdf": b"%PDF",
        },
        {"gilana": "new", "liwei": "ben's"},
    ),
    "Canvas, names hidden": (
        {f"anon_x1Y2z_3456_{NAME}": ANA, f"LATE_anon_b4_3457_{NAME}": BEN},
        {"anon_x1Y2z": "ana's", "anon_b4": "ben's"},
    ),
    "Moodle": (
        {
            f"Ana Gil_123_assignsubmission_file_/{NAME}": ANA,
            "Ana Gil_123_assignsubmission_onlinetext_/onlinetext.html": b"<p>Hello</p>",
            f"Ben de la Li_124_assignsubmission_file/work/{NAME}": BEN,
        },
        {"Ana Gil": "ana's", "Ben de la Li": "ben's"},
    ),
    "Moodle, flat": (
        {
            f"Ana Gil_123_assignsubmission_file_{NAME}": ANA,
            f"Teilnehmer_in 5_124_assignsubmission_file_{CHAPTER}.zip": zipped({NAME: BEN}),
            f"Eve_125_assignsubmission_file_Ana Gil_123_assignsubmission_file_{NAME}": OLD,
        },
        {"Ana Gil": "ana's", "Teilnehmer_in 5": "ben's", "Eve": "old"},
    ),
    "Blackboard": (
        {
            f"Chapter_1_a_gil_attempt_2026-11-02-09-00-00_{NAME}": NEW,
            "Chapter_1_a_gil_attempt_2026-11-02-09-00-00.txt": b"Name: Ana Gil (a_gil)",
            f"Chapter_1_a_gil_attempt_2026-11-01-10-00-00_{NAME}": OLD,
            f"Chapter_1_bli_attempt_2026-11-01-10-00-00_{NAME}": BEN,
        },
        {"a_gil": "new", "bli": "ben's"},
    ),
    "Blackboard, one student": (
        {f"Chapter 1_agil_attempt_2026-11-02-09-00-00_{NAME}": ANA},
        {"agil": "ana's"},
    ),
    "Brightspace": (
        {
            f"77-5 - Ana-Maria Gil - Nov 2, 2026 1202 AM/{NAME}": NEW,
            f"77-5 - Ana-Maria Gil - Nov 1, 2026 1159 PM/{NAME}": OLD,
            f"78-5 - Ben Li - Oct 30, 2026 905 AM/{NAME}": BEN,
            "index.html": b"<html>",
        },
        {"Ana-Maria Gil": "new", "Ben Li": "ben's"},
    ),
    "Brightspace, flat": (
        {
            f"77-5 - Ana Gil- Nov 10, 2026 900 AM - {NAME}": NEW,
            f"77-5 - Ana Gil- Nov 9, 2026 1000 AM - {NAME}": OLD,
        },
        {"Ana Gil": "new"},
    ),
    "ILIAS": (
        {
            f"Chapter 1_99/Abgaben/Gil_Ana_agil_123/Late Submission - {NAME}": ANA,
            f"Chapter 1_99/Abgaben/Li_Ben_bli_124/{CHAPTER} (2).ipynb": NEW,
            f"Chapter 1_99/Abgaben/Li_Ben_bli_124/{NAME}": OLD,
            "Chapter 1_99/status.xlsx": b"PK",
        },
        {"Ana Gil": "ana's", "Ben Li": "new"},
    ),
    "ILIAS, teams": (
        {
            f"Abgaben/Team 12/Gil_Ana_agil_123/{NAME}": ANA,
            f"Abgaben/Team 13/Li_Ben_bli_124/{NAME}": BEN,
        },
        {"Ana Gil": "ana's", "Ben Li": "ben's"},
    ),
    "Sakai": (
        {
            f"Chapter 1/Gil, Ana(agil)/Submission attachment(s)/{NAME}": ANA,
            f"Chapter 1/Gil, Ana(agil)/Feedback Attachment(s)/{NAME}": OLD,
            "Chapter 1/Gil, Ana(agil)/timestamp.txt": b"20261101",
            f"Chapter 1/Li, Ben(bli)/Submission attachment(s)/{NAME}": BEN,
            "Chapter 1/grades.csv": b"",
        },
        {"Gil, Ana": "ana's", "Li, Ben": "ben's"},
    ),
    "Gradescope": (
        {
            "assignment_9_export/submission_metadata.yml": GRADESCOPE.encode(),
            f"assignment_9_export/submission_1/{NAME}": ANA,
            f"assignment_9_export/submission_2/{NAME}": BEN,
        },
        {"Ana Gil": "ana's", "Ben Li": "ben's", "Cleo Ray": "ben's"},
    ),
    "nbgrader, submitted": (
        {
            f"submitted/ana/ps1/{NAME}": ANA,
            "submitted/ana/ps1/timestamp.txt": b"2026-11-01 10:00:00 UTC",
            f"submitted/ben/ps1/{NAME}": BEN,
        },
        BOTH,
    ),
    "nbgrader, a course": (
        {
            f"submitted/ana/{CHAPTER}/{NAME}": ANA,
            f"submitted/ben/{CHAPTER}/{NAME}": BEN,
            f"source/{CHAPTER}/{NAME}": OLD,
            f"release/{CHAPTER}/{NAME}": OLD,
            f"autograded/ana/{CHAPTER}/{NAME}": OLD,
            "gradebook.db": b"",
        },
        BOTH,
    ),
    "nbgrader's exchange": (
        {
            f"inbound/ana+ps1+2026-11-02 10:00:00 UTC+x/{NAME}": NEW,
            f"inbound/ana+ps1+2026-11-01 10:00:00 UTC+y/{NAME}": OLD,
        },
        {"ana": "new"},
    ),
    "homes of a hub": (
        {
            f"home/ana/.local/share/Trash/files/{NAME}": OLD,
            f"home/ana/course/notebooks/{NAME}": OLD,
            f"home/ana/course/work/{NAME}": ANA,
            f"home/ben/{NAME}": OLD,
            f"home/ben/.ipynb_checkpoints/{CHAPTER}-checkpoint.ipynb": OLD,
            "home/ben/venv/pyvenv.cfg": b"",
            f"home/ben/venv/share/{NAME}": OLD,
            f"home/ben/rl/{NAME}": BEN,
        },
        BOTH,
    ),
    "homes of a small hub": (
        {f"jupyter-ana/{NAME}": ANA, f"jupyter-ben/{NAME}": BEN},
        BOTH,
    ),
    "homes, alike in their folders": (
        {
            f"{who}/{folder}/{NAME}": data
            for who, newest in {"ana": ANA, "ben": BEN}.items()
            for folder, data in {"a": OLD, "b": OLD, "c": newest}.items()
        },
        BOTH,
    ),
    "Google Classroom": (
        {
            f"{CHAPTER}-20261101T100000Z-001.zip": zipped(
                {
                    f"Chapter 1/Ana Gil - {NAME}": ANA,
                    f"Chapter 1/Ben Li - Copy of {NAME}": BEN,
                }
            )
        },
        {"Ana Gil": "ana's", "Ben Li": "ben's"},
    ),
    "Teams": (
        {
            f"Submitted files/Ana Gil/Chapter 1/Version 1/{NAME}": OLD,
            f"Submitted files/Ana Gil/Chapter 1/Version 2/{NAME}": ANA,
            f"Submitted files/Ben Li/Chapter 1/Version 1/{NAME}": BEN,
        },
        {"Ana Gil": "ana's", "Ben Li": "ben's"},
    ),
    "folders": ({f"ana/{NAME}": ANA, f"ben/deep/er/{NAME}": BEN}, BOTH),
    "a folder": ({f"ana/{NAME}": ANA}, {"ana": "ana's"}),
    "flat": ({f"ana_{NAME}": ANA, f"ben - {CHAPTER} (final v2).ipynb": BEN}, BOTH),
    "flat, the student last": ({f"{CHAPTER}_ana.ipynb": ANA, f"{CHAPTER}-ben.ipynb": BEN}, BOTH),
    "zips": ({"ana.zip": zipped({NAME: ANA}), "ben.ZIP": zipped({f"x/y/{NAME}": BEN})}, BOTH),
    "tars": (
        {
            "ana.tar.gz": tarred({NAME: ANA}),
            "ben.tar.xz": tarred({f"x/{NAME}": BEN}, "w:xz"),
            "cleo.tar": tarred({f"x/{NAME}": NEW}, "w"),
        },
        BOTH | {"cleo": "new"},
    ),
    "the outer zip": (
        {"download.zip": zipped({f"ana/{NAME}": ANA, f"ben/work/{NAME}": BEN})},
        BOTH,
    ),
    "a zip of zips": (
        {"x.zip": zipped({"ana.zip": zipped({NAME: ANA}), "ben.zip": zipped({NAME: BEN})})},
        BOTH,
    ),
    "a zip in a zip": (
        {"x.zip": zipped({"y.zip": zipped({f"ana/{NAME}": ANA, f"ben/{NAME}": BEN})})},
        BOTH,
    ),
    "all in one zip": ({"all.zip": zipped({f"ana_{NAME}": ANA, f"ben_{NAME}": BEN})}, BOTH),
    "two downloads": (
        {
            "a.zip": zipped({f"Ana_1_assignsubmission_file_/{NAME}": ANA}),
            "b.zip": zipped({f"Ben_7_assignsubmission_file_/{NAME}": BEN}),
        },
        {"Ana": "ana's", "Ben": "ben's"},
    ),
    "by chapter": ({f"{CHAPTER}/ana/{NAME}": ANA, f"{CHAPTER}/ben_{NAME}": BEN}, BOTH),
    "names in Windows' way": ({"ana.zip": zipped({f"work\\{NAME}": ANA})}, {"ana": "ana's"}),
    "of one name": (
        {f"lee_12_3456_{NAME}": ANA, f"lee_13_3457_{NAME}": BEN},
        {"lee (12)": "ana's", "lee (13)": "ben's"},
    ),
}


@pytest.mark.parametrize("system", DOWNLOADS)
def test_a_download_is_read_as_its_system_makes_it(inbox, system):
    files, students = DOWNLOADS[system]
    assert counted(inbox(files)) == students


@pytest.mark.parametrize("system", ["Canvas", "Moodle", "Gradescope", "homes of a hub", "ILIAS"])
def test_the_zip_of_a_download_is_read_as_well(inbox, system):
    files, students = DOWNLOADS[system]
    order = dict(reversed(files.items())) if system == "Canvas" else files
    place = inbox({"download.zip": zipped(order)})
    if system != "homes of a hub":  # where only time tells the newest, and all have the same
        assert counted(place) == students
        assert counted(place / "download.zip") == students
    assert set(counted(place)) == set(students)


# What a student's folder holds, the newest by time last, and what the one that counts says.
COPIES = {
    "a number": {f"{CHAPTER}-1.ipynb": NEW, NAME: OLD},
    "numbers that sort otherwise": {f"{CHAPTER}-10.ipynb": NEW, f"{CHAPTER}-9.ipynb": OLD},
    "a browser's number": {f"{CHAPTER} (1).ipynb": NEW, NAME: OLD},
    "a copy": {f"{CHAPTER} - Copy.ipynb": NEW, NAME: OLD},
    "copies": {f"{CHAPTER} - Copy (2).ipynb": NEW, f"{CHAPTER} - Copy.ipynb": OLD},
    "Jupyter's copy": {f"{CHAPTER}-Copy1.ipynb": NEW, NAME: OLD},
    "Colab's copy": {f"Copy of {NAME}": NEW, NAME: OLD},
    "time": {f"z/{NAME}": OLD, f"a/{NAME}": NEW},
    "an unknown one": {NAME: NEW, "Untitled.ipynb": OLD},
    "one without exercises": {NAME: NEW, "Untitled.ipynb": notebook("old", "something")},
    "a broken one": {NAME: NEW, f"{CHAPTER}-1.ipynb": b"{"},
    "what the course renewed": {NAME: NEW, f"{CHAPTER}_2026-11-01.ipynb": OLD},
    "a folder of that name": {NAME: NEW, f"x/{NAME}/readme.txt": b""},
    "capitals": {f"{CHAPTER}.IPYNB": NEW},
    "a text": {f"{CHAPTER}.ipynb.txt": NEW},
    "a browser's text": {f"{CHAPTER}.ipynb (1).txt": NEW, f"{CHAPTER}.ipynb.txt": OLD},
    "JSON": {f"{CHAPTER}.ipynb.json": NEW},
    "another name": {"my homework.ipynb": NEW},
    "many files before it": {f"{i:04}.csv": b"" for i in range(1_100)} | {NAME: NEW},
    "many notebooks before it": {f"{i:04}.ipynb": OLD[:9] for i in range(70)} | {NAME: NEW},
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", COPIES)
def test_the_newest_counts(inbox, kind, packed):
    files = COPIES[kind]
    if packed and kind != "time":
        place = inbox({"ana.zip": zipped(files), "ben.zip": b""})
    else:
        place = inbox({f"ana/{name}": data for name, data in files.items()} | {"ben/x": b""})
    assert counted(place)["ana"] == "new"


def test_the_table_says_how_many_were_handed_in(inbox):
    [job, _], _ = made(inbox({f"ana/{CHAPTER}-1.ipynb": NEW, f"ana/{NAME}": OLD, "ben/x": b""}))
    assert (job.file, job.handed) == (f"{CHAPTER}-1.ipynb", 2)
    steps = PLANS[CHAPTER]
    results = [grade._result(job, steps, {})]
    lines = "\n".join(report.text(made(inbox({}))[1], results))
    assert f"ana, {CHAPTER}: 2 handed in, {CHAPTER}-1.ipynb counts, not {NAME}" in lines


def test_the_attempts_that_do_not_count_are_listed(inbox):
    files, _ = DOWNLOADS["Blackboard"]
    job = made(inbox(files))[0][0]
    newest, _, older, _ = files
    assert (job.file, job.others) == (newest, [older])


def test_late_is_noted(inbox):
    found, _ = made(inbox(DOWNLOADS["Canvas"][0]))
    assert {job.student: job.late for job in found} == {"gilana": True, "liwei": False}
    assert found[0].ids == ("12",)


# What can't be read, by the student: the file, and the words for it.
UNREAD = {
    "rar": ("x.rar", b"Rar!", "zip and tar only"),
    "hidden rar": ("x.zip", b"Rar!\x1a\x07", "ask for a zip"),
    "cut zip": ("x.zip", zipped({NAME: NEW * 50})[:-30], "can't be read"),
    "bad zip": ("x.zip", zipped({NAME: NEW}).replace(b"\x00\x00\x00\x00", b"\xff" * 4), "be read"),
    "no utf-8": (
        "x.zip",
        zipped({f"é{NAME}": NEW}).replace(f"é{NAME}".encode(), f"\xff\xff{NAME}".encode("latin-1")),
        "broken encoding",
    ),
    "pdf": ("report.pdf", b"%PDF", "no notebook among the files"),
    "web page": (NAME, b"<!DOCTYPE html><html>", "a web page"),
    "merged": (NAME, b'{\n<<<<<<< HEAD\n"a": 1\n=======\n>>>>>>> x\n}', "merged by git"),
    "cut off": (NAME, NEW[:-5], "damaged or cut off"),
    "zip as notebook": (NAME, zipped({NAME: NEW}), "but a zip"),
    "three deep": (
        "a.zip",
        zipped({"b.zip": zipped({"c.zip": zipped({"d.zip": zipped({NAME: NEW})})})}),
        "one in another",
    ),
    "nothing in it": ("a.zip", zipped({"x.txt": b""}), "no notebook in the archive"),
}


@pytest.mark.parametrize("kind", UNREAD)
def test_what_cannot_be_read_has_a_reason(inbox, kind):
    name, data, words = UNREAD[kind]
    assert words in counted(inbox({f"ana/{name}": data, f"ben/{NAME}": BEN}))["ana"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (NAME, "doesn't say whose it is"),
        (f"{CHAPTER}(1).ipynb", "doesn't say whose it is"),
        ("Untitled1.ipynb", "doesn't say whose it is"),
        ("all.7z", "zip and tar archives only"),
        ("report.pdf", "it is not a notebook"),
    ],
)
def test_a_file_of_nobody_is_not_read_in_silence(inbox, name, words):
    found, download = made(inbox({name: NEW, f"ben/{NAME}": BEN}))
    assert [job.student for job in found] == ["ben"]
    [(unread, why)] = download.unread
    assert unread == name
    assert words in why
    assert any(name in line for line in report.text(download, []))


def test_a_class_among_students_is_refused_in_words(inbox):
    files, _ = DOWNLOADS["Moodle"]
    packed = zipped(files)
    place = inbox({"x.zip": packed, f"ben/{NAME}": BEN})
    assert "whole class" in counted(place)["x"]


def test_a_text_written_online_is_no_row(inbox):
    files = {
        "Ana_1_assignsubmission_onlinetext_/onlinetext.html": b"",
        "Ben_2_assignsubmission_onlinetext_/onlinetext.html": b"",
        f"Ben_2_assignsubmission_file_/{NAME}": BEN,
        "gil_123_text.html": b"",
    }
    found, download = made(inbox(files))
    assert [job.student for job in found] == ["Ben"]
    assert [name for name, _ in download.unread] == [
        "Ana_1_assignsubmission_onlinetext_", "gil_123_text.html"
    ]  # fmt: skip


def test_nothing_is_handed_in_for_another(inbox):
    """Whatever a student packs and names, it stays that student's."""
    forged = zipped({f"ana_{NAME}": OLD, f"ana/{NAME}": OLD, "submission_metadata.yml": b"ana: 1"})
    place = inbox({f"ana/{NAME}": ANA, "eve.zip": forged, f"eve2/ana/{NAME}": OLD})
    assert counted(place)["ana"] == "ana's"


ODD = {
    "null metadata": notebook(nbgrader=None),
    "no metadata": notebook().replace(b'"metadata"', b'"meta"'),
    "a cell that is none": notebook().replace(b'"cells": [', b'"cells": [null, 7, {"a": 1}, '),
    "source as lines": notebook().replace(b"\\n", b'\\n", "').replace(
        b'"source": "def', b'"source": ["def'
    ).replace(b"return 'right'\"", b"return 'right'\"]"),
    "null source before": notebook().replace(
        b'"cells": [', b'"cells": [{"cell_type": "code", "source": null}, '
    ),
    "utf-16": notebook().decode().encode("utf-16"),
    "utf-16 without a mark": notebook().decode().encode("utf-16-le"),
    "utf-8 with a mark": b"\xef\xbb\xbf" + notebook(),
    "latin-1": notebook(more=["# é"]).replace(b"\\u00e9", b"\xe9"),
    "version 3": json.dumps(
        {
            "worksheets": [
                {"cells": [{"cell_type": "code",
                            "input": "def discounted_return(r, d):\n    return 'right'"}]}
            ]
        }
    ).encode(),
    "half a letter": notebook(more=["# \ud800"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_notebook_is_mended_cell_by_cell(inbox, kind):
    assert counted(inbox({f"ana/{NAME}": ODD[kind]})) == {"ana": "right"}


ANSWER = "def discounted_return(rewards, discount):\n    return {}\n"


def answers_of(*cells):
    """The answers in code cells; a pair is a source and its grade id."""
    pairs = [cell if isinstance(cell, tuple) else (cell, "") for cell in cells]
    return rebuild.answers([rebuild.Cell("code", *pair) for pair in pairs], PLANS[CHAPTER])


def run(answers, name="discounted_return"):
    """What an answer returns, with NumPy as the chapter's first cell imports it."""
    names = {}
    exec("import numpy as np\n" + answers.sources[name], names)
    return names[name]([1], 1)


@pytest.mark.parametrize(
    "cells",
    [
        ["import math", ANSWER.format("math.floor(7.5)")],
        ["%matplotlib inline\nfrom math import floor as down", ANSWER.format("down(7.5)")],
        ["def seven():\n    return 7", ANSWER.format("seven()")],
        [ANSWER.format("seven()"), "SIX = 6\ndef seven():\n    return SIX + 1"],
        [(ANSWER.format("7"), "discounted_return"), "%matplotlib inline\nplt.plot(1", "!ls"],
        [("%%time\n" + ANSWER.format("7"), "discounted_return"), "1 / 0"],
        [("%load_ext x\n!pip install y\nnp?\n" + ANSWER.format("7"), "discounted_return")],
        [("", "discounted_return"), ANSWER.format("7"), ("", "check_discounted_return")],
        [(ANSWER.format("6"), "discounted_return"), ANSWER.format("7"),
         ("", "check_discounted_return"), ANSWER.format("8")],
        [(ANSWER.format("6"), "discounted_return"), (ANSWER.format("7"), "discounted_return")],
        [("def discounted_return(rewards, discount):", "discounted_return"), "    x = 7",
         "    return x", "scratch("],
        [("s = ('%d'\n % 7)\n" + ANSWER.format("int(s)"), "discounted_return")],
    ],
)  # fmt: skip
def test_an_answer_is_what_the_student_saw(cells):
    answers = answers_of(*cells)
    assert not answers.faults
    assert run(answers) == 7


def test_only_what_is_needed_comes_from_other_cells():
    answers = answers_of("import os\nx = 1 / 0", ANSWER.format("np.sum(rewards)"))
    assert answers.sources["discounted_return"] == ANSWER.format("np.sum(rewards)")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def discounted_return(rewards, discount):\n    return (", "Line 2 stops it: `return (`"),
        ("def discounted_return():\n  " + "-" * 50_000 + "1", "nested too deeply"),
        ("def discounted_return(): pass\n" + "\n" * 6_000, "5,000 lines"),
        ("def discounted_return(): pass\n#" + "x" * 2_000_000, "letters"),
    ],
)
def test_an_answer_that_cannot_run_has_a_reason(source, words):
    assert words in answers_of((source, "discounted_return")).faults["discounted_return"]


ROSTER = 'id,name,email\n7,"Gil, Ana",ana@uni.example\n8,Ben Li,bli@uni.example\n9,Cléo Ray,\n'


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "names.csv"
    path.write_text(ROSTER, "utf-8")
    return path


def test_a_roster_joins_names_and_says_who_is_missing(inbox, roster):
    place = inbox({f"gilana_12_3456_{NAME}": ANA, f"dan_14_3457_{NAME}": NEW})
    found, download = made(place, roster=roster)
    assert [(job.student, job.ids, job.email) for job in found] == [
        ("Gil, Ana", ("7", "12"), "ana@uni.example"),
        ("dan", ("14",), ""),
    ]
    assert download.unmatched == ["dan"]
    assert download.absent == ["Ben Li", "Cléo Ray"]
    lines = "\n".join(report.text(download, []))
    assert "Not on the roster (1):\n  dan" in lines
    assert "Handed in nothing (2):\n  Ben Li" in lines


@pytest.mark.parametrize(
    ("name", "ids", "student"),
    [
        ("Ana Gil", (), "Gil, Ana"),
        ("ana  GIL", (), "Gil, Ana"),
        ("gilana", (), "Gil, Ana"),
        ("x", ("7",), "Gil, Ana"),
        ("bli", (), "Ben Li"),
        ("x", ("bli@uni.example",), "Ben Li"),
        ("cleo ray", (), "Cléo Ray"),
        ("nobody", (), None),
        ("", (), None),
    ],
)
def test_a_name_is_found_on_the_roster(roster, name, ids, student):
    person = Roster.read(roster).find(name, ids)
    assert (person.student if person else None) == student


@pytest.mark.parametrize(
    "text",
    [
        "Vorname;Nachname\nx;y",
        "",
        "id,email\n1,x@y",
    ],
)
def test_a_file_that_is_no_roster_is_refused(tmp_path, text):
    (tmp_path / "names.csv").write_text(text, "utf-8")
    with pytest.raises(ValueError, match="ROSTER must have a first line"):
        Roster.read(tmp_path / "names.csv")


@pytest.mark.parametrize(
    "text",
    [
        "First name,Last name,ID number,Email address\nAna,Gil,7,ana@uni.example\n",
        "Student;ID;SIS Login ID\nGil, Ana;7;agil\n",
        "\ufeffid\tname\temail\n7\tAna Gil\tana@uni.example\n",
    ],
)
def test_a_roster_may_be_a_system_s_own_export(tmp_path, text):
    (tmp_path / "names.csv").write_text(text, "utf-8")
    assert Roster.read(tmp_path / "names.csv").find("gilana", ()).id == "7"


def test_two_of_one_name_on_a_roster_are_told_apart_by_their_ids(tmp_path):
    (tmp_path / "names.csv").write_text("id,name,email\n1,Lee Kim,\n2,Lee Kim,\n", "utf-8")
    people = Roster.read(tmp_path / "names.csv")
    assert people.find("Lee Kim", ()) is None
    assert people.find("Lee Kim", ("2",)).student == "Lee Kim (2)"


def test_what_is_no_file_stops_nothing(tmp_path):
    place = tmp_path / "inbox"
    (place / "ana").mkdir(parents=True)
    (place / "ana" / NAME).write_bytes(ANA)
    os.mkfifo(place / "ben.zip")
    (place / "cleo").mkdir()
    os.mkfifo(place / "cleo" / NAME)
    (place / "dan").mkdir()
    (place / "dan" / NAME).symlink_to(place / "ana" / NAME)
    (place / "eve.zip").symlink_to(place / "ana" / NAME)
    os.mkdir(os.fsencode(place) + b"/\xe9")
    (place / os.fsdecode(b"\xe9") / NAME).write_bytes(BEN)
    found = counted(place)
    assert found["ana"] == "ana's"
    assert found["\\udce9"] == "ben's"
    assert "isn't a file" in found["ben"]
    assert "isn't a file" in found["cleo"]
    assert "link" in found["dan"]
    assert "link" in found["eve"]


def test_folders_without_an_end_are_given_up(tmp_path):
    place = tmp_path / "inbox"
    (place / "ben").mkdir(parents=True)
    (place / "ben" / NAME).write_bytes(BEN)
    deep = str(place / "ana")
    top = os.open(place, os.O_RDONLY)
    os.mkdir("ana", dir_fd=top)
    here = os.open("ana", os.O_RDONLY, dir_fd=top)
    for _ in range(1_500):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here), os.close(top)
    try:
        found = counted(place)
    finally:
        os.system(f"rm -rf '{deep}'")
    assert "folders deep" in found["ana"]
    assert found["ben"] == "ben's"


def test_a_submission_that_unpacks_to_too_much_costs_only_itself(inbox):
    big = zipped({f"{i}.ipynb": bytes(19 * 2**20) for i in range(40)} | {NAME: NEW})
    assert len(big) < 2**20
    place = inbox({"ana.zip": big, "ben.zip": zipped({"x" * 40_000 + NAME: BEN})})
    found = counted(place)
    assert found["ana"] == "new"  # what is called like a chapter is read first
    assert found["ben"] == "ben's"


def test_reading_that_takes_too_much_is_ended(inbox, monkeypatch):
    monkeypatch.setattr(reading, "CODE", reading.CODE.replace("main()", "bytearray(2**40)"))
    assert counted(inbox({f"ana/{NAME}": ANA})) == {"ana": reading.LOST}


def test_two_long_names_stay_two(inbox):
    names = [f"{'x' * 200}{end}" for end in "ab"]
    assert len(counted(inbox({f"{name}/{NAME}": ANA for name in names}))) == 2


def test_answers_that_are_nearly_the_same_are_to_be_looked_at():
    mine = {f"line{i}=1" for i in range(10)}
    own = {("ana", "c"): mine, ("ben", "c"): mine - {"line1=1"}, ("cleo", "c"): {"other=12345"}}
    results = [{"student": name, "chapter": "c", "looks": []} for name in ("ana", "ben", "cleo")]
    report.mark_alike(results, own)
    assert [one["looks"] for one in results] == [
        ["nearly the same as ben"], ["nearly the same as ana"], []
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1+1", " =1+1", "\t@x", "'=1", "－1", "\u200b+1", "\n-1"])
def test_a_cell_never_begins_a_formula(text):
    assert outside.cell(text).startswith("'")


def test_every_frame_of_a_folder_is_only_a_folder_s():
    for name in ("Gil_Ana_agil_123", "Gil, Ana(agil)", "jupyter-ana"):
        assert naming.frame(name, folder=True)
        assert not naming.frame(name)


def test_a_name_of_any_length_is_looked_at_quickly():
    for name in ("_" * 40_000, "1_" * 20_000, "a_1_" * 9_000 + "assignsubmission_file"):
        naming.frame(name, True), naming.named(name, PLANS), naming.kind(name)


def test_the_path_of_a_result_is_short_and_its_own():
    places = {term.kept_at(name, CHAPTER, Path()) for name in ("x" * 300, "x" * 301, "a/b", "a_b")}
    assert len(places) == 4
    assert all(len(place.name) < 100 for place in places)


class Counted(set):
    """A set that counts how often it's compared."""

    times = 0

    def __and__(self, other):
        Counted.times += 1
        return set.__and__(self, other)


def looked_at(lines):
    """Whom each student's answers are said to be like, of students with these lines."""
    results = [{"student": student, "chapter": "03_dqn", "looks": []} for student in lines]
    report.mark_alike(results, {(student, "03_dqn"): one for student, one in lines.items()})
    return {result["student"]: result["looks"] for result in results}


@given(st.lists(st.sets(st.integers(0, 12), max_size=12), max_size=8))
def test_answers_are_alike_where_comparing_all_with_all_says_so(drawn):
    lines = {f"student {i}": {f"a line {one}" for one in own} for i, own in enumerate(drawn)}
    found = looked_at(lines)
    for student, mine in lines.items():
        alike = sorted(
            other
            for other, theirs in lines.items()
            if other != student
            and min(len(mine), len(theirs)) >= 6
            and 5 * len(mine & theirs) >= 4 * len(mine | theirs)
        )
        more = " and others" * (len(alike) > 3)
        wanted = [f"nearly the same as {', '.join(alike[:3])}{more}"] if alike else []
        assert found[student] == wanted


def test_a_class_of_copies_is_compared_in_linear_time():
    Counted.times = 0
    shared = {f"a line {i} of all" for i in range(40)}
    class_ = {f"{i:03}": Counted(shared | {f"own line {i}"}) for i in range(200)}
    assert all("and others" in looks[0] for looks in looked_at(class_).values())
    assert Counted.times <= 200 * 6
