"""The student version of a notebook: without solutions and outputs.

Where an exercise is a program to repair, the source notebook shows the program as a code block in
the text right before the solution, whose cell has the tag ``repair``. Students find the program in
that cell, and no longer in the text.
"""

import itertools
import re

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor
from nbgrader.preprocessors import ClearSolutions

from coursework.rebuild import PREDICTION

PROGRAM = re.compile(r"^```python\n(.*?)^```(?:\n+|\Z)", re.DOTALL | re.MULTILINE)


def student_version(path, outputs=False):
    """The notebook at ``path`` as students get it; the file is left as it is.

    With ``outputs`` those are kept: for readers, who run nothing.

    Raises:
        ValueError: a cell has the tag ``repair``, and the text before it has no program.
    """
    notebook = nbformat.read(path, as_version=4)
    steps = [ClearSolutions(text_stub=PREDICTION)]
    for step in steps if outputs else [*steps, ClearOutputPreprocessor()]:
        notebook, _ = step.preprocess(notebook, {})
    for text, cell in repairs(notebook):
        cell.source = taken_program(text, cell)
    return notebook


def taken_program(text, cell):
    """Take the program to repair out of the text before the cell of its exercise."""
    programs = PROGRAM.findall(text.source)
    if text.cell_type != "markdown" or len(programs) != 1:
        raise ValueError(
            f"the cell {cell.metadata.nbgrader.grade_id} is a repair, so the text before it must "
            f"have one ```python block with the program, but it has {len(programs)}"
        )
    text.source = PROGRAM.sub("", text.source).rstrip()
    return programs[0].rstrip()


def repairs(notebook):
    """The cells of programs to repair, each with the text before it."""
    return [
        (text, cell)
        for text, cell in itertools.pairwise(notebook.cells)
        if "repair" in cell.metadata.get("tags", [])
    ]
