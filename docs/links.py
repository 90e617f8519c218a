"""Links terms, symbols and papers to the pages that explain them, with a preview, and the helpers
in a chapter's summary to their reference and their source. A Sphinx extension.

In each section of a chapter, the first mention is linked. ``links.js`` shows the previews, which
lie in a template at the end of the page.
"""

import html
import re
from collections import defaultdict
from dataclasses import dataclass

from docutils import nodes
from sphinx.util import logging

from course.chapters import CHAPTERS
from docs.libraries import in_a_sentence

LOGGER = logging.getLogger(__name__)
NUMBERS = {f"notebooks/{one.name}": one.number for one in CHAPTERS}
STEMS = {f"notebooks/{one.name}": one.stem for one in CHAPTERS}

# Words with another use in everyday English or in code: they count where they stand out as terms,
# or behind one of these words.
EVERYDAY = {"action", "bias", "return", "state", "target", "update", "value"}
BEFORE = re.compile(
    r"\b(an?|the|its|their|each|every|this|next|first|one|mean|discounted|expected|same)\s$",
    re.IGNORECASE,
)
ENDINGS = "(?:s|es|'s|’s)?"
SEVERAL = re.compile(r",\s*(?![^({]*[)}])")  # a comma that isn't inside brackets
FORMULA = re.compile(r'(<a class="preview [^>]*)>(<math>.*?</math>)</a>')
BARE = re.compile(r"^(\\?[A-Za-z]+)\(")


@dataclass(frozen=True)
class Entry:
    """What a page says about a term, a symbol or a paper."""

    page: str
    anchor: str
    preview: nodes.paragraph
    chapters: tuple[int, ...] = ()  # that introduce it
    elsewhere: bool = True  # whether later chapters mean the same by it


class Web:
    """The entries of the three pages, and their links in the others.

    It is read when the first page is written, since the references aren't there before.
    """

    def __init__(self):
        self.terms, self.symbols, self.papers = {}, defaultdict(list), []
        self.used = defaultdict(dict)  # the entries that a page links, by their addresses

    def read(self, env):
        for row in _rows(env.get_doctree("glossary")):
            self.add_term(row)
        notation = env.get_doctree("notation")
        for row in _rows(notation):
            self.add_symbol(row)
        for symbol, entries in list(self.symbols.items()):
            if (bare := BARE.match(symbol)) and bare[1] not in self.symbols:
                self.symbols[bare[1]] = entries
        for citation in env.get_domain("cite").citations:
            self.add_paper(citation)
        names = sorted(self.terms, key=len, reverse=True)
        self.names = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, names))}){ENDINGS}(?![\w-])")

    def add_term(self, row):
        word, meaning, _, chapters = row.children
        preview = nodes.paragraph("", "", nodes.strong("", word.astext()), nodes.Text(": "))
        preview += _inside(meaning)
        entry = Entry("glossary", _anchor(row), preview, _numbers(chapters))
        for name in word.astext().split(", "):
            for form in {name, name[0].lower() + name[1:]}:
                self.terms[form] = entry
                if form.endswith("y"):
                    self.terms[form[:-1] + "ies"] = entry

    def add_symbol(self, row):
        symbol, name, code, *others = row.children
        drift = not others  # the table of Drift, whose letters mean something else elsewhere
        preview = nodes.paragraph("", "", *_inside(symbol), nodes.Text(": "), *_inside(name))
        if code.astext():
            preview += [nodes.Text(". In the code: "), *_inside(code)]
        chapters = (1,) if drift else _numbers(others[-1])
        entry = Entry("notation", _anchor(row), preview, chapters, elsewhere=not drift)
        for one in symbol.findall(nodes.math):
            for tex in SEVERAL.split(one.astext()):
                self.symbols[_squeezed(tex.partition(" = ")[0])].append(entry)

    def add_paper(self, citation):
        people, fields = citation.entry.persons["author"], citation.entry.fields
        last, year = " ".join(people[0].last_names), fields["year"]
        others = {1: "", 2: " and " + " ".join(people[-1].last_names)}.get(len(people), " et al.")
        preview = nodes.paragraph("", "", nodes.strong("", f"{last}{others} ({year})"))
        preview += [nodes.Text(": "), nodes.emphasis("", re.sub("[{}]", "", fields["title"]))]
        preview += nodes.Text(f". {fields.get('note', '')}")
        entry = Entry("references", citation.citation_id, preview)
        self.papers.append((re.compile(rf"\b{last}\b[^();]{{0,40}}?(?:\({year}\)|{year})"), entry))

    def term(self, text, chapter):
        """The mentions of terms in a text, as ``(start, end, entry)``."""
        for found in self.names.finditer(text):
            entry, word = self.terms[found[1]], found[1].lower()
            stands_out = isinstance(text.parent, nodes.strong | nodes.emphasis)
            meant = word not in EVERYDAY or stands_out or BEFORE.search(text[: found.start()])
            if meant and chapter >= min(entry.chapters):
                yield found.start(), found.end(), entry

    def paper(self, text):
        """The mentions of papers in a text, as ``(start, end, entry)``."""
        for pattern, entry in self.papers:
            yield from ((*found.span(), entry) for found in pattern.finditer(text))

    def symbol(self, tex, chapter):
        """The entry that a chapter means by a symbol, or ``None`` if it may mean two."""
        known = [
            one
            for one in self.symbols.get(_squeezed(tex), ())
            if chapter in one.chapters or (one.elsewhere and chapter >= min(one.chapters))
        ]
        return known[0] if len(known) == 1 else None  # a letter with two meanings says neither

    def link(self, app, doctree, docname):
        """Make the links of a page."""
        if docname in ("glossary", "notation"):
            for row in _rows(doctree):
                row["ids"].append(_anchor(row))
        if docname not in NUMBERS:
            return
        if not self.terms:
            self.read(app.env)
        _link_helpers(app, doctree, docname)
        sections = [one for one in doctree[0].children if isinstance(one, nodes.section)]
        beginning = [one for one in doctree[0].children if one not in sections]
        for part in (beginning, *([section] for section in sections)):
            Part(self, app, docname).link(part)

    def add_previews(self, app, pagename, templatename, context, doctree):
        """Put the previews of a page's links at its end."""
        if pagename in self.used:
            previews = "".join(
                f'<div data-for="{html.escape(address)}">{_as_html(app, entry.preview)}</div>\n'
                for address, entry in self.used[pagename].items()
            )
            body = FORMULA.sub(_named, context["body"])
            context["body"] = f'{body}<template id="previews">\n{previews}</template>\n'


