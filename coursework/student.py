"""The student version of a notebook: without solutions, hidden tests and outputs."""

import re

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

# The lines that nbgrader finds solutions and hidden tests by.
MARKER = re.compile(r"^[ \t]*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)


def student_version(path, outputs=False):
    """The notebook at ``path`` as students get it; the file is left as it is.

    With ``outputs`` those are kept: for readers, who run nothing.
    """
    notebook = nbformat.read(path, as_version=4)
    steps = [ClearSolutions(), ClearHiddenTests()]
    for step in steps if outputs else [*steps, ClearOutputPreprocessor()]:
        notebook, _ = step.preprocess(notebook, {})
    return notebook
