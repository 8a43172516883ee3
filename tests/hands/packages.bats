#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2030,SC2031,SC2154
# Debian's packages and the static archive: what is in them, and that equal trees make equal bytes.

bats_require_minimum_version 1.5.0

setup_file() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	alone
	VERSION=$(sed -n 's/^VERSION := //p' GNUmakefile)
	export VERSION DEBS="$PWD/build/deb" OTHER="$BATS_FILE_TMPDIR/another/kvet"
	if command -v dh >/dev/null; then
		DEB_BUILD_OPTIONS=noautodbgsym make deb
	fi
}

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	alone
}

# files PACKAGE...: what they install, without folders.
files() {
	local package

	for package; do
		dpkg-deb --fsys-tarfile "$DEBS/${package}_${VERSION}"_*.deb | tar -t | sed -n '/[^/]$/s,^\.,,p'
	done | LC_ALL=C sort
}

# tomorrow COMMAND...: in another, another day, zone and language.
tomorrow() {
	(cd "$OTHER" && umask 027 && TZ=Pacific/Auckland LC_ALL=C.UTF-8 faketime -f '+1d' "$@")
}

@test "make deb: three packages, which together have what make install installs" {
	local triple

	requires dh
	triple=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
	diff <(sed "/^#/d; s/VERSION/$VERSION/g; s, -> .*,,; s,^lib/,lib/$triple/,; s,^share/zsh/site-functions,share/zsh/vendor-completions,
		s,^share/man/.*,&.gz,; s,^,/usr/," tests/build/installed | LC_ALL=C sort) \
		<(files kvet libkvet0 libkvet-dev | grep -v ^/usr/share/doc/)
	[ "$(files libkvet0 | grep -v ^/usr/share/doc/)" = "/usr/lib/$triple/libkvet.so.0
/usr/lib/$triple/libkvet.so.$VERSION" ]
	files kvet | grep -q '^/usr/bin/kvet$'
	files libkvet-dev | grep -q "^/usr/lib/$triple/libkvet.a$"
	# The program has no use for the shared library.
	run dpkg-deb -f "$DEBS/kvet_${VERSION}"_*.deb Depends
	[[ $output == *libbpf1* && $output != *libkvet0* ]]
}

@test "lintian --pedantic has nothing to say about the packages and their source" {
	requires dh lintian
	# Not --fail-on: it also counts tags that lintian itself takes back.
	run lintian --display-info --pedantic --tag-display-limit 0 "$DEBS"/*.changes
	[ "$status" -eq 0 ]
	run grep -E '^[EWIP]:' <<<"$output"
	[ -z "$output" ]
	# Each override says why: a comment stands right above it, or above the one before.
	awk '/^$/ { reason = 0 } /^#/ { reason = 1 } /^[^#]/ && !reason { exit 1 }' debian/source/lintian-overrides
}

@test "debian/tests pass with what is in the packages" {
	local root="$BATS_TEST_TMPDIR/root" triple package name

	requires dh
	triple=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
	for package in kvet libkvet0 libkvet-dev; do
		dpkg-deb -x "$DEBS/${package}_${VERSION}"_*.deb "$root"
	done
	export AUTOPKGTEST_TMP="$BATS_TEST_TMPDIR/work"
	mkdir "$AUTOPKGTEST_TMP"
	for name in program library; do
		grep -qx "Tests: $name" debian/tests/control
		PATH="$root/usr/bin:$PATH" LD_LIBRARY_PATH="$root/usr/lib/$triple" \
			PKG_CONFIG_PATH="$root/usr/lib/$triple/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$root" "debian/tests/$name"
	done
}

@test "two folders and two days make the same packages and the same static archive" {
	local file same=0

	requires dh faketime
	mkdir -p "${OTHER%/*}"
	dpkg-source --no-check -x "$DEBS/kvet_$VERSION.dsc" "$OTHER"
	DEB_BUILD_OPTIONS=noautodbgsym tomorrow make deb
	for file in "$DEBS"/*.deb; do
		cmp "$file" "$OTHER/build/deb/${file##*/}"
		same=$((same + 1))
	done
	[ "$same" -ge 3 ]
	make -j"$(nproc)" dist-static
	tomorrow make -j"$(nproc)" dist-static
	file=$(ls build/kvet-"$VERSION"-linux-*.tar.gz)
	cmp "$file" "$OTHER/$file"
}

@test "the static archive: a program without a library, its pages and completion" {
	local name folder="$BATS_TEST_TMPDIR"

	make -j"$(nproc)" dist-static
	tar -xzf build/kvet-"$VERSION"-linux-*.tar.gz -C "$folder"
	name=$(ls "$folder")
	[ "$(env -i "$folder/$name/bin/kvet" --version | head -n 1)" = "kvet $VERSION" ]
	run ! grep -q INTERP <(readelf -lW "$folder/$name/bin/kvet")
	run ! grep -q '\.symtab' <(readelf -SW "$folder/$name/bin/kvet")
	diff <(sed -n '/^#/d; /^share\/man\/man3/d; /^bin\/\|^share\//p' tests/build/installed | { echo LICENSE; cat; } | LC_ALL=C sort) \
		<(cd "$folder/$name" && find . -type f -printf '%P\n' | LC_ALL=C sort)
}
