# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Rules for commands and their manual pages. The program itself lists its commands.

# page_of COMMAND: "ksyms lookup" or, for all of them, "kvet"
page_of() {
	case $1 in
	kvet) echo man/kvet.8 ;;
	*) echo "man/kvet-$1.8" | tr ' ' - ;;
	esac
}

command_files() {
	while read -r command; do
		under=$(echo "$command" | tr ' ' _)
		case $command in
		*' '*) source=cmd/$(echo "$command" | tr ' ' /).c ;;
		*) source=cmd/$command/$command.c ;;
		esac
		for file in "$(page_of "$command")" "$source" "tests/cmd/$under.bats"; do
			[ -f "$file" ] || echo "$file: missing: kvet $command requires it"
		done
		[ "$(grep -cx "COMMAND($under)" cmd/commands.def)" = 1 ] ||
			echo "cmd/commands.def: requires exactly one line COMMAND($under)"
	done <"$WORK/commands"
}

page_orphans() {
	for page in man/*.8; do
		{ echo kvet && cat "$WORK/commands"; } | while read -r command; do
			page_of "$command"
		done | grep -qxF "$page" ||
			echo "$page: kvet has no such command: remove the page, or add the command"
	done
}

# groff(1), which Debian's man(1) uses, quotes everything after Ql on its line; mandoc each word.
page_quotes() {
	grep -nE '^\..*Ql .* (,|Ql|No) .' man/*.[378] | sed 's/:\..*/: Ql quotes the rest of its line: use one line for each/'
}

page_lint() {
	need mandoc || return 0
	mandoc -Tlint -Wwarning man/*.[378] | sed 's/^mandoc: //'
}

# header_pages: makes the page of each public header, in $WORK/man3.
header_pages() {
	mkdir -p "$WORK/man3"
	files '^lib/include/kvet/' | while read -r header; do
		awk -v date='January 1, 2000' -f man/header.awk "$header" >"$WORK/man3/libkvet-$(basename "$header" .h).3"
	done
}

# What the pages of the library have: each function, in the synopsis of one, and each of them in libkvet(3).
library_pages() {
	header_pages
	sed -n 's/^\t\(kvet_[a-z0-9_]*\);$/\1/p' lib/libkvet.map >"$WORK/exported"
	[ -s "$WORK/exported" ] || echo 'lib/libkvet.map: no function'
	cat "$WORK"/man3/*.3 | sed -n 's/^\.Fo //p' | sort | uniq -c | awk '{ print $2, $1 }' >"$WORK/synopses"
	while read -r function; do
		grep -qx "$function 1" "$WORK/synopses" ||
			echo "man/header.awk: $function must be in the synopsis of one page: how is it declared?"
	done <"$WORK/exported"
	for page in "$WORK"/man3/*.3; do
		name=$(basename "$page" .3)
		grep -q "^\.It Xr $name 3" man/libkvet.3 || echo "man/libkvet.3: does not mention $name(3)"
	done
	need mandoc || return 0
	mandoc -Tlint -Wwarning "$WORK"/man3/*.3 | sed "s,^mandoc: $WORK/man3/,made from its header: ,"
}

page_shape() {
	for page in man/*.8; do
		sections=$(sed -n 's/^\.Sh //p' "$page" | grep -vx 'ENVIRONMENT\|FILES\|CAPABILITIES\|CONTAINERS' | tr '\n' ,)
		fixed='NAME,SYNOPSIS,DESCRIPTION,OPTIONS,OUTPUT,EXIT STATUS,EXAMPLES,SEE ALSO,'
		[ "$sections" = "$fixed" ] ||
			echo "$page: the sections are $sections but must be $fixed"
	done
	for page in man/*.[378]; do
		grep -noE 'Xr (lib)?kvet[a-z_-]* [378]' "$page" | while IFS=' :' read -r line _ name section; do
			[ -f "man/$name.$section" ] || [ -f "lib/include/kvet/${name#libkvet-}.h" ] ||
				echo "$page:$line: there is no page $name($section)"
		done
	done
	while read -r command; do
		name=$(basename "$(page_of "$command")" .8)
		grep -q "^\.\(It \)\?Xr $name 8" man/kvet.8 ||
			echo "man/kvet.8: does not mention $name(8)"
	done <"$WORK/commands"
}

# page_agrees COMMAND: the rendered page has the same usage, options and fields, in the same order, as
# --help-all and --help-fields.
page_agrees() {
	need mandoc || return 0
	page=$(page_of "$1")
	case $1 in
	kvet)
		program=1
		"$KVET" --help-all
		;;
	*)
		program=0
		# shellcheck disable=SC2086 # a command's name is one or two words
		"$KVET" $1 --help-all && "$KVET" $1 --help-fields
		;;
	esac >"$WORK/help"
	awk -v program=$program -f "$LINT/help.awk" "$WORK/help" >"$WORK/told"
	# Wide enough that no line is broken; without overstrikes (bold, underlined).
	mandoc -Tascii -Owidth=500 "$page" | sed "s/.$(printf '\b')//g" |
		awk -v program=$program -f "$LINT/page.awk" >"$WORK/written"
	[ -s "$WORK/told" ] || echo "$LINT/help.awk: found nothing in the help of $1"
	diff "$WORK/told" "$WORK/written" | while read -r side what; do
		case $side in
		'<') echo "$page: missing, or out of order: $what" ;;
		'>') echo "$page:$(line_of "$page" "$what"): not in --help-all, or out of order: $what" ;;
		esac
	done
}

# line_of PAGE WHAT: the line of the page that WHAT, a line printed by page.awk, comes from.
line_of() {
	case $2 in
	usage*) pattern='^\.Sh SYNOPSIS' ;;
	option*) pattern="^\.It .*Fl $(echo "$2" | sed 's/.*-\(-[a-z0-9-]*\).*/\1/')" ;;
	field*) pattern="^\.It Va $(echo "$2" | cut -d' ' -f3)" ;;
	esac
	grep -n -m1 -e "$pattern\( \|$\)" "$1" | cut -d: -f1
}
