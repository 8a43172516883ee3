# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Map types, program types, features and kfuncs: a table of names by kernels, and the evidence of each answer."""

from markup import code, e, evidence, link, slug, table, verdict_cell
from records import NONE, type_key

ABOUT = {
    "maps": ("Map types", "map type", "Whether each type of map, and each of its flags, can be made on each kernel."),
    "programs": ("Program types", "program type",
                 "Whether each program type, and each of its attach types, targets or replaced types, loads on each kernel."),
    "features": ("Features", "feature", "Features of the verifier, of bpf(2) and of BTF, and the settings that matter to them."),
}


def label(row):
    return row.name if row.type in (NONE, row.name) or ":" in row.name else f"{row.type}/{row.name}"


def anchor(name, kernel):
    return f"{slug(name).replace('/', '.')}-{kernel.name}"


def why(row):
    """The words of the kernel tell more than a yes only where they are against it."""
    yes = row.verdict == "supported"
    value = f": {code(row.value)}" if row.value != NONE else ""
    return evidence(row.reason, NONE if yes else row.errno, NONE if yes else row.line, value, row.attaches)


def ordered(kernels, what):
    """Keys of all kernels, in the order of the newest, which knows most."""
    keys = {}
    for kernel in reversed(kernels):
        for key, row in getattr(kernel, what).items():
            keys.setdefault(key, label(row))
    return keys


def page(site, kernels, what):
    title, noun, about = ABOUT[what]
    rows, groups = [], []
    for key, name in ordered(kernels, what).items():
        cells, details = [], []
        for kernel in kernels:
            row = getattr(kernel, what).get(key)
            cells.append(verdict_cell(row and row.verdict, row and "#" + anchor(name, kernel)))
            if row:
                details.append(f'<tr id="{anchor(name, kernel)}" data-kernel="{kernel.name}"><th scope="row">'
                               f'{link("#" + anchor(name, kernel), kernel.name)}</th>{verdict_cell(row.verdict)}<td>{why(row)}</td></tr>\n')
        rows.append(f'<tr><th scope="row">{e(name)}</th>' + "".join(cells) + "</tr>\n")
        groups.append(f'<tbody data-group="{e(name)}">\n<tr class="group" id="{slug(name).replace("/", ".")}"><th colspan="3" scope="rowgroup">{e(name)}</th></tr>\n'
                      + "".join(details) + "</tbody>\n")
    site.page(f"{what}.html", title, f"<p>{about} An answer leads to its evidence below.</p>\n"
              + table(f"{title} and kernels", [noun.capitalize()] + [kernel.name for kernel in kernels], "".join(rows),
                      "narrow", rows=noun)
              + '<h2 id="evidence">Evidence</h2>\n'
              + table(f"{title}: evidence of each answer", ["Kernel", "Verdict", "Reason, and the kernel's own words"],
                      "".join(groups), "evidence", groups=noun, kernels="kernel"))


def types(text):
    return ", ".join(sorted(text.split(","), key=type_key))


def kfunc_evidence(row):
    how = f"; loaded for {code(row.target)}" if row.target != NONE else ""
    text = evidence(row.reason, row.errno, row.line, how)
    for field, words in ((row.types, "For"), (row.sleepable_types, "In sleepable programs only, for"),
                         (row.undetermined_types, "Undetermined for")):
        if field != NONE:
            text += f"<br/>{words}: {e(types(field))}"
    if row.module != NONE:
        text += f"<br/>In the module {code(row.module)}"
    return text


def kfuncs(site, kernels):
    names = sorted({name for kernel in kernels for name in kernel.kfuncs})
    rows = []
    for name in names:
        cells = []
        details = []
        for kernel in kernels:
            row = kernel.kfuncs.get(name)
            to = f"kfunc/{name}.html#{kernel.name}"
            cells.append(verdict_cell(row and row.verdict, row and to))
            answer = kfunc_evidence(row) if row else "This kernel lists no such kfunc."
            details.append(f'<tr id="{kernel.name}"><th scope="row">{link("#" + kernel.name, kernel.name)}</th>'
                           f"{verdict_cell(row and row.verdict)}<td>{answer}</td></tr>\n")
        rows.append(f'<tr><th scope="row">{link(f"kfunc/{name}.html", name)}</th>' + "".join(cells) + "</tr>\n")
        site.page(f"kfunc/{name}.html", name, f"<p>Which kernels let BPF programs call the kernel function {code(name)}, and of which types.</p>\n"
                  + table(f"{name} on each kernel", ["Kernel", "Verdict", "Types, reason, and the kernel's own words"], "".join(details), "evidence"))
    site.page("kfuncs.html", "Kfuncs", f"""<p>Functions of the kernel that BPF programs may call. – says that the kernel lists no such kfunc. Only kfuncs of the
kernel proper are here: no module was loaded. An answer leads to its evidence.</p>
""" + table("Kfuncs and kernels", ["Kfunc"] + [kernel.name for kernel in kernels], "".join(rows), rows="kfunc"))


def pages(site, kernels):
    for what in ABOUT:
        page(site, kernels, what)
    kfuncs(site, kernels)
