# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Where bpftool and libbpf are wrong about a helper, with the line of the kernel that proves it."""

from answers import cell_link
from markup import code, e, link, table
from records import NONE, type_key


def proofs(kernel, row):
    """What the kernel said of these cells, each once, and kvet's verdict."""
    found = {}
    for program_type in sorted(row.types.split(","), key=type_key):
        cell = kernel.cells[row.helper, program_type]
        found.setdefault((cell.verdict, cell.reason, cell.line), []).append(program_type)
    return found


def wrong_rows(kernel, version):
    rows = []
    for row in kernel.wrong:
        if (row.peer, row.version) != version:
            continue
        for (verdict, reason, line), types in proofs(kernel, row).items():
            links = ", ".join(link(cell_link("../", row.helper, name, kernel), name) for name in types)
            proof = f'<br/><q class="line">{e(line)}</q>' if line != NONE else ""
            rows.append(f'<tr><th scope="row">{link(f"../helper/{row.helper}.html", row.helper)}</th><td>{row.says}</td>'
                        f"<td>{'yes' if verdict == 'supported' else 'no'}: {e(reason)}{proof}</td><td>{links}</td></tr>\n")
    return "".join(rows)


def kernel_page(site, kernels, kernel):
    others = ", ".join(link(f"{other.name}.html", other.name) for other in kernels if other is not kernel)
    body = f"""<p>What each peer said on Linux {e(kernel.release)} (package {e(kernel.package)}) that the kernel contradicts, with the kernel's own
words. Other kernels: {others}.</p>
"""
    for peer in kernel.peers:
        name = f"{peer.peer} {peer.version}"
        body += f'<h2 id="{peer.peer}-{peer.version}">{e(name)}: {peer.wrong} wrong of {peer.asked}</h2>\n'
        rows = wrong_rows(kernel, (peer.peer, peer.version))
        body += table(f"{name}: wrong answers on Linux {kernel.name}", ["Helper", "It says", "The kernel says", "Program types"],
                      rows, "wide", rows="helper") if rows else "<p>No wrong answer.</p>\n"
    site.page(f"peer/{kernel.name}.html", f"Linux {kernel.name}: where peers are wrong", body)


def pages(site, kernels):
    versions = []
    for kernel in kernels:
        for peer in kernel.peers:
            if (peer.peer, peer.version, peer.suite) not in versions:
                versions.append((peer.peer, peer.version, peer.suite))
    rows = []
    for version in sorted(versions, key=lambda one: (one[0], [int(part) for part in one[1].split(".")])):
        cells = []
        for kernel in kernels:
            peer = next((one for one in kernel.peers if (one.peer, one.version, one.suite) == version), None)
            if not peer:
                cells.append("<td>–</td>")
                continue
            more = f"<br/>{peer.errno_left} yes with an errno left" if peer.errno_left != NONE else ""
            cells.append(f'<td><a href="peer/{kernel.name}.html#{peer.peer}-{peer.version}">{peer.wrong} wrong</a> of {peer.asked}{more}</td>')
        rows.append(f'<tr><th scope="row">{e(version[0])} {e(version[1])}<br/>({e(version[2])})</th>' + "".join(cells) + "</tr>\n")
    body = f"""<p>bpftool and libbpf of Debian 12 and of the backports of Debian 12 and 13 were asked in the same guests, as root. An answer is wrong if
the kernel contradicts it: a load of a program that calls the helper was accepted, or refused with the words that stand beside it. Where
kvet itself is undetermined, no answer is counted as wrong.</p>
<p>bpftool is asked by {code("bpftool feature probe kernel full")}, libbpf by {code("libbpf_probe_bpf_helper()")}; a yes with an errno left is one
after which {code("errno")} is not 0, so that a caller that looks at it takes the yes for a no.</p>
""" + table("Wrong answers of peers on each kernel", ["Peer"] + [(kernel.name, f"peer/{kernel.name}.html") for kernel in kernels], "".join(rows))
    site.page("peers.html", "Where peers are wrong", body)
    for kernel in kernels:
        kernel_page(site, kernels, kernel)
