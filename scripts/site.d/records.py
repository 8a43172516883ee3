# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Reads docs/data: one kernel a folder, tables of tab-separated text with three lines of head."""

import collections
import os

NONE = "-"
Cell = collections.namedtuple("Cell", "verdict reason errno btf variant target argument attaches line")
Feature = collections.namedtuple("Feature", "name type verdict reason errno value attaches line")
Kfunc = collections.namedtuple(
    "Kfunc", "kfunc module verdict reason errno target listed line types sleepable_types undetermined_types")
Name = collections.namedtuple("Name", "name kind symbols functions addresses")
Peer = collections.namedtuple("Peer", "peer version suite asked wrong undetermined silent errno_left")
Wrong = collections.namedtuple("Wrong", "peer version helper says types")

# In the order of the numbers that the kernel gives them.
TYPES = """socket_filter kprobe sched_cls sched_act tracepoint xdp perf_event cgroup_skb cgroup_sock lwt_in lwt_out
lwt_xmit sock_ops sk_skb cgroup_device sk_msg raw_tracepoint cgroup_sock_addr lwt_seg6local lirc_mode2 sk_reuseport
flow_dissector cgroup_sysctl raw_tracepoint_writable cgroup_sockopt tracing struct_ops ext lsm sk_lookup syscall
netfilter""".split()


def type_key(name):
    return (TYPES.index(name) if name in TYPES else len(TYPES), name)


def unescaped(text):
    """jq's @tsv writes these with a backslash."""
    if "\\" not in text:
        return text
    for escape, byte in (("\\t", " "), ("\\n", " "), ("\\r", " "), ("\\\\", "\\")):
        text = text.replace(escape, byte)
    return text


def rows(path):
    """The head's second line, and a dictionary for each row."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    columns = lines[2].split("\t")
    found = []
    for number, line in enumerate(lines[3:], 4):
        values = [unescaped(value) for value in line.split("\t")]
        if len(values) != len(columns):
            raise SystemExit(f"{path}:{number}: {len(values)} columns, not {len(columns)}")
        found.append(dict(zip(columns, values)))
    return lines[1], found


def listed(text):
    return [] if text == NONE else text.split(",")


class Kernel:
    """What one kernel answered."""

    def __init__(self, folder):
        self.name = os.path.basename(folder)
        self.folder = folder
        head, helpers = rows(os.path.join(folder, "helpers.tsv"))
        # "# Linux RELEASE, Debian package version VERSION, ..."
        words = head.split(", ")
        self.release = words[0].split()[-1]
        self.package = words[1].split()[-1]
        self.ids = {}
        # By helper and type.
        self.cells = {}
        self.by_helper = collections.defaultdict(list)
        for row in helpers:
            self.ids[row["helper"]] = int(row["id"])
            for name in listed(row["types"]):
                name, _, target = name.partition("@")
                name, _, variant = name.partition("/")
                row.update(variant=variant or NONE, target=target or NONE)
                cell = Cell(*(row[field] for field in Cell._fields))
                self.cells[row["helper"], name] = cell
                self.by_helper[row["helper"]].append(cell)
        self.maps = self._features("maps")
        self.programs = self._features("programs")
        self.features = self._features("features")
        self.kfuncs = {row.kfunc: row for row in self._table("kfuncs", Kfunc)}
        self.names = {row.name: row for row in self._table("names", Name)}
        self.peers = self._table("peers", Peer)
        self.wrong = self._table("wrong", Wrong)

    def _table(self, name, kind):
        found = rows(os.path.join(self.folder, name + ".tsv"))[1]
        return [kind(*(row[field] for field in kind._fields)) for row in found]

    def _features(self, name):
        """By type and name: xdp is a program type, and what ext replaces."""
        return {(row.type, row.name): row for row in self._table(name, Feature)}

    def counts(self):
        count = collections.Counter(cell.verdict for cell in self.cells.values())
        return [count[verdict] for verdict in ("supported", "unsupported", "undetermined")]


def kernels(folder):
    """Oldest first."""
    names = [name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name))]
    names.sort(key=lambda name: [int(part) for part in name.split(".")])
    return [Kernel(os.path.join(folder, name)) for name in names]
