"""Takes out of the site what the theme brings and no page needs. A Sphinx extension.

That is source maps, translations, a script of 1.5 MB for icons, which the theme has as a font too,
and most rules of the style sheets. What is left of these is one file, since a page is shown when
all of them are there. Scripts run after that.
"""

import posixpath
import re

import tinycss2

UNNEEDED = ("*.map", "fontawesome.js*", "*webpack-macros.html", "locales/**/*")
SHEET = re.compile(r'\s*<link [^>]*href="[^"]*_static/([^"?]+\.css)[^"]*"[^>]*>')
SCRIPT = re.compile(r"<script (?![^>]*(?:defer|documentation_options))(?=[^>]*src=)")
ICONS = re.compile(r"\s*<script [^>]*scripts/fontawesome\.js[^>]*></script>")
MAP = re.compile(r"(//|/\*)# sourceMappingURL=\S+( ?\*/)?\n?")
IMPORT = re.compile(r"@import (?:url\()?['\"]?([^'\")]+)['\"]?\)?;")
ADDRESS = re.compile(r"url\((['\"]?)(?!data:)([^'\")]+)\1\)")
WORD = re.compile(r"[\w-]+")
NAMED = re.compile(r"[.#]([\w-]+)")
PART = re.compile(r":[\w-]+\([^()]*\)")
BUNDLE = "site.css"


def slim(app, error):
    """Make the site smaller."""
    if error:
        return
    static = app.outdir / "_static"
    for pattern in UNNEEDED:
        for path in static.rglob(pattern):
            if path.is_file():
                path.unlink()
    for path in static.rglob("*.js"):
        path.write_text(MAP.sub("", path.read_text("utf-8")), "utf-8")
    pages = {path: path.read_text("utf-8") for path in app.outdir.rglob("*.html")}
    scripts = (path.read_text("utf-8") for path in static.rglob("*.js"))
    words = set().union(*(WORD.findall(text) for text in (*pages.values(), *scripts)))
    sheets = list(dict.fromkeys(name for text in pages.values() for name in SHEET.findall(text)))
    rules = "".join(used(whole(static, name), words) for name in sheets)
    for path in static.rglob("*.css"):
        path.unlink()
    (static / BUNDLE).write_text(rules, "utf-8")
    for path, text in pages.items():
        root = posixpath.relpath("_static", path.parent.relative_to(app.outdir).as_posix())
        link = f'\n<link rel="stylesheet" href="{root}/{BUNDLE}">'
        head, _, rest = SHEET.sub("\0", ICONS.sub("", text)).partition("\0")
        text = head + link + rest.replace("\0", "")  # where the first sheet was
        if path.name != "search.html":  # which needs its scripts in their order
            text = SCRIPT.sub("<script defer ", text)
        path.write_text(text, "utf-8")


def whole(static, name):
    """A style sheet with what it imports, and with addresses that fit beside the bundle."""

    def beside(address):
        return posixpath.normpath(posixpath.join(posixpath.dirname(name), address))

    sheet = ADDRESS.sub(
        lambda found: f'url("{beside(found[2])}")',
        IMPORT.sub("", text := (static / name).read_text("utf-8")),
    )
    return "".join(whole(static, beside(other)) for other in IMPORT.findall(text)) + sheet


def used(sheet, words):
    """The rules of a style sheet whose classes and names are among the words of the site."""
    rules = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
    return "\n".join(filter(None, (kept(rule, words) for rule in rules))) + "\n"


def kept(rule, words):
    """A rule as text, without what no page can have of it; empty if there is nothing left."""
    if rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports") and rule.content:
        inner = used(tinycss2.serialize(rule.content), words).strip()
        head = f"@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}"
        return inner and f"{head}{{{inner}}}"
    if rule.type == "qualified-rule":
        selectors = tinycss2.serialize(rule.prelude)
        if not any(possible(one, words) for one in _outside_brackets(selectors).split(",")):
            return ""
    return rule.serialize()


def possible(selector, words):
    """Whether an element that a selector is about can be on a page."""
    return "\\" in selector or set(NAMED.findall(selector)) <= words


def _outside_brackets(selectors):
    """Selectors without what stands in ``:is(…)``, ``:not(…)`` and the like."""
    while (shorter := PART.sub("", selectors)) != selectors:
        selectors = shorter
    return selectors


def setup(app):
    app.connect("build-finished", slim, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
