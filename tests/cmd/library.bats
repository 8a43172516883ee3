#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2154
# A program of one page that links the library, as README.md says.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

# The archive with sanitizers would have to be linked with them.
# bats test_tags=plain
@test "a program traces with only the public headers and the archive" {
	local out tree="$BATS_TEST_DIRNAME/../.."

	out="$(dirname "$KVET")"
	"${CC:-cc}" -Wall -Wextra -Werror -I "$tree/lib/include" -o "$BATS_TEST_TMPDIR/trace" \
		"$tree/tests/examples/trace.c" "$out/libkvet.a" -lbpf -lelf -lz -llzma -lzstd -llz4 -lcap -liberty
	# What is no SPEC has its cause on every kernel, and whoever asks.
	expect 3 "$BATS_TEST_TMPDIR/trace" vfs_read+zz
	holds "$stderr" "'vfs_read+zz'"
	[ -z "$output" ]
	run --separate-stderr "$BATS_TEST_TMPDIR/trace" kvet_no_such_symbol
	[ "$status" -eq 3 ]
	holds "$stderr" "kallsyms"
}