class Part:
    """A section of a page, or what comes before the first, in which each entry is linked once."""

    def __init__(self, web, app, docname):
        self.web, self.app, self.docname = web, app, docname
        self.chapter = NUMBERS[docname]
        self.done = set()

    def link(self, part):
        in_references = "references" in part[0].get("ids", ())
        for text in [text for node in part for text in node.findall(nodes.Text)]:
            if not in_a_sentence(text) or _is_in(text, nodes.thead):
                continue
            if not isinstance(text.parent, nodes.math):
                self.link_words(text, in_references)
            elif not in_references and not _is_in(text, nodes.table):
                self.link_formula(text.parent)

    def link_formula(self, formula):
        entry = self.web.symbol(formula.astext(), self.chapter)
        if entry and entry.anchor not in self.done:
            formula.parent.replace(formula, self.reference(entry, formula.deepcopy()))

    def link_words(self, text, in_references):
        found = list(self.web.paper(text))
        if not in_references:  # the titles of papers are full of terms
            found += self.web.term(text, self.chapter)
        made, end = [], 0
        for start, stop, entry in sorted(found, key=lambda one: one[:2]):
            if start >= end and entry.anchor not in self.done:
                made.append(nodes.Text(text[end:start]))
                made.append(self.reference(entry, nodes.Text(text[start:stop])))
                end = stop
        if made:
            text.parent.replace(text, [*made, nodes.Text(text[end:])])

    def reference(self, entry, *children):
        self.done.add(entry.anchor)
        address = self.app.builder.get_relative_uri(self.docname, entry.page) + f"#{entry.anchor}"
        self.web.used[self.docname][address] = entry
        return nodes.reference(
            "", "", *children, refuri=address, internal=True, classes=["preview"]
        )


def _link_helpers(app, doctree, docname):
    """Link the helpers in a chapter's summary; a name that isn't there is a warning."""
    known = app.env.get_domain("py").objects
    for table in doctree.findall(nodes.table):
        heads = [head.astext() for head in next(table.findall(nodes.thead)).findall(nodes.entry)]
        if heads[-1:] != ["helper"]:
            continue
        for row in next(table.findall(nodes.tbody)).findall(nodes.row):
            for name in list(row.children[-1].findall(nodes.literal)):
                written = name.astext()
                here = [f"helpers.{STEMS[docname]}.{written}"]
                anywhere = [full for full in known if full.endswith(f".{written}")]
                full = next((one for one in here + anywhere if one in known), None)
                if full:
                    name.parent.replace(name, _to_helper(app, docname, known[full], full, name))
                elif "(" not in written:
                    LOGGER.warning("helpers has no %r", written, location=name)


def _to_helper(app, docname, known, full, name):
    """The name as a link to its reference, and a link to its source, if that is on the site."""
    module = known.docname.removeprefix("api/")
    address = app.builder.get_relative_uri(docname, known.docname) + f"#{full}"
    made = [nodes.reference("", "", name.deepcopy(), refuri=address, internal=True)]
    if app.tags.has("solutions"):
        page = f"_modules/helpers/{module.replace('.', '/')}"
        local = full.removeprefix(f"helpers.{module}.")
        address = app.builder.get_relative_uri(docname, page) + f"#{local}"
        source = nodes.reference("", "", nodes.Text("source"), refuri=address, internal=True)
        made += [nodes.Text(" ("), source, nodes.Text(")")]
    return made


def _rows(doctree):
    for body in doctree.findall(nodes.tbody):
        yield from body.findall(nodes.row)


def _anchor(row):
    """The name of a row as a place: a term, or a symbol in TeX, whose letters keep their case."""
    first = row.children[0].astext()
    return "of-" + re.sub(r"[^A-Za-z0-9ε]+", "-", first).strip("-")


def _inside(entry):
    """Copies of what stands in a cell of a table."""
    return [child.deepcopy() for paragraph in entry.children for child in paragraph.children]


def _numbers(entry):
    return tuple(int(number) for number in entry.astext().split(", "))


def _squeezed(tex):
    return re.sub(r"\s+", "", tex)


def _is_in(node, kind):
    while node := node.parent:
        if isinstance(node, kind):
            return True
    return False


def _named(link):
    """A link whose text is a formula, with the formula's letters as its name."""
    letters = re.sub("<[^>]+>", "", link[2])
    return f'{link[1]} aria-label="{letters}">{link[2]}</a>'


def _as_html(app, node):
    return app.builder.render_partial(node)["fragment"]


def setup(app):
    web = Web()
    app.connect("doctree-resolved", web.link, priority=900)
    app.connect("html-page-context", web.add_previews)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
