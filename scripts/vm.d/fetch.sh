# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# The part of scripts/vm that gets Debian's kernels into the cache, by scripts/mirror.sh. Sourced;
# its variables are scripts/vm's.
#
# shellcheck disable=SC2154,SC2034 # set and used there

# A suite that the mirror does not have is passed over.
main_suites='bullseye bookworm bookworm-backports trixie trixie-backports'
security_suites='bullseye-security bookworm-security trixie-security'
# For tests that load and remove one: they need no hardware. vfat depends on fat, which has names
# that the kernel has too. nf_conntrack and tcp_bbr have functions that BPF programs may call;
# nf_conntrack depends on nf_defrag_*, and on libcrc32c where that is a module.
module_names='dummy fat libcrc32c loop nf_conntrack nf_defrag_ipv4 nf_defrag_ipv6 tcp_bbr vfat'

# Prints "PACKAGE VERSION SUITE" of the newest cloud kernel that NAME stands for.
resolve() {
	series=$1 suite=.
	case $1 in
	newest) series='[0-9]+\.[0-9]+' ;;
	5.10) suite='^bullseye' ;;
	6.1 | 6.12) suite='^bookworm' ;;
	esac
	private "$cache/apt" apt-cache pkgnames linux-image- |
		grep -E "^linux-image-[0-9].*-$kernel_flavour$" >"$stage/images" || return 0
	# shellcheck disable=SC2046 # package names
	private "$cache/apt" apt-cache madison $(cat "$stage/images") |
		awk -v series="^$(printf '%s' "$series" | sed 's/^\([0-9]*\)\.\([0-9]*\)$/\1[.]\2/')[.~-]" \
			-v suite="$suite" '
			{ split($6, release, "/") }
			$3 ~ series && release[1] ~ suite { print $3, $1, release[1] }' |
		sort -V -k 1,1 | awk 'END { if (NR) print $2, $1, $3 }'
}

# has_modules FOLDER: was this kernel unpacked with the modules of today? One that lacks some has
# none of that name in its packages.
has_modules() {
	[ "$(cat "$1/modules/names" 2>/dev/null)" = "$module_names" ]
}

