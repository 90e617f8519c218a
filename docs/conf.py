"""Sphinx's settings. It builds from what ``docs.stage`` lays out, where this file is copied to."""

from pathlib import Path

from course import REPOSITORY, SITE

project = "Land it yourself"
author = "The course's authors"
copyright = author
language = "en"
root_doc = "index"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxcontrib.bibtex",
    "docs.exercises",
    "docs.formulas",
    "docs.heads",
    "docs.libraries",
    "docs.links",
    "docs.live",
    "docs.markup",
    "docs.slimming",
    "docs.strip",
]
if tags.has("solutions"):  # noqa: F821, which Sphinx defines; the source has the solutions
    extensions.append("sphinx.ext.viewcode")
exclude_patterns = ["copied", "releases"]

nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
maximum_signature_line_length = 72
copybutton_exclude = ".linenos, .gp"
html_math_renderer = "mathml"

html_theme = "sphinx_book_theme"
html_title = "Land it yourself"
html_baseurl = SITE
html_static_path = ["_static"]
templates_path = ["_templates"]
html_extra_path = ["copied"]
html_css_files = ["course.css", "live/live.css", "links.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("course.js", "search.js", "links.js")]
html_favicon = "_static/favicon.svg"
html_logo = "_static/favicon.svg"
html_copy_source = False
html_domain_indices = False
viewcode_follow_imported_members = False
html_show_sourcelink = False
# What a page has without a script; the layout chooses by the reader's settings with one.
html_context = {
    "default_mode": "light",
    "site": SITE,
    "repository": REPOSITORY,
    "book": tags.has("book"),  # noqa: F821
}
html_theme_options = {
    "logo": {"text": "Land it yourself", "alt_text": ""},
    "navbar_persistent": [],
    "show_toc_level": 2,
    "max_navbar_depth": 1,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "footer_content_items": ["footer.html"],
}


def chapter_buttons(app, pagename, templatename, context, doctree):
    """The buttons of a chapter: its release to download, or its notebook to open elsewhere."""
    release = Path(app.srcdir, "copied", f"{pagename}.zip")
    if not release.exists():
        return
    links = [("fas fa-download", "Download the student version", release.name)]
    if REPOSITORY:
        place = REPOSITORY.removeprefix("https://github.com/")
        name = f"{release.stem}.ipynb"
        lab = f"https://mybinder.org/v2/gh/{place}/HEAD?urlpath=lab/tree/work/{name}"
        colab = f"https://colab.research.google.com/github/{place}/blob/gh-pages/{pagename}.ipynb"
        links += [
            ("fas fa-rocket", "Open the student version on Binder", lab),
            ("fas fa-cloud", "Open the student version on Colab", colab),
        ]
    context["header_buttons"][:0] = [
        {"type": "link", "url": url, "icon": icon, "text": "", "tooltip": text, "label": text}
        for icon, text, url in links
    ]


def without_fields(app, what, name, obj, skip, options):
    """Leave out the fields of named tuples: their class says what they are."""
    return skip or type(obj).__name__ == "_tuplegetter"


def setup(app):
    app.connect("autodoc-skip-member", without_fields)
    # After the theme has made its own list of buttons, which it does at 501.
    app.connect("html-page-context", chapter_buttons, priority=502)
