#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
# What make install puts where, what make uninstall leaves, and programs that are linked with the
# library as it is installed. The tree's own build is installed, below folders of this test.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	# What the caller's make has to say is not meant for these.
	unset MAKEFLAGS MAKEOVERRIDES MFLAGS MAKELEVEL WERROR SAN STATIC DESTDIR prefix
	export STAGE="$BATS_FILE_TMPDIR/it's a stage" VERSION
	VERSION=$(sed -n 's/^VERSION := //p' GNUmakefile)
	make DESTDIR="$STAGE" prefix=/usr install
	# A path that a compiler's command can have without quotes.
	export USR="$BATS_FILE_TMPDIR/usr"
	ln -s "$STAGE/usr" "$USR"
	export PKG_CONFIG_PATH="$USR/lib/pkgconfig" LD_LIBRARY_PATH="$USR/lib"
}

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
}

# files FOLDER: one line for each file and link in it.
files() {
	find "$1" \( -type l -printf '%P -> %l\n' \) -o \( -type f -printf '%P\n' \) | LC_ALL=C sort
}

# wanted: the list that the tree keeps.
wanted() {
	sed "/^#/d; s/VERSION/$VERSION/g" tests/build/installed | LC_ALL=C sort
}

# kvet_pc OPTION...: the module as it is installed on the stage.
kvet_pc() {
	pkg-config --define-variable=prefix="$USR" "$@" kvet
}

@test "make install: the files that tests/build/installed lists, and no other" {
	diff <(wanted) <(files "$STAGE/usr")
	[ -z "$(find "$STAGE" -mindepth 1 -maxdepth 1 ! -name usr)" ]
	# Nobody but the owner may write, and everybody may read.
	[ -z "$(find "$STAGE" -type f \( -perm /022 -o ! -perm -444 \))" ]
	[ -z "$(find "$STAGE" -type f -perm /111 ! -name kvet ! -name 'libkvet.so.*')" ]
}

