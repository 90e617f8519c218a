"""Takes out of the site what the theme brings and no page needs: source maps, and a script of
1.5 MB that draws icons, which the theme's font draws as well. A Sphinx extension.
"""

import re

UNNEEDED = ("*.map", "fontawesome.js*", "*webpack-macros.html", "locales/**/*")
MAP = re.compile(r"(//|/\*)# sourceMappingURL=\S+( ?\*/)?\n?")
ICONS = re.compile(r'\s*<script [^>]*src="[^"]*scripts/fontawesome\.js[^"]*"></script>')


def slim(app, error):
    """Delete the files, and what asks for them."""
    if error:
        return
    static = app.outdir / "_static"
    for pattern in UNNEEDED:
        for path in static.rglob(pattern):
            if path.is_file():
                path.unlink()
    for path in static.rglob("*.[cj]s*"):
        text = path.read_text("utf-8")
        if "sourceMappingURL" in text:
            path.write_text(MAP.sub("", text), "utf-8")
    for path in app.outdir.rglob("*.html"):
        path.write_text(ICONS.sub("", path.read_text("utf-8")), "utf-8")


def setup(app):
    app.connect("build-finished", slim)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
