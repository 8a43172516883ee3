# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Rules for the interface of libkvet: the archive's symbols, the public headers.

# Reads "ARCHIVE:MEMBER.o: ..." of nm -A, and prints the member's source and the symbol.
sources() {
	awk '{
		n = split($1, part, ":")
		member = part[2]
		sub(/\.o$/, ".c", member)
		print member, $NF
	}'
}

# at MEMBER.c WORD: FILE:LINE where the library's source has the word, or just the file.
at() {
	awk -F: -v member="/$1" -v word="(^|[^A-Za-z0-9_])$2([^A-Za-z0-9_]|$)" '
		$1 ~ /^lib\// && substr($1, length($1) - length(member) + 1) == member {
			file = $1
			if (match(substr($0, length($1 $2) + 3), word)) {
				line = ":" $2
				exit
			}
		}
		END { print file ? file line : substr(member, 2) }' "$WORK/code"
}

instrumented() {
	"$NM" "$ARCHIVE" | grep -q ' U __asan_init$' || return
	echo 'SKIP the sanitizer adds symbols of its own'
}

# Also finds the names that the compiler uses instead: __fprintf_chk, __assert_fail.
archive_calls() {
	instrumented && return
	"$NM" -A -u "$ARCHIVE" | sources | sort -u | while read -r source symbol; do
		word=${symbol#__} word=${word%_chk}
		case $source:$word in
		# The forked child that asks libbpf must stop for its tracer, and must end
		# without running the exit handlers of its parent program.
		libbpf_trace.c:raise | libbpf_trace.c:_exit | reach_read.c:_exit) continue ;;
		# So does the one that loads an object.
		object/child.c:_exit | child.c:_exit) continue ;;
		esac
		case $word in
		*printf)
			case $word in *snprintf | *asprintf) continue ;; esac ;;
		puts | fputs | putc | fputc | putchar | fwrite | perror | psignal) ;;
		err | errx | warn | warnx | syslog | stdout | stderr) ;;
		exit | _exit | _Exit | quick_exit | abort | raise | assert_fail) ;;
		*) continue ;;
		esac
		echo "$(at "$source" "$word"): libkvet must not use $symbol: return an error" \
			"(kvet_fail()), and let the program report it or exit"
	done
}

archive_names() {
	instrumented && return
	"$NM" -A -g --defined-only "$ARCHIVE" | sources | grep -v ' kvet_' |
		while read -r source symbol; do
			echo "$(at "$source" "$symbol"): $symbol is global: make it static, or" \
				"name it kvet_<noun>_<verb>"
		done
}

# Writable sections are told by name: nm's letter d also means constant tables with pointers
# (.data.rel.ro), which are read-only after relocation.
archive_state() {
	instrumented && return
	"$NM" -A -f sysv "$ARCHIVE" | awk -F'|' '
		$7 ~ /^\.text/ { seen = 1 }
		$7 ~ /^\.(data|bss|tdata|tbss)|^\*COM\*/ && $7 !~ /^\.data\.rel\.ro/ {
			symbol = $1
			sub(/ *$/, "", symbol)
			sub(/.*:/, "", symbol)
			sub(/:[^:]*$/, ":", $1)
			print $1, symbol
		}
		END { if (!seen) print "nm -f sysv shows no sections" >"/dev/stderr" }' | sources |
		while read -r source symbol; do
			echo "$(at "$source" "${symbol%.[0-9]*}"): $symbol is a mutable global: make it" \
				"const, or let the caller own it"
		done
}

# The functions of the public headers and the names in lib/libkvet.map are the same.
archive_exports() {
	{
		grep '^lib/include/kvet/' "$WORK/code" | grep -v ':typedef ' |
			sed -n 's/^\([^:]*:[0-9]*\):.*[^A-Za-z0-9_]\(kvet_[a-z0-9_]*\) *(.*/declared \1 \2/p'
		awk '/^\tkvet_.*;$/ { print "exported", FILENAME ":" FNR, substr($1, 1, length($1) - 1) }' \
			lib/libkvet.map
	} | awk '
		{ where[$1, $3] = $2; names[$3] }
		$1 == "declared" { declared++ }
		END {
			for (name in names)
				if (!(("exported", name) in where))
					print where["declared", name] ": " name " is not exported: add it to" \
						" the newest node of lib/libkvet.map"
				else if (!(("declared", name) in where))
					print where["exported", name] ": no public header declares " name ": remove it"
			if (!declared)
				print "no public header declares a function"
		}' | sort
}

# headers_alone LANGUAGE: c or c++
headers_alone() {
	case $1 in
	c) compile="$CC -std=c11" ;;
	c++) compile="$CXX -std=c++17" ;;
	esac
	need "$compile" || return 0
	files '^lib/include/kvet/' | while read -r header; do
		echo "#include <${header#lib/include/}>" |
			$compile -x "$1" -pedantic-errors -Wall -Wextra -Werror -fsyntax-only \
				-Ilib/include -
	done
}

# Files that call each other in a circle cannot be read one after the other. Reads the objects, because
# the archive's members have no folder.
archive_circles() {
	instrumented && return
	objects=$(files '^lib/.*\.c$' | sed "s|^|${ARCHIVE%/*}/obj/|; s|c\$|o|")
	# shellcheck disable=SC2086 # a list of names
	"$NM" -A -g $objects | awk '
		{
			file = $1
			sub(/.*\/obj\//, "", file)
			sub(/\.o:.*/, ".c", file)
			symbol = $NF
			if ($(NF - 1) == "U")
				uses[file, symbol]
			else
				owner[symbol] = file
		}
		END {
			for (key in uses) {
				split(key, part, SUBSEP)
				if (part[2] in owner && owner[part[2]] != part[1])
					print part[1], owner[part[2]]
			}
		}' | sort -u | tsort 2>&1 >/dev/null | sed 's/^tsort: //; s/^-: .*loop:/a circle of calls:/'
}
