#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Where bpftool and kvet differ on this kernel is where they are recorded to, each cell with
# the line of the verifier that proves it. Needs bpftool, jq and tests/data/probe.

# shellcheck source=tests/vm/lib/tap.sh
. tests/vm/lib/tap.sh

data=tests/data/probe
release=$(uname -r | cut -d. -f1,2)
recorded=$data/$release.bpftool.tsv
[ -f "$recorded" ] || skip_all "$recorded is not there: record it with $data/compare"

/usr/sbin/bpftool -j feature probe kernel full >/tmp/bpftool.json
kvet probe helpers --all --full --format json >/tmp/kvet.json 2>/tmp/kvet.err

check 'bpftool gave its answers' jq -e '.helpers | length >= 25' /tmp/bpftool.json
check 'kvet gave its answers' jq -e '.records | length >= 211 * 32' /tmp/kvet.json

differences() {
	jq -rsf "$data/differences.jq" /tmp/bpftool.json /tmp/kvet.json
}
differences >/tmp/differences
check 'each difference is one where kvet is sure' eval '! grep -q undetermined /tmp/differences'
check 'each has the words of the verifier' eval '! cut -f5 /tmp/differences | grep -qx ""'

grep -v '^#' "$recorded" >/tmp/recorded
check "they are those of $recorded" diff /tmp/recorded /tmp/differences

plan
