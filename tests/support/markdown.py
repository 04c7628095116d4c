"""Renders Markdown as GitHub does, and lists forbidden elements, which would mean that a text was read as markup.

    markdown.py FOLDER REPORT.md…

Saves a page for each report in FOLDER. Exit 1 if a report contains a link, an image or another element that a text caused.
"""

import pathlib
import sys
from html.parser import HTMLParser

from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options

# The elements that `report::markdown` writes.
ALLOWED = {"h2", "h3", "p", "strong", "code", "pre", "ul", "li", "br"}

STYLE = """body { font: 16px/1.5 "DejaVu Sans", sans-serif; max-width: 900px; margin: 20px auto; padding: 0 20px }
code, pre { background: #eff1f3; border-radius: 4px; font: 13px "DejaVu Sans Mono", monospace } code { padding: 2px 5px }
pre { padding: 12px; overflow-x: auto } pre code { padding: 0 } h2, h3 { border-bottom: 1px solid #d8dee4 }"""


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.seen = set()

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)

    def handle_comment(self, data):
        if data.strip() != "bedrock-check":
            self.seen.add("a comment")


def main(folder, *reports):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for report in map(pathlib.Path, reports):
        # Raw HTML is kept, so that it is detected here.
        html = github_flavored_markdown_to_html(report.read_text(), Options.CMARK_OPT_UNSAFE)
        elements = Elements()
        elements.feed(html)
        for tag in sorted(elements.seen - ALLOWED):
            wrong += 1
            print(f"{report}: holds `{tag}`")
        page = f'<!doctype html><meta charset="utf-8"><title>{report.name}</title><style>{STYLE}</style>{html}'
        (folder / f"{report.stem}.html").write_text(page)
    print(f"{len(reports)} Markdown reports rendered as GitHub does, {wrong} elements too many")
    return 1 if wrong or not reports else 0


sys.exit(main(*sys.argv[1:]))
