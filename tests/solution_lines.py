"""What of a chapter gives its solutions away."""

import io
import re
import tokenize

import nbformat

from course.chapters import CHAPTERS
from coursework.student import student_version

NOTEBOOKS = [chapter.path for chapter in CHAPTERS]
SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", re.DOTALL)
LAYOUT = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def squeezed(text):
    """The text without any white space, so that line breaks and indents don't matter."""
    return "".join(text.split())


def tokens(line):
    """How many tokens a line of Python has; it may be a part of a statement."""
    count = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(line.strip()).readline):
            count += token.type not in LAYOUT
    except tokenize.TokenError:
        pass  # an open bracket
    return count


def giveaways(path, also_in=()):
    """The lines of a notebook's solutions that no student has seen, squeezed.

    A line counts if it has four tokens or more and stands nowhere in the stripped notebook, nor in
    those ``also_in``.
    """
    source = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    secret = "".join(SOLUTION.findall(source))
    seen = "".join(stripped(other) for other in (path, *also_in))
    lines = {squeezed(line) for line in secret.splitlines() if tokens(line) >= 4}
    return {line for line in lines if line not in seen}


def stripped(path):
    """All of what stands in the student version, squeezed."""
    return squeezed("\n".join(cell.source for cell in student_version(path).cells))
