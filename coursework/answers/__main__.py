"""Writes the tables anew: ``python -m coursework.answers [STEM …]``."""

import sys

from tqdm import tqdm

from coursework.answers import STEMS, path_of, written

for stem in tqdm(sys.argv[1:] or STEMS, desc="answers", unit="chapter"):
    path_of(stem).write_text(written(stem), "utf-8")
