"""Writes the tables of chapters anew: ``python -m coursework.answers 03``."""

import argparse
import contextlib
import io
import sys

from tqdm import tqdm

from course.chapters import CHAPTERS, find
from coursework.answers import path_of, written

parser = argparse.ArgumentParser(
    prog="python -m coursework.answers",
    description="Write the tables that the checks judge by, from all known answers.",
)
parser.add_argument("chapters", nargs="*", metavar="CHAPTER", help="such as 03 (default: all)")
try:
    chosen = [find(number) for number in parser.parse_args().chapters] or CHAPTERS
    for chapter in tqdm(chosen, desc="answers", unit="chapter"):
        with contextlib.redirect_stdout(io.StringIO()):  # of what the answers print
            text = written(chapter.stem)
        path_of(chapter.stem).write_text(text, "utf-8")
except ValueError as error:
    sys.exit(str(error))
