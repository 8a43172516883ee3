# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Pages: HTML that an XML parser reads too, so that a test can read it strictly."""

import os
from html import escape as e

from records import NONE

# A verdict's word in a table, and its class. Colour is never all that tells them apart.
SHORT = {"supported": ("yes", "y"), "unsupported": ("no", "n"), "undetermined": ("?", "u"), None: ("–", "a")}

NAVIGATION = [
    ("index.html", "Overview"), ("helpers.html", "Helpers"), ("kfuncs.html", "Kfuncs"), ("programs.html", "Programs"),
    ("maps.html", "Maps"), ("features.html", "Features"), ("compare.html", "Compare"), ("peers.html", "Peers"),
    ("names.html", "Names")]


def link(to, text, kind=""):
    return f'<a href="{e(to)}"{kind and f" class={chr(34)}{kind}{chr(34)}"}>{e(text)}</a>'


def code(text):
    return f"<code>{e(text)}</code>"


def slug(text):
    """Part of a file's name or an anchor: names of flags have a colon."""
    return text.replace(":", ".")


def verdict_cell(verdict, to=None, more=""):
    word, kind = SHORT[verdict]
    return f'<td class="{kind}">{link(to, word) if to else word}{more}</td>'


def table(caption, heads, body, kind="", **data):
    """heads: texts, or pairs of a text and a link. body: rows with their tr."""
    columns = []
    for head in heads:
        text, to = head if isinstance(head, tuple) else (head, None)
        columns.append(f'<th scope="col"><span>{link(to, text) if to else e(text)}</span></th>')
    attributes = "".join(f' data-{name}="{e(value)}"' for name, value in data.items())
    return (f'<div class="scroll {kind}" role="region" tabindex="0" aria-label="{e(caption)}">\n'
            f"<table{attributes}>\n<caption>{e(caption)}</caption>\n<thead><tr>{''.join(columns)}</tr></thead>\n"
            + (body if body.startswith("<tbody") else f"<tbody>\n{body}</tbody>\n") + "</table>\n</div>\n")


def quoted(line):
    return f'<q class="line">{e(line)}</q>'


def evidence(reason, errno, line, how="", attaches=NONE):
    """What an answer rests on: kvet's reason, how the program was loaded, and the kernel's own words."""
    text = e(reason)
    if errno != NONE:
        text += f" ({code(errno)})"
    text += how
    if line != NONE:
        text += f"<br/>{quoted(line)}"
    if attaches.startswith("no: "):
        text += f"<br/>It does not attach: {quoted(attaches[4:])}"
    return text


class Site:
    """The folder that pages are written to."""

    def __init__(self, folder, version):
        self.folder = folder
        self.version = version

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def page(self, path, title, body):
        up = "../" * path.count("/")
        here = {"helper": "helpers.html", "kernel": "helpers.html", "kfunc": "kfuncs.html", "compare": "compare.html",
                "peer": "peers.html", "name": "names.html"}.get(path.split("/")[0], path)
        items = "".join(
            f'<li><a href="{up}{to}"{" aria-current=" + chr(34) + "page" + chr(34) if to == here else ""}>{text}</a></li>'
            for to, text in NAVIGATION)
        self.write(path, f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>{e(title)} – kvet reference</title>
<link rel="stylesheet" href="{up}site.css"/>
<script src="{up}site.js" defer="defer"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header>
<nav aria-label="Pages"><ul>{items}</ul></nav>
<form role="search" action="{up}all.html"><label for="q">Find a name</label>
<input id="q" name="q" type="search" autocomplete="off" spellcheck="false"/> <button>Find</button></form>
</header>
<main id="main">
<h1>{e(title)}</h1>
{body}</main>
<footer><p>Made by <code>make site</code> of kvet {e(self.version)}, from the records in <code>docs/data</code> that guests with these
kernels gave. GPL-2.0-only OR BSD-2-Clause.</p></footer>
</body>
</html>
""")
