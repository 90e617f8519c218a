"""Says in the head of each page what it is, and lists the pages for search engines.
A Sphinx extension.
"""

import re

from docutils import nodes

from course import SITE
from course.chapters import CHAPTERS
from docs.formulas import mathml

VIEWPORT = re.compile(r'<meta [^>]*"viewport"[^>]*>')
LENGTH = 160  # characters that search engines show of a description
PROMISES = {f"notebooks/{one.name}": f"You will {one.promise}." for one in CHAPTERS}
WITHOUT_TEXT = {
    "_modules/index": "The source of all helpers, module by module.",
    "genindex": "Every name in the helpers, in alphabetical order.",
    "search": "Search the chapters, the notation, the glossary and the helpers.",
}
UNLISTED = {"404", "search", "genindex"}  # by search engines


def describe(app, pagename, templatename, context, doctree):
    """Give the page's head a description, if its source has none."""
    # Docutils repeats what Sphinx says of the viewport.
    context["metatags"] = VIEWPORT.sub("", context.get("metatags", ""))
    given = 'name="description"' in context["metatags"]
    context["description"] = None if given else description(pagename, doctree)
    context["unlisted"] = unlisted(pagename)
    if pagename == "404" and SITE:  # a server shows it for any address, in any folder
        context["metatags"] = f'<base href="{SITE}/">' + context["metatags"]


def description(pagename, doctree):
    """The chapter's promise, or the beginning of the page's text."""
    if pagename in PROMISES:
        return PROMISES[pagename]
    if doctree is None:
        source = pagename.removeprefix("_modules/").replace("/", ".")
        return WITHOUT_TEXT.get(pagename, f"The source of {source}, as the course runs it.")
    first = next(doctree.findall(nodes.paragraph), None)
    return shortened(plain(first)) if first else None


def plain(paragraph):
    """The text of a paragraph, with its formulas as they look."""
    return "".join(
        re.sub(r"<[^>]+>", "", mathml(text.astext()))
        if isinstance(text.parent, nodes.math)
        else text.astext()
        for text in paragraph.findall(nodes.Text)
    )


def shortened(text):
    """As many whole sentences as fit, or else the words that do."""
    text = " ".join(text.split())
    if len(text) <= LENGTH:
        return text
    end = text.rfind(". ", 0, LENGTH) + 1
    return text[:end] if end else text[: text.rfind(" ", 0, LENGTH)] + " …"


def unlisted(pagename):
    """Whether a page is only a way to others."""
    return pagename in UNLISTED or pagename.startswith("_modules")


def list_pages(app, error):
    """Write the site's map, if the site has an address."""
    if error or not SITE:
        return
    pages = [f"{SITE}/{page}.html" for page in sorted(app.env.found_docs) if not unlisted(page)]
    entries = "".join(f"<url><loc>{page}</loc></url>\n" for page in pages)
    (app.outdir / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n',
        "utf-8",
    )


def setup(app):
    app.connect("html-page-context", describe)
    app.connect("build-finished", list_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
