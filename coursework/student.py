"""The student version of a notebook: without solutions, hidden tests and outputs."""

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions


def student_version(path, outputs=False):
    """The notebook at ``path`` as students get it; the file is left as it is.

    With ``outputs`` those are kept: for readers, who run nothing.
    """
    notebook = nbformat.read(path, as_version=4)
    steps = [ClearSolutions(), ClearHiddenTests()]
    for step in steps if outputs else [*steps, ClearOutputPreprocessor()]:
        notebook, _ = step.preprocess(notebook, {})
    return notebook
