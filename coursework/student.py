"""The student version of a notebook: without solutions and outputs."""

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor
from nbgrader.preprocessors import ClearSolutions


def student_version(path):
    """The notebook at ``path`` as students get it; the file is left as it is."""
    notebook = nbformat.read(path, as_version=4)
    for step in (ClearSolutions(), ClearOutputPreprocessor()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook
