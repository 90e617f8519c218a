"""Puts a strip of all chapters above each of them. A Sphinx extension.

They are plain links. A script beside it, ``strip.js``, remembers which of them were read.
"""

import html

from course.chapters import CHAPTERS

NAMES = [f"notebooks/{one.name}" for one in CHAPTERS]


def strip(app, pagename, templatename, context, doctree):
    """Add the strip to a chapter's page."""
    if pagename in NAMES:
        links = "".join(link(one, pagename, context["pathto"]) for one in CHAPTERS)
        context["body"] = f'<nav class="strip" aria-label="Chapters">{links}</nav>{context["body"]}'


def link(chapter, pagename, pathto):
    """The link to a chapter, by its number."""
    name = f"notebooks/{chapter.name}"
    here = ' aria-current="page"' if name == pagename else ""
    title, whole = html.escape(chapter.title), html.escape(f"Chapter {chapter.heading}")
    return (
        f'<a href="{pathto(name)}" title="{title}" aria-label="{whole}"{here}>{chapter.number}</a>'
    )


def setup(app):
    app.add_css_file("strip.css")
    app.add_js_file("strip.js", defer="defer")
    app.connect("html-page-context", strip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
