"""Lays out what Sphinx builds the site from: pages with links that fit, notebooks as readers see
them, pictures and films as files, a page for each module, and the chapters' releases.
"""

import ast
import os
import re
import shutil
from pathlib import Path, PurePosixPath

import jinja2
import nbformat
from nbformat.v4 import new_markdown_cell

from course import REPOSITORY
from course.chapters import CHAPTERS
from course.code import ROOT
from coursework.rebuild import MARKER
from coursework.release import packed, student_notebook
from coursework.student import student_version
from docs import front
from docs.live import with_figures
from docs.pictures import picture, save_pictures
from helpers.doctor import FINDINGS

COPIED = "copied"  # what of the stage is copied to the site as it is
RELEASES = "releases"  # what the downloads are packed from
PICTURES = ("gfx", "study/figures")

# Where a page of the repository stands on the site; pages that aren't here aren't on it.
PAGES = {
    "docs/questions.md": "questions.md",
    "docs/onwards.md": "onwards.md",
    "docs/notation.md": "notation.md",
    "docs/glossary.md": "glossary.md",
    "docs/references.md": "references.md",
    "study/measured.md": "measured.md",
    "coursework/README.md": "teaching.md",
}

LINK = re.compile(r"(!?\[[^\]]*\])\(([^)\s:#]+)(#[^)\s]*)?\)")
BINDING = re.compile(r"<!--=.+?-->")
GAP = re.compile(r"(?<=^</details>\n)<br>\n", re.MULTILINE)
ROLE = re.compile(r":math:`([^`]+)`")


def stage(folder, solutions=True):
    """Lay everything out in ``folder``, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ("conf.py", "references.bib", "404.md"):
        shutil.copy(ROOT / "docs" / name, folder)
    for name in ("_static", "_templates"):
        shutil.copytree(ROOT / "docs" / name, folder / name)
    for name in PICTURES:
        shutil.copytree(
            ROOT / name, folder / COPIED / name, ignore=shutil.ignore_patterns("*.py", "*.mp4")
        )
    (folder / "_static" / "outputs").mkdir()
    front.write(folder, solutions)
    for source, page in PAGES.items():
        text = (ROOT / source).read_text("utf-8")
        (folder / page).write_text(portable(text, source, page), "utf-8")
    for chapter in CHAPTERS:
        stage_chapter(chapter, folder, solutions)
    engine = sorted(f"engine.{path.stem}" for path in ROOT.glob("helpers/engine/[a-z]*.py"))
    doctor = [f"doctor.{name}" for name in ("examination", "diagnosis", "findings")]
    modules = [*(one.stem for one in CHAPTERS), *doctor, *engine, "require"]
    (folder / "api").mkdir()
    for name in modules:
        (folder / "api" / f"{name}.md").write_text(MODULE.format(name=name), "utf-8")
    template = jinja2.Template((ROOT / "docs" / "api.md.j2").read_text("utf-8"))
    text = template.render(
        chapters=CHAPTERS,
        doctor=doctor,
        engine=[*engine, "require"],
        findings=FINDINGS,
        modules=modules,
        contents=contents,
        solutions=solutions,
    )
    (folder / "api.md").write_text(text, "utf-8")


def stage_chapter(chapter, folder, solutions):
    """Write a chapter as a page, and its release as downloads."""
    notebook = chapter_page(chapter.path, solutions)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            save_pictures(output, folder / "_static" / "outputs", "../_static/outputs")
    if solutions:  # the release has the helpers, which are the solutions of earlier chapters
        downloads = folder / COPIED / "notebooks"
        downloads.mkdir(parents=True, exist_ok=True)
        address = REPOSITORY and f"{REPOSITORY}/raw/gh-pages/notebooks/{chapter.name}.zip"
        release = shutil.move(packed(chapter, folder / RELEASES, address), downloads)
        if REPOSITORY:
            hosted = _hosted(student_notebook(chapter, address))
            nbformat.write(hosted, downloads / chapter.path.name)
        notebook.cells.insert(1, _what_you_need(chapter, Path(release).stat().st_size))
    (folder / "notebooks").mkdir(exist_ok=True)
    nbformat.write(notebook, folder / "notebooks" / chapter.path.name)


def _what_you_need(chapter, size):
    """A fold with the chapter's release, and how its README says to begin."""
    template = jinja2.Template((ROOT / "coursework" / "student.md.j2").read_text("utf-8"))
    begin = template.render(chapter=chapter).partition("## Begin\n")[2].partition("## Work")[0]
    return new_markdown_cell(
        '<details class="run">\n<summary>Run this chapter: the download, and what you need'
        f"</summary>\n\n"
        f'<a href="{chapter.name}.zip" download>{chapter.name}.zip</a> ({size / 1e6:.1f} MB) has '
        "your copy of the chapter, its checks, and all the code that it builds on. Unpack it."
        f"\n{begin}\n</details>",
        id="what-you-need",
    )


def _hosted(notebook):
    """The notebook with addresses for its files, which Colab doesn't look for beside it."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = cell.source.replace("](gfx/", f"]({REPOSITORY}/raw/HEAD/gfx/")
            cell.source = cell.source.replace("](docs/", f"]({REPOSITORY}/blob/HEAD/docs/")
    return notebook


def chapter_page(path, solutions=True):
    """The notebook as the site shows it: solutions folded, or else not there at all."""
    notebook = (
        nbformat.read(path, as_version=4) if solutions else student_version(path, outputs=True)
    )
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            text = portable(cell.source, f"notebooks/{path.name}", f"notebooks/{path.name}")
            cell.source = with_figures(text)
        elif solutions and "### BEGIN SOLUTION" in cell.source:
            cell.source = MARKER.sub("", cell.source)
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
            cell.metadata["mystnb"] = {"code_prompt_show": "Show the solution"}
    return notebook


def portable(text, source, page):
    """Markdown that stood in ``source`` as the site's ``page`` can show it."""
    text = BINDING.sub("", text)
    text = GAP.sub("", text)  # the site's style leaves room there
    return LINK.sub(lambda link: _relinked(link, PurePosixPath(source), PurePosixPath(page)), text)


def _relinked(link, source, page):
    """The link from where the page stands; to the repository if its target isn't on the site, and
    its text alone if that has no address. A picture is written out."""
    label, target, anchor = link[1], link[2], link[3] or ""
    target = os.path.normpath(source.parent / target)
    there = PAGES.get(target, target)
    address = os.path.relpath(there, page.parent)
    if label.startswith("!"):
        file = ROOT / target
        return picture(file.read_bytes(), file.suffix[1:], address, label[2:-1])
    if target in PAGES or there.startswith(("notebooks/", *PICTURES)):
        return f"{label}({address}{anchor})"
    if REPOSITORY:
        return f"{label}({REPOSITORY}/blob/HEAD/{target}{anchor})"
    return label.strip("[]")


MODULE = """# `helpers.{name}`

```{{eval-rst}}
.. automodule:: helpers.{name}
   :members:
```
"""


def contents(name):
    """What a module of the helpers is for, and the names of what it has, as Markdown."""
    module = ast.parse((ROOT / "helpers" / f"{name.replace('.', '/')}.py").read_text("utf-8"))
    summary = ROLE.sub(r"$\1$", ast.get_docstring(module).partition("\n\n")[0].replace("\n", " "))
    made = (ast.FunctionDef, ast.ClassDef)
    public = [n.name for n in module.body if isinstance(n, made) and not n.name.startswith("_")]
    names = ", ".join(f"{{py:obj}}`{n} <helpers.{name}.{n}>`" for n in public)
    return f"{summary}<br>{names}" if names else summary
