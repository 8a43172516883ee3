#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC2154
# The pages of `make site`, read as a browser's reader meets them: whole, linked, and as the records say.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	export SITE="$BATS_FILE_TMPDIR/made"
	unset MAKEFLAGS MAKEOVERRIDES MFLAGS
	make site build="$SITE"
	mkdir "$SITE/found"
	/usr/bin/python3 -B tests/build/read_site.py "$SITE/site" docs/data "$SITE/found"
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

# no_fault CHECK: of tests/build/read_site.py, which has made all of them.
no_fault() {
	cat "$SITE/found/$1"
	[ ! -s "$SITE/found/$1" ]
}

@test "pages are well-formed, have a language, a title and headings, and tables have captions and scopes" {
	no_fault form
}

@test "each link leads to a page, each anchor to one element, and none leaves the folder" {
	no_fault links
}

@test "each record of a helper is one answer with its verdict and its line, in its page and in its kernel's table" {
	no_fault answers
}

@test "each record of a kfunc, map type, program type, feature and ambiguous name is shown" {
	no_fault others
}

@test "what is lost from one kernel to another is what the records of the two say, each way" {
	no_fault losses
}

@test "each wrong answer of a peer stands with the line of the kernel, and the figures are the records'" {
	no_fault peers
}

@test "two builds are equal, wherever and whenever, and what an older one left is gone" {
	local again="$BATS_TEST_TMPDIR/again"

	mkdir "$again"
	touch "$again/site.css" "$again/old.html"
	(cd / && TZ=Asia/Tokyo LC_ALL=C PYTHONHASHSEED=7 "$OLDPWD/scripts/site" "$again" "$(sed -n 's/^VERSION := //p' "$OLDPWD/GNUmakefile")")
	diff -r "$SITE/site" "$again"
}

@test "a folder that is not a site is left alone" {
	mkdir "$BATS_TEST_TMPDIR/mine"
	touch "$BATS_TEST_TMPDIR/mine/letter"
	run scripts/site "$BATS_TEST_TMPDIR/mine" 0
	[ "$status" -ne 0 ]
	[ -e "$BATS_TEST_TMPDIR/mine/letter" ]
}
