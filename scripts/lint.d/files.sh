# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Rules for every file: its name, licence, length and looks.

LINES_MOST=500

file_names() {
	awk -F/ '{
		for (i = 1; i <= NF; i++) {
			stem = $i
			sub(/\..*/, "", stem)
			if (stem ~ /^(util|utils|common|misc|helper|helpers|internal)$/)
				print $0 ": \"" stem "\" says nothing: name it after the noun it is about"
		}
	}
	/[^A-Za-z0-9._\/+-]/ { print $0 ": a name of letters, digits and . _ - + alone, please" }
	' "$WORK/names"
}

# Recorded data, prose, and git's own list bear no licence line.
# shellcheck disable=SC2016 # awk has a $0 of its own
file_licences() {
	awk '/\.[ch]$/ || !/^tests\/data\/|\.md$|^LICENSE|^\.gitignore$/' "$WORK/text" |
		xargs awk -v line='SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause' '
			FNR <= 3 && index($0, line) { has[FILENAME] }
			END {
				for (i = 1; i < ARGC; i++)
					if (!(ARGV[i] in has))
						print ARGV[i] ":1: wants " line
			}'
}

# The kernel compares the words: others would shut out its GPL-only helpers.
bpf_licences() {
	files '^bpf/.*\.bpf\.c$' | while read -r file; do
		grep -qF 'SEC("license") = "Dual BSD/GPL";' "$file" ||
			echo "$file:1: wants char LICENSE[] SEC(\"license\") = \"Dual BSD/GPL\";"
	done
}

# A file that has to be longer is named here, with its reason.
file_lengths() {
	# A page holds all of its command, and cannot be parted.
	files . '^tests/data/|\.md$|^LICENSE|^man/' | xargs awk -v most="$LINES_MOST" '
		FNR == most + 1 {
			print FILENAME ":" FNR ": over " most " lines: part it at its nouns, or name it" \
				" in file_lengths() with the reason"
		}'
}

file_secrets() {
	xargs grep -HnE '(^|[^A-Za-z0-9_.])/(work|root|home)/|-----BEGIN [A-Z ]*PRIVATE KEY' \
		<"$WORK/text" | sed 's/$/ <- of one machine, or secret: take it out/'
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
