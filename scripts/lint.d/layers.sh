# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Rules for layers: include lines, and calls that only some files may make.

# FILE:LINE NAME of each include line, NAME with its quotes or brackets.
includes() {
	sed -n 's/^\([^:]*:[0-9]*\):#include /\1 /p' "$WORK/code"
}

# The layers of lib/, lowest first. A part includes only parts of lower layers. A part is a folder of
# lib/ or a public header (ksyms_text.h belongs to ksyms); cause belongs to core, refusal to host,
# stamp to clock, expression and condition to kprobe.
lib_layers() {
	includes | awk -v floors='core:0 host:1 bpf:2 usyms:2 probe:3 ksyms:3 clock:3 kprobe:4 feature:4 kfunc:4 trace:5 object:5 doctor:5' '
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
		sub(/[\/._].*/, "", path)
		if (path == "refusal")
			return "host"
		if (path == "expression" || path == "condition")
			return "kprobe"
		if (path == "stamp")
			return "clock"
		return path ~ /^(cause|nearest)$/ ? "core" : path
	}
	/^lib\// {
		from = wing($1)
		name = substr($2, 2, length($2) - 2)
		if (!(from in floor)) {
			print $1 ": " from " has no layer: give it one in lib_layers()"
			next
		}
		if (name ~ /\.\./)
			print $1 ": " $2 ": name a header by its path below lib/, as in \"host/x.h\""
		if ($2 ~ /^</ && name !~ /^kvet\//)
			next
		to = wing(name)
		if (to != from && to in floor && floor[to] >= floor[from])
			print $1 ": " from " must not include " to ": move what " from " requires of " $2 \
				" to a lower layer, or let the caller pass it"
	}'
}

libbpf='^<(bpf/|linux/bpf\.h)'

public_includes() {
	includes | awk -v libbpf="$libbpf" '
		/^lib\/include\// && ($2 ~ /^"/ || $2 ~ libbpf) {
			print $1 ": a public header may include only <kvet/...> and the C library, not " $2
		}'
}

cmd_includes() {
	includes | awk -v libbpf="$libbpf" '
		/^cmd\// && $2 ~ libbpf {
			print $1 ": cmd/ must not include " $2 ": let libkvet provide what it is for"
		}'
	# A name in quotes is a header of the same folder, or one named from cmd/ on, or one of the
	# headers of core/ whose functions are all inline, or a script that was made a string. A noun does not see the folder of another.
	includes | grep '^cmd/.* "' | tr -d '"' | while read -r where name; do
		case $name in
		core/array.h | core/ring.h | core/text.h | core/time.h | gen/completion_*.inc) continue ;;
		*..*) ;;
		*)
			[ -e "$(dirname "${where%%:*}")/$name" ] && continue
			case $where in
			cmd/output/*) ;;
			*) [ -e "cmd/$name" ] && continue ;;
			esac
			;;
		esac
		echo "$where: cmd/ may include only <kvet/...>, the inline headers of core/ and its own" \
			"headers (cmd/output/: only those of its folder), not \"$name\""
	done
}

# words REGEX PLACES BUT ADVICE: where code in PLACES, but not in BUT, has a word that matches REGEX.
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
		'^cmd/' '^cmd/(main|stop|child)\.c$' \
		'return a status; report with context_error() or context_note()'
}

errno_at_once() {
	awk -f "$LINT/errno.awk" "$WORK/code"
}

cmd_writers() {
	words '(v?d?f?printf|f?puts|f?putc|putchar|fwrite|write) *\(|stdout' \
		'^cmd/' '^cmd/((main|stop|help|child)\.c$|output/)' \
		'pass a record to output_record(): the renderers write it'
}

# host/ looks from below whether a seccomp filter lets the call through, and probe/ knows its number.
bpf_callers() {
	words '(__NR_bpf|SYS_bpf)([^A-Za-z0-9_]|$)|(^|[^A-Za-z0-9_])bpf_(prog_load|map_create|btf_load|iter_create|obj_get_info_by_fd) *\(' \
		'^lib/' '^lib/(bpf/|host/reach_read\.c$|probe/syscall_names\.c$)' \
		'call bpf(2) through lib/bpf/, which fills the cause'
}