@test "make uninstall leaves nothing, and no file of others goes" {
	local stage="$BATS_TEST_TMPDIR/it's another"

	make DESTDIR="$stage" install
	diff <(wanted) <(files "$stage/usr/local")
	echo other >"$stage/usr/local/lib/libkvetch.so.0"
	make DESTDIR="$stage" uninstall
	[ "$(files "$stage")" = usr/local/lib/libkvetch.so.0 ]
	[ ! -e "$stage/usr/local/include/kvet" ]
	# Where nothing is installed, there is nothing to say.
	run make DESTDIR="$stage" uninstall
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "each folder goes where its variable says, and kvet.pc knows it" {
	local stage="$BATS_TEST_TMPDIR/stage" pc

	make DESTDIR="$stage" prefix=/p exec_prefix=/e includedir=/i mandir=/m install
	diff <(wanted | sed 's,^\(bin\|lib\)/,e/\1/,; s,^include/,i/,; s,^share/man/,m/,; s,^share/,p/share/,' | LC_ALL=C sort) \
		<(files "$stage")
	pc="$stage/e/lib/pkgconfig/kvet.pc"
	[ "$(pkg-config --cflags-only-I "$pc" | xargs)" = -I/i ]
	[ "$(pkg-config --libs-only-L "$pc" | xargs)" = -L/e/lib ]
}

@test "make install-strip installs the same files without symbols for debuggers" {
	local stage="$BATS_TEST_TMPDIR/stage" file

	make DESTDIR="$stage" install-strip
	diff <(wanted) <(files "$stage/usr/local")
	for file in bin/kvet "lib/libkvet.so.$VERSION"; do
		run readelf -SW "$stage/usr/local/$file"
		[[ $output == *.dynsym* ]]
		[[ $output != *.debug_info* && $output != *.symtab* ]]
	done
}

@test "libkvet.so.0 exports what its map names, with the version of its node" {
	local library="$STAGE/usr/lib/libkvet.so.0"

	readelf -dW "$library" | grep -F 'SONAME' | grep -F '[libkvet.so.0]'
	run ! grep -q TEXTREL <(readelf -dW "$library")
	diff <(awk '/^LIBKVET_/ { node = $1 } /^\t[^*].*;$/ { sub(/;/, ""); print $1 "@@" node }' lib/libkvet.map | LC_ALL=C sort) \
		<(nm -D --defined-only --with-symbol-versions "$library" | awk '$2 != "A" { print $3 }' | LC_ALL=C sort)
}

@test "kvet.pc: shared, a program names only the library; static, all that it is made of" {
	local word

	pkg-config --validate "$USR/lib/pkgconfig/kvet.pc"
	[ "$(kvet_pc --modversion)" = "$VERSION" ]
	[ "$(kvet_pc --libs | xargs)" = "-L$USR/lib -lkvet" ]
	[ "$(kvet_pc --cflags-only-I | xargs)" = "-I$USR/include" ]
	for word in -lkvet -lbpf -lelf -lz -llzma -lzstd -llz4 -lcap -liberty; do
		[[ " $(kvet_pc --static --libs) " == *" $word "* ]]
	done
}

# says EXPECTED-STATUS PROGRAM [ARGUMENT]: what it prints.
says() {
	run "${@:2}"
	[ "$status" -eq "$1" ]
}

@test "the examples are linked with the installed library, shared and static, and say the same" {
	local example shared static

	for example in probe trace; do
		shared="$BATS_TEST_TMPDIR/$example" static="$BATS_TEST_TMPDIR/$example.static"
		# shellcheck disable=SC2046 # words
		cc -Wall -Wextra -Werror -o "$shared" "tests/examples/$example.c" $(kvet_pc --cflags --libs)
		ldd "$shared" | grep -F "libkvet.so.0 => $USR/lib/libkvet.so.0"
		# shellcheck disable=SC2046 # words
		cc -static -Wall -Wextra -Werror -o "$static" "tests/examples/$example.c" $(kvet_pc --static --cflags --libs)
		run ! grep -q INTERP <(readelf -lW "$static")
	done
	for example in probe probe.static; do
		says 2 "$BATS_TEST_TMPDIR/$example" bpf_no_such_helper
		run "$BATS_TEST_TMPDIR/$example" ktime_get_ns
		# As root yes; else the cause is the second line.
		case $status in
		0) [ "$output" = 'bpf_ktime_get_ns: yes (loaded)' ] ;;
		3) [[ $output == 'bpf_ktime_get_ns: undetermined ('*$'\n'*bpf* ]] ;;
		*) false ;;
		esac
		printf '%s\n' "$status $output" >"$BATS_TEST_TMPDIR/said.$example"
	done
	cmp "$BATS_TEST_TMPDIR/said.probe" "$BATS_TEST_TMPDIR/said.probe.static"
	for example in trace trace.static; do
		says 3 "$BATS_TEST_TMPDIR/$example" vfs_read+zz
		[[ $output == *"'vfs_read+zz'"* ]]
	done
}

@test "the example of libkvet(3) is built as the page says, and does what it says" {
	local page="$STAGE/usr/share/man/man3/libkvet.3"

	awk '/^\.Ed/ { code = 0 } code { gsub(/\\e/, "\\"); print } /^\.Bd -literal/ { code = 1 }' "$page" \
		>"$BATS_TEST_TMPDIR/program.c"
	grep -F 'cc program.c $(pkg-config --cflags --libs kvet)' "$page"
	cd "$BATS_TEST_TMPDIR"
	# shellcheck disable=SC2046 # words
	cc -Wall -Wextra -Werror program.c $(kvet_pc --cflags --libs)
	says 1 ./a.out no_such_symbol
	[ -z "$output" ]
	# Whoever may not see addresses still finds the name.
	says 0 ./a.out "$(awk '$2 == "T" && !$4 { print $3; exit }' /proc/kallsyms)"
}

@test "a page is installed for each header, with the functions that it declares" {
	local header page function

	for header in lib/include/kvet/*.h; do
		page="$STAGE/usr/share/man/man3/libkvet-$(basename "$header" .h).3"
		while read -r function; do
			grep -qx ".Fo $function" "$page"
		done < <(sed -n 's/^[a-z][a-z_ ]*[ *]\(kvet_[a-z0-9_]*\)(.*/\1/p' <(grep -v ^typedef "$header"))
	done
}

@test "a program in C++17 is linked with the installed library" {
	command -v c++ >/dev/null || skip 'c++ is not installed'
	# shellcheck disable=SC2046 # words
	c++ -std=c++17 -Wall -Wextra -Werror -x c++ -o "$BATS_TEST_TMPDIR/probe" tests/examples/probe.c \
		$(kvet_pc --cflags --libs)
	says 2 "$BATS_TEST_TMPDIR/probe" bpf_no_such_helper
}
