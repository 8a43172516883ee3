# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Helpers by program types: a page per kernel, and a page per helper with the evidence of each cell."""

from markup import code, e, evidence, link, table, verdict_cell
from records import NONE, type_key


def helpers_of(kernels):
    """Names by number."""
    ids = {}
    for kernel in kernels:
        ids.update(kernel.ids)
    return sorted(ids, key=lambda name: (ids[name], name)), ids


def types_of(kernels):
    return sorted({name for kernel in kernels for _, name in kernel.cells}, key=type_key)


def anchor(program_type, kernel):
    return f"{program_type}-{kernel.name}"


def cell_link(up, helper, program_type, kernel):
    return f"{up}helper/{helper}.html#{anchor(program_type, kernel)}"


def overview(site, kernels):
    names, ids = helpers_of(kernels)
    rows = []
    for name in names:
        cells = []
        for kernel in kernels:
            found = kernel.by_helper[name]
            count = sum(cell.verdict == "supported" for cell in found)
            kind = "y" if count else "u" if any(cell.verdict == "undetermined" for cell in found) else "n"
            cells.append(f'<td class="{kind}">{count}</td>')
        rows.append(f'<tr><th scope="row">{link(f"helper/{name}.html", name)}</th><td>{ids[name]}</td>'
                    + "".join(cells) + "</tr>\n")
    heads = ["Helper", "Number"] + [(kernel.name, f"kernel/{kernel.name}.html") for kernel in kernels]
    total = len(types_of(kernels))
    site.page("helpers.html", "BPF helpers", f"""<p>In how many of the {total} program types each kernel lets a program call the helper. A name leads to its page, with
the evidence of each answer; a kernel leads to its table of helpers by program types.</p>
""" + table("Helpers, and the number of program types that support each", heads, "".join(rows), rows="helper"))


def matrix(site, kernels, kernel):
    names, _ = helpers_of(kernels)
    types = types_of(kernels)
    rows = []
    for name in names:
        cells = []
        for program_type in types:
            cell = kernel.cells.get((name, program_type))
            cells.append(verdict_cell(cell and cell.verdict, cell and cell_link("../", name, program_type, kernel)))
        rows.append(f'<tr><th scope="row">{link(f"../helper/{name}.html", name)}</th>' + "".join(cells) + "</tr>\n")
    yes, no, unknown = kernel.counts()
    others = ", ".join(link(f"{other.name}.html", other.name) for other in kernels if other is not kernel)
    site.page(f"kernel/{kernel.name}.html", f"Linux {kernel.name}: helpers by program types", f"""<p>Linux {e(kernel.release)}, Debian's package version {e(kernel.package)}, x86-64. {yes} yes, {no} no, {unknown} undetermined.
Each answer leads to its evidence. Other kernels: {others}.</p>
""" + table(f"Helpers by program types on Linux {kernel.name}", ["Helper"] + types, "".join(rows), "matrix",
            rows="helper", columns="program type"))


def loaded(cell):
    """How the program was loaded that decided."""
    how = ""
    if cell.variant != NONE:
        how += f" as {code(cell.variant)}"
    if cell.target != NONE:
        how += f" for {code(cell.target)}"
    if cell.argument != NONE:
        how += f" with a map: {e(cell.argument)}"
    return how and "; loaded" + how


def wrong_peers(kernels, name):
    """What peers say of the helper that its kernel contradicts."""
    items = []
    for kernel in kernels:
        for row in kernel.wrong:
            if row.helper != name:
                continue
            types = [link("#" + anchor(program_type, kernel), program_type)
                     for program_type in sorted(row.types.split(","), key=type_key)]
            items.append(f"<li>{e(row.peer)} {e(row.version)} on {e(kernel.name)} says {row.says} for {', '.join(types)}</li>\n")
    if not items:
        return ""
    return f'<h2 id="peers">Where peers are wrong</h2>\n<ul>\n{"".join(items)}</ul>\n'


def helper(site, kernels, name, number):
    types = types_of(kernels)
    rows, groups = [], []
    for program_type in types:
        cells, details = [], []
        for kernel in kernels:
            cell = kernel.cells.get((name, program_type))
            cells.append(verdict_cell(cell and cell.verdict, cell and "#" + anchor(program_type, kernel)))
            if cell:
                details.append(f'<tr id="{anchor(program_type, kernel)}" data-kernel="{kernel.name}"><th scope="row">'
                               f'{link("#" + anchor(program_type, kernel), kernel.name)}</th>'
                               f"{verdict_cell(cell.verdict)}<td>{evidence(cell.reason, cell.errno, cell.line, loaded(cell), cell.attaches)}</td></tr>\n")
        rows.append(f'<tr><th scope="row">{e(program_type)}</th>' + "".join(cells) + "</tr>\n")
        groups.append(f'<tbody data-group="{program_type}">\n<tr class="group"><th colspan="3" scope="rowgroup">{program_type}</th></tr>\n'
                      + "".join(details) + "</tbody>\n")
    named = [kernel.name for kernel in kernels
             if any(cell.btf == "yes" for cell in kernel.by_helper[name])]
    body = f"<p>Helper number {number}. " + (
        f"The kernel's types (BTF) name it on {', '.join(named)}." if named else "No kernel's types (BTF) name it.")
    body += " An answer leads to its evidence below, where each row has an address of its own.</p>\n"
    heads = ["Program type"] + [(kernel.name, f"../kernel/{kernel.name}.html") for kernel in kernels]
    body += table(f"{name}: program types and kernels", heads, "".join(rows), "narrow")
    body += '<h2 id="evidence">Evidence</h2>\n'
    body += table(f"{name}: evidence of each answer", ["Kernel", "Verdict", "Reason, and the kernel's own words"],
                  "".join(groups), "evidence", groups="program type", kernels="kernel")
    body += wrong_peers(kernels, name)
    site.page(f"helper/{name}.html", name, body)


def pages(site, kernels):
    overview(site, kernels)
    for kernel in kernels:
        matrix(site, kernels, kernel)
    names, ids = helpers_of(kernels)
    for name in names:
        helper(site, kernels, name, ids[name])
