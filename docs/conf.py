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
    "sphinx.ext.mathjax",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxcontrib.bibtex",
]
exclude_patterns = ["downloads", "releases"]

nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3
bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
copybutton_exclude = ".linenos, .gp"
mathjax_path = "mathjax/tex-svg.js"
mathjax4_config = mathjax3_config = {"options": {"enableMenu": False}}

html_theme = "sphinx_book_theme"
html_title = "Land it yourself"
html_baseurl = SITE
html_static_path = ["_static"]
templates_path = ["_templates"]
html_extra_path = ["downloads"]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_favicon = "_static/favicon.svg"
html_logo = "_static/favicon.svg"
html_copy_source = False
html_show_sourcelink = False
html_context = {"default_mode": "auto", "site": SITE}
html_theme_options = {
    "logo": {"text": "Land it yourself", "alt_text": ""},
    "navbar_persistent": [],
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "extra_footer": "",
}


def chapter_buttons(app, pagename, templatename, context, doctree):
    """The buttons of a chapter: its student version to download, or to open elsewhere."""
    if not pagename.startswith("notebooks/"):
        return
    name = pagename.removeprefix("notebooks/") + ".ipynb"
    packed = Path(app.srcdir, "downloads", f"{pagename}.zip")
    file = packed.name if packed.exists() else name
    links = [("fas fa-download", "Download the student version", file)]
    if REPOSITORY:
        place = REPOSITORY.removeprefix("https://github.com/")
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


def mend_bibliography(app, pagename, templatename, context, doctree):
    """Docutils calls the references a list, but none of them an item of it."""
    if "body" in context:
        context["body"] = context["body"].replace('<div role="list" class="cit', '<div class="cit')


def setup(app):
    app.connect("html-page-context", mend_bibliography)
    # After the theme has made its own list of buttons, which it does at 501.
    app.connect("html-page-context", chapter_buttons, priority=502)
