# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Reads the pages of `make site` strictly, and compares them with the records of docs/data, without the
code that made them. Usage: read_site.py SITE DATA FOLDER: the faults that each check finds go to a file
of FOLDER with its name, which is empty if there are none."""

import functools
import os
import sys
import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote, urlsplit

SITE, DATA, FOLDER = sys.argv[1:]
WORDS = {"supported": "yes", "unsupported": "no", "undetermined": "?"}
faults = []


def fault(text):
    faults.append(text)


def paths():
    for folder, _, files in os.walk(SITE):
        for name in files:
            if name.endswith(".html"):
                yield os.path.relpath(os.path.join(folder, name), SITE)


@functools.lru_cache(maxsize=None)
def page(path):
    return ElementTree.parse(os.path.join(SITE, path)).getroot()


def text(element):
    return " ".join("".join(element.itertext()).split())


def by_id(root):
    return {element.get("id"): element for element in root.iter() if element.get("id")}


def kernels():
    return sorted(os.listdir(DATA), key=lambda name: [int(part) for part in name.split(".")])


def records(kernel, name):
    with open(os.path.join(DATA, kernel, name + ".tsv"), encoding="utf-8") as file:
        lines = [line.rstrip("\n").replace("\\\\", "\\").split("\t") for line in file][2:]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


@functools.lru_cache(maxsize=None)
def cells(kernel):
    """helper, type -> record"""
    found = {}
    for row in records(kernel, "helpers"):
        for name in row["types"].split(","):
            key = row["helper"], name.split("@")[0].split("/")[0]
            if key in found:
                fault(f"{kernel}: {key}: two records")
            found[key] = row
    return found


def form():
    count = 0
    for path in paths():
        root = page(path)
        count += 1
        if root.get("lang") != "en" or not text(root.find("head/title")):
            fault(f"{path}: no language or no title")
        if len(root.findall(".//h1")) != 1 or root.find(".//main") is None:
            fault(f"{path}: not one h1 in main")
        for table in root.iter("table"):
            if not text(table.find("caption")):
                fault(f"{path}: a table without a caption")
            width = len(table.find("thead/tr"))
            for row in table.iter("tr"):
                if sum(int(cell.get("colspan", 1)) for cell in row) != width:
                    fault(f"{path}: a row of another width: {text(row)[:60]}")
            for head in table.iter("th"):
                if head.get("scope") not in ("col", "row", "rowgroup"):
                    fault(f"{path}: a heading without a scope: {text(head)}")
    if count < 200:
        fault(f"only {count} pages")


def links():
    ids = {}
    wanted = []
    for path in paths():
        found = [element.get("id") for element in page(path).iter() if element.get("id")]
        if len(found) != len(set(found)):
            fault(f"{path}: an id that is there twice: {sorted(one for one in set(found) if found.count(one) > 1)[:3]}")
        ids[path] = set(found)
        for element in page(path).iter():
            for name in ("href", "src", "action"):
                if element.get(name) is not None:
                    wanted.append((path, element.get(name)))
    for path, to in wanted:
        parts = urlsplit(to)
        target = os.path.normpath(os.path.join(os.path.dirname(path), unquote(parts.path))) if parts.path else path
        if parts.scheme or parts.netloc or target.startswith(".."):
            fault(f"{path}: leaves the folder: {to}")
        elif not os.path.exists(os.path.join(SITE, target)):
            fault(f"{path}: no such page: {to}")
        elif parts.fragment and unquote(parts.fragment) not in ids[target]:
            fault(f"{path}: no such anchor: {to}")


def answers():
    expected = {kernel: cells(kernel) for kernel in kernels()}
    shown = 0
    helpers = {}
    for kernel, found in expected.items():
        for (helper, program_type), row in found.items():
            helpers.setdefault(helper, []).append((kernel, program_type, row))
    for helper, answered in helpers.items():
        ids = by_id(page(f"helper/{helper}.html"))
        for kernel, program_type, row in answered:
            element = ids.get(f"{program_type}-{kernel}")
            if element is None:
                fault(f"{helper}: {program_type} on {kernel}: not shown")
                continue
            shown += 1
            words = [text(cell) for cell in element]
            line = " ".join(row["line"].split())
            if words[:2] != [kernel, WORDS[row["verdict"]]] or row["reason"] not in words[2] or (line != "-" and line not in words[2]):
                fault(f"{helper}: {program_type} on {kernel}: {words}")
    if shown != sum(len(found) for found in expected.values()):
        fault(f"{shown} answers are shown")
    for kernel, found in expected.items():
        table = page(f"kernel/{kernel}.html").find(".//table")
        types = [text(cell) for cell in table.find("thead/tr")][1:]
        matrix = {}
        for row in table.findall("tbody/tr"):
            for program_type, cell in zip(types, row[1:]):
                matrix[text(row[0]), program_type] = text(cell)
        if matrix != {key: WORDS[row["verdict"]] for key, row in found.items()}:
            fault(f"kernel/{kernel}.html: not the records")


def others():
    for kernel in kernels():
        for name in ("maps", "programs", "features"):
            table = page(f"{name}.html").find(".//table")
            column = [text(cell) for cell in table.find("thead/tr")].index(kernel)
            shown = [text(row[column]) for row in table.findall("tbody/tr")]
            expected = [WORDS[row["verdict"]] for row in records(kernel, name)]
            if sorted(word for word in shown if word != "–") != sorted(expected):
                fault(f"{name}.html: {kernel}: not the records")
        for row in records(kernel, "kfuncs"):
            element = by_id(page(f"kfunc/{row['kfunc']}.html"))[kernel]
            if text(element[1]) != WORDS[row["verdict"]]:
                fault(f"{row['kfunc']} on {kernel}: {text(element[1])}")
            for name in row["types"].split(","):
                if name != "-" and name not in text(element[2]):
                    fault(f"{row['kfunc']} on {kernel}: {name} is not shown")
        ids = by_id(page(f"name/{kernel}.html"))
        several = {row["name"]: row for row in records(kernel, "names") if int(row["functions"]) > 1 and row["kind"] != "generic"}
        for name, row in several.items():
            if name not in ids:
                fault(f"name/{kernel}.html: {name}: not shown")
            elif text(ids[name][2]) != row["functions"] or text(ids[name][4]) != row["addresses"].replace(",", " "):
                fault(f"name/{kernel}.html: {name}")
        if len(page(f"name/{kernel}.html").findall(".//tbody/tr")) != len(several):
            fault(f"name/{kernel}.html: not the records")


def losses():
    found = {kernel: cells(kernel) for kernel in kernels()}
    for source in found:
        for target in found:
            if source == target:
                continue
            root = page(f"compare/{source}-to-{target}.html")
            for kind, (one, other) in {"lost": (source, target), "gained": (target, source)}.items():
                expected = {key for key, row in found[one].items()
                            if row["verdict"] == "supported" and found[other][key]["verdict"] == "unsupported"}
                shown = set()
                for table in root.iter("table"):
                    if text(table.find("caption")).startswith(f"Helpers {kind},"):
                        for row in table.findall("tbody/tr"):
                            shown |= {(text(row[0]), text(link)) for link in row[2].iter("a")}
                if shown != expected:
                    fault(f"{source} to {target}: {kind}: {len(shown)} of {len(expected)}")


def peers():
    for kernel in kernels():
        found = cells(kernel)
        root = page(f"peer/{kernel}.html")
        tables = {text(table.find("caption")): table for table in root.iter("table")}
        for peer in records(kernel, "peers"):
            name = f"{peer['peer']} {peer['version']}"
            wrong = {(row["helper"], one) for row in records(kernel, "wrong") if (row["peer"], row["version"]) == (peer["peer"], peer["version"])
                     for one in row["types"].split(",")}
            if len(wrong) != int(peer["wrong"]):
                fault(f"{kernel}: {name}: {len(wrong)} wrong answers, not {peer['wrong']}")
            shown = set()
            table = tables.get(f"{name}: wrong answers on Linux {kernel}")
            for row in table.findall("tbody/tr") if table is not None else []:
                for link in row[3].iter("a"):
                    key = text(row[0]), text(link)
                    shown.add(key)
                    line = " ".join(found[key]["line"].split())
                    if WORDS[found[key]["verdict"]] == text(row[1]) or (line != "-" and line not in text(row[2])):
                        fault(f"{kernel}: {name}: {key}: no proof")
            if shown != wrong:
                fault(f"{kernel}: {name}: {len(shown)} shown of {len(wrong)}")


for check in (form, links, answers, others, losses, peers):
    faults.clear()
    check()
    with open(os.path.join(FOLDER, check.__name__), "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in faults[:20])
