# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash disable=SC2154
# What the bats files of tests/cmd and tests/root share. Needs bats 1.5 and jq.

bats_require_minimum_version 1.5.0

KVET=$(realpath "${KVET:-$BATS_TEST_DIRNAME/../../build/kvet}")
DATA=$(realpath "$BATS_TEST_DIRNAME/../data")
export KVET DATA
unset NO_COLOR

# The test's outcome, for whoever reads a failure: bats shows it only then.
show() {
	printf 'status %s\n--- stdout\n%s\n--- stderr\n%s\n' \
		"$status" "$output" "${stderr-}"
}

# expect STATUS COMMAND...: runs it; $output and $stderr hold what it wrote.
expect() {
	local wanted=$1

	shift
	run --separate-stderr "$@"
	[ "$status" -eq "$wanted" ] && return 0
	echo "wanted status $wanted: $*"
	show
	return 1
}

# json FILTER [JQ-OPTION...]: does FILTER hold for the document in $output?
json() {
	local filter=$1

	shift
	# For scripts/validate-json.
	[ -z "${KVET_OUTPUTS-}" ] || printf '%s\n\x1e\n' "$output" >>"$KVET_OUTPUTS"
	jq -e "$@" "$filter" <<<"$output" >/dev/null && return 0
	echo "does not hold: $filter"
	show
	return 1
}

# jsonl FILTER [JQ-OPTION...]: the same for JSON lines, as one array.
jsonl() {
	json "$@" --slurp
}

# holds TEXT PART: does TEXT hold PART?
holds() {
	[[ $1 == *"$2"* ]] && return 0
	printf "no '%s' in:\n%s\n" "$2" "$1"
	return 1
}

# lacks TEXT PART: does it not?
lacks() {
	[[ $1 != *"$2"* ]] && return 0
	printf "'%s' in:\n%s\n" "$2" "$1"
	return 1
}

# cells: the rows of the table in $output without its heading, one blank between cells.
cells() {
	sed 1d <<<"$output" | tr -s ' ' | sed 's/^ //'
}

# The caller without any privilege: an id that owns nothing, no capability left.
as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"
}

# compile_object SOURCE FOLDER: a program of BPF, into that folder.
compile_object() {
	local arch

	arch=$(uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/; s/s390x/s390/; s/riscv64/riscv/')
	clang -target bpf -mcpu=v2 -O2 -g "-D__TARGET_ARCH_$arch" "-I/usr/include/$(uname -m)-linux-gnu" \
		-c "$1" -o "$2/$(basename "$1" .c).o"
}

# compile_objects: all of tests/objects, into OBJECTS, for the tests of one file.
compile_objects() {
	local source

	export OBJECTS="$BATS_FILE_TMPDIR"
	for source in "$DATA"/../objects/*.bpf.c; do
		compile_object "$source" "$OBJECTS" || return
	done
}
