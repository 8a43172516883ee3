#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC2154
# The build, in a copy of the tree whose path has a space and an apostrophe, and which lies in a
# repository that is not kvet's. Objects are made without optimisation, and only those that are asked for.

bats_require_minimum_version 1.5.0

setup_file() {
	local from="$BATS_TEST_DIRNAME/../.."

	export TREE="$BATS_FILE_TMPDIR/it's a copy"
	export CLANG_BUILD='build=build/clang CC=clang CFLAGS=-O0'
	mkdir "$TREE"
	git init -q "$BATS_FILE_TMPDIR"
	(cd "$from" && tar -c --exclude=./build --exclude=./.git .) | tar -x -C "$TREE"
}

setup() {
	cd "$TREE" || return
	# What the caller's make has to say is not meant for these.
	unset MAKEFLAGS MAKEOVERRIDES MFLAGS WERROR SAN STATIC
	jobs=$(nproc)
}

# A compiler that is the host's, but says what is in the file "says", and refuses the flag in "refuses".
other_compiler() {
	cat >"$BATS_TEST_TMPDIR/cc" <<-END
	#!/bin/sh
	for word; do
		case \$word in
		-dumpmachine) echo "$1" && exit ;;
		${2:-none}) exit 1 ;;
		esac
	done
	exec cc "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/cc"
	other="$BATS_TEST_TMPDIR/cc"
}

@test "a path with a space and an apostrophe builds, and is in no object" {
	make build/obj/lib/core/fail.o
	[ -s build/obj/lib/core/fail.o ]
	run ! grep -qF "it's a copy" build/obj/lib/core/fail.o
}

@test "clang builds the program and all tests tests without a warning" {
	# shellcheck disable=SC2086 # words
	make -j"$jobs" WERROR=1 $CLANG_BUILD all tests
	[ "$(build/clang/kvet --version | head -n 1)" = "kvet $(sed -n 's/^VERSION := //p' GNUmakefile)" ]
}

@test "make install: clang's build, for one prefix after the other" {
	local prefix

	for prefix in "$BATS_TEST_TMPDIR/first" "$BATS_TEST_TMPDIR/second"; do
		# shellcheck disable=SC2086 # words
		make -j"$jobs" $CLANG_BUILD prefix="$prefix" install
		"$prefix/bin/kvet" --version
		[ ! -e "$prefix/sbin" ]
		cmp "$prefix/share/bash-completion/completions/kvet" <("$prefix/bin/kvet" completion bash)
		cmp "$prefix/share/zsh/site-functions/_kvet" <("$prefix/bin/kvet" completion zsh)
		cmp "$prefix/share/fish/vendor_completions.d/kvet.fish" <("$prefix/bin/kvet" completion fish)
		export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
		[ "$(pkg-config --variable=prefix kvet)" = "$prefix" ]
		# As README.md says.
		# shellcheck disable=SC2046 # words
		cc -o "$BATS_TEST_TMPDIR/trace" tests/examples/trace.c $(pkg-config --cflags --libs kvet)
		LD_LIBRARY_PATH="$prefix/lib" run "$BATS_TEST_TMPDIR/trace" vfs_read+zz
		[ "$status" -eq 3 ]
		# shellcheck disable=SC2086 # words
		make $CLANG_BUILD prefix="$prefix" uninstall
		run find "$prefix" ! -type d
		[ -z "$output" ]
	done
}

@test "make dist: a source archive of a checkout, and no archive where there is none" {
	run make dist
	[ "$status" -ne 0 ]
	[[ $output == *"no git checkout"* ]]
	[ -z "$(ls build/*.tar* 2>/dev/null)" ]

	git init -q .
	git add GNUmakefile README.md scripts/commit .gitattributes
	git -c user.name=test -c user.email=test@example.org commit -q -m test
	make dist
	tar -tzf build/kvet-*.tar.gz | grep -q '^kvet-[0-9.]*/GNUmakefile$'
	# What is built of it says which commit it is, as a checkout does, without git.
	[ "$(sh scripts/commit)" = "$(git rev-parse HEAD | cut -c 1-12)" ]
	tar -xzf build/kvet-*.tar.gz -C "$BATS_TEST_TMPDIR"
	[ "$(PATH=/usr/bin:/bin sh "$BATS_TEST_TMPDIR"/kvet-*/scripts/commit)" = "$(sh scripts/commit)" ]
	echo >>README.md
	[ "$(sh scripts/commit)" = "$(git rev-parse HEAD | cut -c 1-12)-dirty" ]
	sed -i '$d' README.md
	rm -rf .git
	[ "$(sh scripts/commit)" = unknown ]
}

@test "what is made for one target is not used for another" {
	local here before

	here=$(cc -dumpmachine)
	here=${here%%-*}
	make "build/$here/bpf/ksym.skel.h"
	before=$(cksum "build/$here/bpf/ksym.skel.h")
	other_compiler m68k-linux-gnu
	make CC="$other" build/m68k/bpf/ksym.bpf.o
	run make CC="$other" V=1 -n build/obj/lib/core/fail.o
	[[ $output == *-Ibuild/m68k* ]]
	[[ $output != *-Ibuild/"$here"* ]]
	[ "$(cksum "build/$here/bpf/ksym.skel.h")" = "$before" ]
}

@test "a compiler is not given a flag that it does not take for its target" {
	local flag

	for flag in -fcf-protection -mbranch-protection=standard; do
		other_compiler "$(cc -dumpmachine)" "$flag"
		run make CC="$other" V=1 -n build/obj/lib/core/fail.o
		[[ $output == *-fstack-protector-strong* ]]
		[[ $output != *"$flag"* ]]
	done
	# That of this machine takes one of them, if it is of an architecture that has it.
	run make V=1 -n build/obj/lib/core/fail.o
	case $(cc -dumpmachine) in
	x86_64*) [[ $output == *-fcf-protection* ]] ;;
	aarch64*) [[ $output == *-mbranch-protection=standard* ]] ;;
	esac
}

@test "what is missing is named with its package, and asked of the target's pkg-config" {
	mkdir "$BATS_TEST_TMPDIR/none"
	run env PKG_CONFIG_LIBDIR="$BATS_TEST_TMPDIR/none" make build=build/none tools
	[ "$status" -ne 0 ]
	[[ $output == *"kvet requires the library libbpf >= 1.1: apt-get install libbpf-dev"* ]]
}
