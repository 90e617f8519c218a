"""The student version of a notebook: without solutions, hidden tests and outputs."""

import nbformat
from nbconvert.preprocessors import ClearOutputPreprocessor
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions


def student_version(path):
    """The notebook at ``path`` as students get it; the file is left as it is."""
    notebook = nbformat.read(path, as_version=4)
    for step in (ClearSolutions(), ClearHiddenTests(), ClearOutputPreprocessor()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook
