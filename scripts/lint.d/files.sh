# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Rules for every file: its name, licence, length and format.

LINES_MOST=500

file_names() {
	awk -F/ '{
		for (i = 1; i <= NF; i++) {
			stem = $i
			sub(/\..*/, "", stem)
			# `kvet probe helpers` is about the helpers of BPF.
			if ($0 ~ /^(cmd\/probe|docs\/data\/.*|scripts\/reference\.d)\/helpers\./)
				continue
			if (stem ~ /^(util|utils|common|misc|helper|helpers|internal)$/)
				print $0 ": the name \"" stem "\" says nothing: name the file after its subject"
		}
	}
	/[^A-Za-z0-9._\/+-]/ { print $0 ": a file name may have only letters, digits and . _ - +: rename it" }
	' "$WORK/names"
}

# Recorded data, prose, patches (under the licence of what they change), .gitignore and what Debian gives
# a form have no licence line.
# shellcheck disable=SC2016 # $0 is awk's
file_licences() {
	awk '/\.[ch]$/ || !/^tests\/data\/|\.md$|\.patch$|^LICENSE|^\.gitignore$|^debian\/(changelog|copyright|source\/format)$/' "$WORK/text" |
		xargs awk -v line='SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause' '
			FNR <= 3 && index($0, line) { has[FILENAME] }
			END {
				for (i = 1; i < ARGC; i++)
					if (!(ARGV[i] in has))
						print ARGV[i] ":1: no licence line: add " line
			}'
}

# The kernel compares the string: with another one, it refuses GPL-only helpers.
bpf_licences() {
	files '^bpf/.*\.bpf\.c$' | while read -r file; do
		grep -qF 'SEC("license") = "Dual BSD/GPL";' "$file" ||
			echo "$file:1: no licence section: add char LICENSE[] SEC(\"license\") = \"Dual BSD/GPL\";"
	done
}

# A file that must be longer is listed here, with its reason.
file_lengths() {
	# A page describes its whole command, and cannot be split.
	files . '^(tests|docs)/data/|\.md$|^LICENSE|^man/' | xargs awk -v most="$LINES_MOST" '
		FNR == most + 1 {
			print FILENAME ":" FNR ": longer than " most " lines: split it by subject, or list it" \
				" in file_lengths() with the reason"
		}'
}

file_secrets() {
	xargs grep -HnE '(^|[^A-Za-z0-9_.])/(work|root|home)/|-----BEGIN [A-Z ]*PRIVATE KEY' \
		<"$WORK/text" | sed 's/$/ <- a path of one machine, or a private key: remove it/'
}

# `make install` has one list, and the tree another, which the build tests compare with what is there.
installed_files() {
	{
		files '^man/.*\.[378]$' | sed 's,^man/\(.*\)\([378]\)$,share/man/man\2/\1\2,'
		files '^lib/include/kvet/' | sed 's,^lib/,,'
		# Each header has a page that is made from it.
		files '^lib/include/kvet/' | sed 's,.*/\(.*\)\.h$,share/man/man3/libkvet-\1.3,'
	} | grep -vxFf tests/build/installed | sed 's,$, is installed: add it to tests/build/installed,'
	grep -E '^(include|share/man)/' tests/build/installed | while read -r file; do
		case $file in
		include/*) from=lib/$file ;;
		share/man/man3/libkvet-*) from=lib/include/kvet/${file##*/libkvet-} from=${from%3}h ;;
		*) from=man/${file##*/} ;;
		esac
		[ -e "$from" ] || echo "tests/build/installed: $file: there is no $from: remove it"
	done
}

# debian/changelog begins with the version that the makefile has.
package_version() {
	version=$(sed -n 's/^VERSION := //p' GNUmakefile)
	head -n 1 debian/changelog | grep -qF "kvet ($version)" ||
		echo "debian/changelog:1: not the version of GNUmakefile, $version: add an entry"
}

shell_scripts() {
	need shellcheck || return 0
	{
		files '\.(sh|bats)$'
		files . '\.(sh|bats)$' | xargs awk 'FNR == 1 && /^#!.*sh$/ { print FILENAME }'
	} | xargs shellcheck -x -f gcc
}

c_format() {
	need clang-format || return 0
	files '^(lib|cmd|bpf|tests)/.*\.[ch]$' | xargs clang-format --dry-run -Werror 2>&1 |
		awk -F: '/: error: code should be clang-formatted/ {
			if (!places[$1]++)
				first[$1] = $2
		}
		/^Error|^[^ :]*clang-format:/
		END {
			for (file in places)
				print file ":" first[file] ": the first of " places[file] \
					" places: run clang-format -i " file
		}' | sort
}
