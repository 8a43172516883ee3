# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The first page, and the list of all names, which a search leads to."""

import answers
import features
import names
from markup import code, e, link, slug, table


def index(site, kernels):
    rows = []
    for kernel in kernels:
        yes, no, unknown = kernel.counts()
        kfuncs = sum(row.verdict == "supported" for row in kernel.kfuncs.values())
        rows.append(f'<tr><th scope="row">{link(f"kernel/{kernel.name}.html", kernel.name)}</th><td>{e(kernel.release)}</td><td>{e(kernel.package)}</td>'
                    f"<td>{yes}</td><td>{no}</td><td>{unknown}</td><td>{kfuncs}</td><td>{len(names.ambiguous(kernel))}</td></tr>\n")
    oldest, newest = kernels[0].name, kernels[-1].name
    site.page("index.html", "What Linux kernels let BPF programs do", f"""<p>Each answer here is one that a kernel gave: kvet loaded a program for each helper and each program type, as root, in a guest with
Debian's own kernel. None is derived from a version number. An answer is yes, no, or ? where kvet could not find out, and stands with its
evidence: how the program was loaded, and what the verifier said.</p>
<ul class="ways">
<li>{link("helpers.html", "Which kernel has this helper, for which program types?")}</li>
<li>{link(f"compare/{newest}-to-{oldest}.html", f"What do I lose when I go back from {newest} to {oldest}?")} {link("compare.html", "Other pairs")}</li>
<li>{link("kfuncs.html", "Which kernel functions may my program call, and of which types?")}</li>
<li>{link("programs.html", "Which program types load?")} {link("maps.html", "Which map types?")} {link("features.html", "Which features?")}</li>
<li>{link("peers.html", "Where are bpftool and libbpf wrong?")}</li>
<li>{link("names.html", "Which names of kernel functions have several addresses?")}</li>
<li>{link("all.html", "All names, on one page")}</li>
</ul>
<h2>The kernels</h2>
""" + table("The kernels that answered, x86-64", ["Kernel", "Release", "Debian's package version", "Yes", "No", "?", "Kfuncs", "Ambiguous names"], "".join(rows)) + f"""
<h2>What an answer means</h2>
<dl>
<dt>yes</dt><dd>The verifier accepted the call of the helper. "accepted; arguments refused later" says that it knew the helper for this type, and then
refused the arguments, which were arbitrary.</dd>
<dt>no</dt><dd>The kernel refused it, with the words that stand beside the answer.</dd>
<dt>?</dt><dd>Undetermined: some programs of this type may be allowed to, and none of those that were tried was.</dd>
<dt>–</dt><dd>The kernel does not list the name.</dd>
</dl>
<p>Another configuration of a kernel, lockdown, fewer capabilities or a backport can change an answer: {code("kvet probe helpers")} asks the kernel
that you run, and {code("kvet probe diff")} compares it with another one. To ask the five kernels anew: {code("make reference")}.</p>
""")


def everything(site, kernels):
    found = []
    for name in answers.helpers_of(kernels)[0]:
        found.append((name, "helper", f"helper/{name}.html"))
    for name in sorted({name for kernel in kernels for name in kernel.kfuncs}):
        found.append((name, "kfunc", f"kfunc/{name}.html"))
    for what, (_, noun, _) in features.ABOUT.items():
        for name in features.ordered(kernels, what).values():
            found.append((name, noun, f"{what}.html#{slug(name).replace('/', '.')}"))
    for name in sorted({row.name for kernel in kernels for row in names.ambiguous(kernel)}):
        found.append((name, "ambiguous name", f"names.html#{name}"))
    rows = "".join(f'<tr><th scope="row">{link(to, name)}</th><td>{kind}</td></tr>\n' for name, kind, to in found)
    site.page("all.html", "All names", "<p>Each helper, kfunc, program type, map type and feature, and each ambiguous name of a function.</p>\n"
              + table("All names", ["Name", "What it is"], rows, rows="name", query="q"))


def pages(site, kernels):
    index(site, kernels)
    everything(site, kernels)
