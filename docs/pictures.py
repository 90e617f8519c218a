"""Pictures and films as the site shows them: files beside the pages, with their size, so that
nothing on a page moves when they come.
"""

import base64
import hashlib
import html
import io
import re
from pathlib import Path

import imageio.v3 as iio

# More of a drawing than this is white paper; maps and frames of films have less. A drawing changes
# its colours with the page's, and a map, whose colours mean something, keeps them.
PAPER = 2 / 3

VIDEO = re.compile(r'<video src="data:video/mp4;base64,([^"]+)"([^>]*)>')
SIZE = re.compile(rb'<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"')


def picture(data, kind, address, alt):
    """The HTML of a picture at an address, which a click shows in full.

    Args:
        data: the file, as bytes.
        kind: ``"png"`` or ``"svg"``.
    """
    if kind == "svg":
        width, height = (round(4 / 3 * float(points)) for points in SIZE.search(data).groups())
        drawn = True
    else:
        pixels = iio.imread(data, extension=".png")
        height, width = pixels.shape[:2]
        drawn = (pixels[..., :3].min(-1) >= 250).mean() > PAPER
    look = ' class="paper"' if drawn else ""
    return (
        f'<a class="figure" href="{address}"><img{look} src="{address}" alt="{html.escape(alt)}" '
        f'width="{width}" height="{height}" loading="lazy"></a>'
    )


def save_pictures(output, folder, place):
    """Put the pictures and films of a notebook's output into ``folder``, which pages that lie one
    folder deeper than it call ``place``, and their HTML into the output."""
    data = output.get("data", {})
    if "image/png" in data:
        file = base64.b64decode(data.pop("image/png"))
        name = _save(file, folder, ".png")
        alt = output.metadata.get("image/png", {}).get("alt", "")
        data["text/html"] = picture(file, "png", f"{place}/{name}", alt)
    elif "<video" in data.get("text/html", ""):
        data["text/html"] = VIDEO.sub(
            lambda found: film(base64.b64decode(found[1]), found[2], folder, place),
            data["text/html"],
        )


def film(file, attributes, folder, place):
    """The opening tag of a film that is asked for when it is played, with its middle frame as a
    poster; both are put into ``folder``, which the page calls ``place``."""
    name = Path(_save(file, folder, ".mp4"))
    frames = iio.imread(file, extension=".mp4")
    height, width = frames.shape[1:3]
    _save_poster(frames, folder / f"{name.stem}.jpg")
    attributes = attributes.replace(" autoplay", "")  # the script plays it when it is seen
    return (
        f'<video src="{place}/{name}" poster="{place}/{name.stem}.jpg" preload="none" '
        f'width="{width}" height="{height}"{attributes}>'
    )


def _save(file, folder, suffix):
    """Write a file that is named by its contents; returns the name."""
    name = hashlib.sha256(file).hexdigest()[:16] + suffix
    (folder / name).write_bytes(file)
    return name


def _save_poster(frames, path):
    poster = io.BytesIO()
    iio.imwrite(poster, frames[len(frames) // 2], extension=".jpg", quality=80)
    path.write_bytes(poster.getvalue())
