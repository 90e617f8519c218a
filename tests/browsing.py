"""A server for a built site, and what its pages link to."""

import contextlib
import gzip
import http.server
import threading
from html.parser import HTMLParser
from pathlib import Path

PACKED = {".html", ".css", ".js", ".svg", ".json", ".txt", ".xml"}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files as the hosts of static sites do: text compressed, and kept for ten minutes."""

    def log_message(self, *_):
        pass

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        # The browser may have gone on to another page.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if path.suffix in PACKED and path.exists():
                self.send_packed(path)
            else:
                super().do_GET()

    def send_packed(self, path):
        packed = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", f"{self.guess_type(path)}; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(packed)))
        self.end_headers()
        self.wfile.write(packed)


@contextlib.contextmanager
def serving(folder):
    """Serve a folder; gives its address."""

    class OfFolder(Handler):
        def __init__(self, *given):
            super().__init__(*given, directory=folder)

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), OfFolder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def pages_of(site):
    """The pages, without what themes leave in the folder of static files."""
    return [path for path in site.rglob("*.html") if "_static" not in path.parts]


class Links(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.anchors.add(attributes.get("id"))
        for key in ("href", "src", "poster"):
            if attributes.get(key):
                self.links.append(attributes[key])
