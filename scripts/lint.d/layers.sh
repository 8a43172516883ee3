# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Rules for who knows whom: include lines, and the calls that only one place may make.

# FILE:LINE NAME of each include line, NAME with its quotes or brackets.
includes() {
	sed -n 's/^\([^:]*:[0-9]*\):#include /\1 /p' "$WORK/code"
}

# The floors of lib/, from below; two wings of one floor do not know each other. A wing is
# a folder of lib/ or a public header; cause and error belong to core, refusal to host, stamp
# to clock.
lib_layers() {
	includes | awk -v floors='core:0 host:1 bpf:2 probe:3 ksyms:3 clock:3 kprobe:4 trace:5' '
	BEGIN {
		n = split(floors, pair, " ")
		for (i = 1; i <= n; i++) {
			split(pair[i], part, ":")
			floor[part[1]] = part[2]
		}
	}
	function wing(path) {
		sub(/^lib\/(include\/kvet\/)?/, "", path)
		sub(/^kvet\//, "", path)
		sub(/[\/.].*/, "", path)
		if (path == "refusal")
			return "host"
		if (path == "stamp")
			return "clock"
		return path ~ /^(cause|error|nearest)$/ ? "core" : path
	}
	/^lib\// {
		from = wing($1)
		name = substr($2, 2, length($2) - 2)
		if (!(from in floor)) {
			print $1 ": " from " has no floor: give it one in lib_layers()"
			next
		}
		if (name ~ /\.\./)
			print $1 ": " $2 ": name a header from lib/ on, as \"host/x.h\""
		if ($2 ~ /^</ && name !~ /^kvet\//)
			next
		to = wing(name)
		if (to != from && to in floor && floor[to] >= floor[from])
			print $1 ": " from " may not know " to ": move what " from " needs of " $2 \
				" to a floor below, or let the caller hand it in"
	}'
}

libbpf='^<(bpf/|linux/bpf\.h)'

public_includes() {
	includes | awk -v libbpf="$libbpf" '
		/^lib\/include\// && ($2 ~ /^"/ || $2 ~ libbpf) {
			print $1 ": a public header includes <kvet/...> and the C library: not " $2
		}'
}

cmd_includes() {
	includes | awk -v libbpf="$libbpf" '
		/^cmd\// && $2 ~ libbpf {
			print $1 ": cmd/ knows no " $2 ": ask libkvet for what it is needed for"
		}'
	# A name in quotes is a file of the folder it stands in, or of one below; or one of the headers
	# of core/ that have no function behind them.
	includes | grep '^cmd/.* "' | tr -d '"' | while read -r where name; do
		case $name in
		core/array.h | core/ring.h | core/text.h | core/time.h) continue ;;
		*..*) ;;
		*) [ -e "$(dirname "${where%%:*}")/$name" ] && continue ;;
		esac
		echo "$where: cmd/ knows <kvet/...>, those headers of core/ that have no function behind them, and its own headers, cmd/output/ only" \
			"those of its folder: not \"$name\""
	done
}

# words REGEX PLACES BUT ADVICE: where code in PLACES, but not in BUT, has such a word.
words() {
	awk -F: -v word="(^|[^A-Za-z0-9_])($1)" -v places="$2" -v but="$3" -v advice="$4" '
		{ code = substr($0, length($1 $2) + 3) }
		$1 ~ places && $1 !~ but && match(code, word) {
			found = substr(code, RSTART, RLENGTH)
			gsub(/[^A-Za-z0-9_]/, "", found)
			print $1 ":" $2 ": " found ": " advice
		}' "$WORK/code"
}

cmd_endings() {
	words '(_?exit|_Exit|quick_exit|abort|raise|perror|errx?|warnx?) *\(|stderr|STDERR_FILENO' \
		'^cmd/' '^cmd/(main|stop)\.c$' \
		'return a status; context_error() and context_note() speak to the user'
}

errno_at_once() {
	awk -f "$LINT/errno.awk" "$WORK/code"
}

cmd_writers() {
	words '(v?d?f?printf|f?puts|f?putc|putchar|fwrite|write) *\(|stdout' \
		'^cmd/' '^cmd/((main|stop|help)\.c$|output/)' \
		'hand a record to output_record(): the renderers write it'
}
