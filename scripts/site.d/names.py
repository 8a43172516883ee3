# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Names of kernel functions with several addresses, which a kprobe by name cannot tell apart."""

from markup import code, e, link, table
from records import NONE, listed


def ambiguous(kernel):
    """Generic names (__UNIQUE_ID_...) are of what a macro made, which nobody probes."""
    return [row for _, row in sorted(kernel.names.items()) if int(row.functions) > 1 and row.kind != "generic"]


def kernel_page(site, kernels, kernel):
    rows = "".join(
        f'<tr id="{e(row.name)}"><th scope="row">{code(row.name)}</th><td>{e(row.kind)}</td><td>{row.functions}</td><td>{row.symbols}</td>'
        f'<td>{" ".join(code(address) for address in listed(row.addresses))}</td></tr>\n' for row in ambiguous(kernel))
    others = ", ".join(link(f"{other.name}.html", other.name) for other in kernels if other is not kernel)
    more = len(kernel.names) - len(ambiguous(kernel))
    site.page(f"name/{kernel.name}.html", f"Linux {kernel.name}: names with several addresses", f"""<p>Functions of Linux {e(kernel.release)} (package {e(kernel.package)}) that share their name with another one. The addresses are those of
a boot without KASLR. {more} more names with several addresses are of data, of one function and data, or made by a macro. Other kernels: {others}.</p>
""" + table(f"Names of several functions on Linux {kernel.name}", ["Name", "Kind", "Functions", "Symbols", "Addresses"], rows, "wide", rows="name"))


def pages(site, kernels):
    names = sorted({row.name for kernel in kernels for row in ambiguous(kernel)})
    rows = []
    for name in names:
        cells = []
        for kernel in kernels:
            row = kernel.names.get(name)
            several = row and int(row.functions) > 1 and row.kind != "generic"
            cells.append(f'<td>{link(f"name/{kernel.name}.html#{name}", row.functions)}</td>' if several else "<td>–</td>")
        rows.append(f'<tr id="{e(name)}"><th scope="row">{code(name)}</th>' + "".join(cells) + "</tr>\n")
    site.page("names.html", "Names with several addresses", f"""<p>A kprobe by one of these names is refused with {code("EADDRNOTAVAIL")} by newer kernels, and put on one of the functions by older ones. The
figure is the number of functions with that name in the kernel proper, without modules; it leads to their addresses. – says that one function, or
none, has it.</p>
""" + table("Names of several functions, and how many on each kernel",
            ["Name"] + [(kernel.name, f"name/{kernel.name}.html") for kernel in kernels], "".join(rows), rows="name"))
    for kernel in kernels:
        kernel_page(site, kernels, kernel)
