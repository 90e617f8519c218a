"""Cells in real kernels, and what a notebook shows of them."""

import re

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook


def shown(folder, *sources, timeout=120):
    """What a notebook in that folder shows of cells, in one kernel; failures are shown, too."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    NotebookClient(
        notebook, resources={"metadata": {"path": str(folder)}}, timeout=timeout, allow_errors=True
    ).execute()
    texts = [_text(output) for cell in notebook.cells for output in cell.outputs]
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(texts))


def _text(output):
    data = output.get("data", {})
    rich = data.get("text/markdown", data.get("text/plain", ""))
    return "\n".join([output.get("text", ""), *output.get("traceback", []), rich])