# fetch_kernel NAME: the lock is held. Fails if there is no such kernel, here or there.
fetch_kernel() {
	name=$1 cached='' found=''
	if [ -e "$cache/names/$name" ]; then cached=$(cached_release "$name"); fi
	found=$(resolve "$name")
	if [ -z "$found" ]; then
		if [ -z "$cached" ]; then
			note "$name: no such kernel in the cache or in the package lists"
			return 1
		fi
		note "$name: not in the package lists; using the cached $cached"
		return 0
	fi
	package=${found%% *} suite=${found##* }
	version=${found#* } version=${version% *}
	release=${package#linux-image-}
	folder=${release}_$version
	if [ ! -e "$cache/kernels/$folder/vmlinuz" ] || ! has_modules "$cache/kernels/$folder"; then
		note "$name: fetching $package $version from $suite"
		if ! unpack_kernel; then
			if [ -z "$cached" ]; then
				note "$name: $package $version could not be fetched"
				return 1
			fi
			note "$name: $version could not be fetched; using the cached $cached"
			return 0
		fi
	elif [ "$renewed" = false ]; then
		note "$name: using the cached $release"
	fi
	rm -f "$stage/link"
	ln -s "../kernels/$folder" "$stage/link"
	mv -T "$stage/link" "$cache/names/$name"
	printf '%s %s %s\n' "$name" "$release" "$version"
}

# Brings $package and the packages it keeps its files in to kernels/$folder.
unpack_kernel() {
	rm -rf "$stage/debs" "$stage/tree" "$stage/new"
	mkdir "$stage/debs" "$stage/tree" "$stage/new"
	download "$package" || return 1
	# From 6.19 on the image is a stub: the kernel, its config and its modules are in others. An image
	# can depend on such a package before the mirror has it, and hold all itself (6.18.15).
	for dependency in $(dpkg-deb -f "$stage/debs/"*.deb Depends | tr ',' '\n' |
		sed -n 's/^ *\(linux-\(binary\|base\|modules\)-[0-9][^ ]*\).*/\1/p'); do
		if private "$cache/apt" apt-cache madison "$dependency" | grep -Fq " $version "; then
			download "$dependency" || return 1
		fi
	done
	set --
	for module in $module_names; do set -- "$@" "*/$module.ko" "*/$module.ko.xz"; done
	for deb in "$stage/debs/"*.deb; do
		dpkg-deb --fsys-tarfile "$deb" >"$stage/deb.tar" || return 1
		# tar complains about each pattern that this package does not have.
		tar -x -f "$stage/deb.tar" -C "$stage/tree" --wildcards \
			'./boot/*' './usr/lib/modules/*/vmlinuz' './usr/lib/modules/*/config*' \
			'./usr/lib/linux/*' "$@" 2>/dev/null || :
	done
	rm -rf "$stage/debs" "$stage/deb.tar"
	find "$stage/tree" -type f -name 'vmlinuz*' -exec mv {} "$stage/new/vmlinuz" \;
	find "$stage/tree" -type f \( -name "config-*" -o -name config \) \
		-exec mv {} "$stage/new/config" \;
	if [ ! -s "$stage/new/vmlinuz" ]; then
		note "$package $version: no kernel in this package"
		return 1
	fi
	[ -s "$stage/new/config" ] || note "$package $version: no config in this package"
	printf '%s\n' "$release" >"$stage/new/release"
	printf '%s\n' "$version" >"$stage/new/version"
	keep_modules || return 1
	if [ ! -e "$cache/kernels/$folder" ]; then
		mv -T "$stage/new" "$cache/kernels/$folder"
		return
	fi
	# A cache of before the modules, which guests may use now: each file is there or is not.
	mkdir -p "$cache/kernels/$folder/modules"
	mv "$stage/new/modules/"*.ko "$cache/kernels/$folder/modules" &&
		mv "$stage/new/modules/names" "$cache/kernels/$folder/modules/names"
}

# From $stage/tree to $stage/new/modules, as insmod requires them.
keep_modules() {
	mkdir "$stage/new/modules"
	for module in $module_names; do
		find "$stage/tree" -type f \( -name "$module.ko" -o -name "$module.ko.xz" \) \
			-exec mv {} "$stage/new/modules" \;
		if [ -e "$stage/new/modules/$module.ko.xz" ]; then
			xz -d "$stage/new/modules/$module.ko.xz" || return 1
		elif [ ! -e "$stage/new/modules/$module.ko" ]; then
			note "$package $version: no module $module in this package"
		fi
	done
	printf '%s\n' "$module_names" >"$stage/new/modules/names"
}

# apt checks the package against the signed list.
download() {
	(cd "$stage/debs" &&
		private "$cache/apt" apt-get -qq download "$1=$version" >"$stage/log" 2>&1) && return 0
	sed 's/^/vm: apt: /' "$stage/log" >&2
	return 1
}

fetch() {
	need apt-get apt
	need dpkg-deb dpkg
	need flock util-linux
	need xz xz-utils
	mkdir -p "$cache/kernels" "$cache/names"
	for name; do
		printf '%s\n' "$name" | grep -Eqx 'newest|[0-9]+\.[0-9]+' ||
			wrong_use "$name: a kernel to fetch is MAJOR.MINOR or newest"
	done
	exec 9>"$cache/lock"
	if ! flock -n 9; then
		note "waiting for another fetch to end"
		flock 9
	fi
	stage=$(mktemp -d "$cache/stage.XXXXXX")
	mirror_state "$cache/apt" "$debian_arch" "$main_suites" "$security_suites"
	renewed=true
	if ! private "$cache/apt" apt-get -q update -o APT::Update::Error-Mode=any >"$stage/log" 2>&1; then
		grep '^[EW]:' "$stage/log" | sed 's/^/vm: apt: /' >&2 || :
		note "not every package list could be renewed; going on with what is there"
		renewed=false
	fi
	result=0
	for name; do
		fetch_kernel "$name" || result=3
	done
	# apt makes these anew, at 170 MB, from the lists.
	rm -rf "$stage" "$cache/apt/pkgcache.bin" "$cache/apt/srcpkgcache.bin"
	stage=''
	exec 9>&-
	return $result
}
