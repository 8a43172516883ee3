#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2154
# Programs that were linked with libkvet.so.0 as tests/data/libkvet.abi describes it run with this one.

bats_require_minimum_version 1.5.0

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	alone
	requires abidiff
}

@test "the interface is the one described, or has more" {
	run scripts/abi --check "$SHARED"
	[ "$status" -eq 0 ] || {
		printf '%s\n' "$output" 'tests/data/libkvet.abi describes another interface: CONTRIBUTING.md says when scripts/abi renews it'
		false
	}
}

@test "a function that is gone and a struct that has changed are seen" {
	local tree="$BATS_TEST_TMPDIR/tree"

	mkdir -p "$tree/scripts" "$tree/tests/data" "$tree/lib"
	cp scripts/abi "$tree/scripts/"
	cp GNUmakefile "$tree/"
	sed 's/, not yet released$/, 2026-12-01/' CHANGELOG.md >"$tree/CHANGELOG.md"
	cp tests/data/libkvet.abi "$tree/tests/data/"
	cp -r lib/include "$tree/lib/"
	sed -i 's/const char \*best;/&\n\tint more;/' "$tree/lib/include/kvet/nearest.h"
	cat >"$tree/other.c" <<-'END'
	#include <kvet/nearest.h>
	void kvet_nearest_init(struct kvet_nearest *nearest, const char *word) { nearest->word = word; }
	void kvet_nearest_offer(struct kvet_nearest *nearest, const char *candidate) { nearest->best = candidate; }
	END
	cc -g -shared -fPIC -I"$tree/lib/include" -Wl,-soname,libkvet.so.0 -Wl,--version-script=lib/libkvet.map \
		-o "$tree/other.so" "$tree/other.c"
	run "$tree/scripts/abi" --check "$tree/other.so"
	[ "$status" -ne 0 ]
	[[ $output == *"function size_t kvet_nearest_distance"* ]]
	[[ $output == *"'int more'"* ]]
	# But nobody has a program that was linked with a version that is not released.
	sed "s/^## .*/## $(sed -n 's/^VERSION := //p' GNUmakefile), not yet released/" CHANGELOG.md >"$tree/CHANGELOG.md"
	run "$tree/scripts/abi" --check "$tree/other.so"
	[ "$status" -eq 0 ]
	[[ $output == *"'int more'"*'is not released yet'* ]]
	run "$tree/scripts/abi" --check "$tree/no-such.so"
	[ "$status" -ne 0 ]
}
