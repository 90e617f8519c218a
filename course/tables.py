"""Tables in Markdown, and the places in hand-written pages that they stand in."""

import re


def markdown(header, rows):
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def put(text, name, table):
    """The text with ``table`` between its comments ``<!-- name -->`` and ``<!-- end of name -->``.

    Raises:
        ValueError: the text has no such place.
    """
    place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if not place.search(text):
        raise ValueError(f"the text has no place <!-- {name} --> … <!-- end of {name} -->")
    return place.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text)
