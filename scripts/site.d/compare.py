# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Two kernels compared: what is lost on the way from one to the other, and what is gained."""

from answers import cell_link, helpers_of, types_of
from features import ABOUT, anchor, ordered
from markup import e, link, table
from records import NONE

# The verdict on what a kernel does not list at all.
ABSENT = "absent"


def change(before, after):
    """lost, gained, unclear, or nothing."""
    if before == after or "supported" not in (before, after):
        return None
    if "undetermined" in (before, after):
        return "unclear"
    return "lost" if before == "supported" else "gained"


def helper_changes(kernels, source, target):
    """For each kind of change: helper -> program types."""
    found = {"lost": {}, "gained": {}, "unclear": {}}
    names, _ = helpers_of(kernels)
    types = types_of(kernels)
    for name in names:
        for program_type in types:
            before, after = (kernel.cells.get((name, program_type)) for kernel in (source, target))
            kind = change(before.verdict if before else ABSENT, after.verdict if after else ABSENT)
            if kind:
                found[kind].setdefault(name, []).append(program_type)
    return found


def feature_changes(kernels, what, source, target):
    found = {"lost": [], "gained": [], "unclear": []}
    for key, name in ordered(kernels, what).items():
        before, after = (getattr(kernel, what).get(key) for kernel in (source, target))
        kind = change(before.verdict if before else ABSENT, after.verdict if after else ABSENT)
        if kind:
            found[kind].append((name, target if after else source))
    return found


def kfunc_types(row):
    return set() if not row or row.types == NONE else set(row.types.split(","))


def kfunc_changes(source, target):
    found = {"lost": [], "gained": [], "unclear": []}
    for name in sorted(set(source.kfuncs) | set(target.kfuncs)):
        before, after = source.kfuncs.get(name), target.kfuncs.get(name)
        kind = change(before.verdict if before else ABSENT, after.verdict if after else ABSENT)
        if kind:
            found[kind].append((name, []))
            continue
        for kind, types in (("lost", kfunc_types(before) - kfunc_types(after)),
                            ("gained", kfunc_types(after) - kfunc_types(before))):
            if types:
                found[kind].append((name, sorted(types)))
    return found


def reasons(helper, types, kernel):
    found = []
    for program_type in types:
        cell = kernel.cells.get((helper, program_type))
        if cell and cell.reason not in found:
            found.append(cell.reason)
    return "; ".join(found)


def helper_table(kind, found, target):
    rows = []
    for name, types in found.items():
        links = ", ".join(link(cell_link("../", name, program_type, target), program_type) for program_type in types)
        rows.append(f'<tr><th scope="row">{link(f"../helper/{name}.html", name)}</th><td>{len(types)}</td><td>{links}</td>'
                    f"<td>{e(reasons(name, types, target))}</td></tr>\n")
    return table(f"Helpers {kind}, and for which program types", ["Helper", "Types", "Program types",
                                                                  f"Reason on {target.name}"],
                 "".join(rows), "wide", rows="helper")


TITLES = {"lost": "What is lost", "gained": "What is gained", "unclear": "What is undetermined on one of the two"}


def section(kind, source, target, helpers, others, kfuncs):
    body = f'<h2 id="{kind}">{TITLES[kind]}</h2>\n'
    nothing = len(body)
    if helpers[kind]:
        count = sum(len(types) for types in helpers[kind].values())
        body += f"<h3>Helpers: {len(helpers[kind])}, with their program types {count}</h3>\n"
        body += helper_table(kind, helpers[kind], target)
    if kfuncs[kind]:
        body += f"<h3>Kfuncs: {len(kfuncs[kind])}</h3>\n<ul class=\"names\">"
        for name, types in kfuncs[kind]:
            body += f"<li>{link(f'../kfunc/{name}.html', name)}{e(' for ' + ', '.join(types)) if types else ''}</li>\n"
        body += "</ul>\n"
    for what, (title, _, _) in ABOUT.items():
        if others[what][kind]:
            body += f"<h3>{title}: {len(others[what][kind])}</h3>\n<ul class=\"names\">"
            for name, kernel in others[what][kind]:
                body += f"<li>{link(f'../{what}.html#{anchor(name, kernel)}', name)}</li>\n"
            body += "</ul>\n"
    return body + ("<p>Nothing.</p>\n" if len(body) == nothing else "")


def pair(site, kernels, source, target):
    helpers = helper_changes(kernels, source, target)
    others = {what: feature_changes(kernels, what, source, target) for what in ABOUT}
    kfuncs = kfunc_changes(source, target)
    back = link(f"{target.name}-to-{source.name}.html", f"from {target.name} to {source.name}")
    lost = sum(len(types) for types in helpers["lost"].values())
    gained = sum(len(types) for types in helpers["gained"].values())
    body = f"""<p>What a BPF program that runs on Linux {e(source.release)} cannot do on {e(target.release)}, and what it can do there only. The other
way: {back}.</p>
""" + "".join(section(kind, source, target, helpers, others, kfuncs) for kind in TITLES)
    site.page(f"compare/{source.name}-to-{target.name}.html", f"From Linux {source.name} to {target.name}", body)
    return lost, gained


def pages(site, kernels):
    rows = []
    for source in reversed(kernels):
        cells = []
        for target in kernels:
            if source is target:
                cells.append("<td>–</td>")
                continue
            lost, gained = pair(site, kernels, source, target)
            to = f"compare/{source.name}-to-{target.name}.html"
            cells.append(f'<td><a href="{to}">{lost} lost, {gained} gained</a></td>')
        rows.append(f'<tr><th scope="row">from {source.name}</th>' + "".join(cells) + "</tr>\n")
    oldest, newest = kernels[0].name, kernels[-1].name
    site.page("compare.html", "Two kernels compared", f"""<p>What do I lose when I go back to {oldest}? {link(f"compare/{newest}-to-{oldest}.html", f"From {newest} to {oldest}")} says it. Each figure counts
pairs of helper and program type; its page has also kfuncs, program types, map types and features.</p>
""" + table("What is lost and gained from one kernel to another", ["From"] + ["to " + kernel.name for kernel in kernels],
            "".join(rows), pairs="compare"))
