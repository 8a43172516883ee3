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
	grep -nE '^\..*Ql .* (,|Ql|No) .' man/*.8 | sed 's/:\..*/: Ql quotes the rest of its line: use one line for each/'
}

page_lint() {
	need mandoc || return 0
	mandoc -Tlint -Wwarning man/*.8 | sed 's/^mandoc: //'
}

page_shape() {
	for page in man/*.8; do
		sections=$(sed -n 's/^\.Sh //p' "$page" | grep -vx 'ENVIRONMENT\|FILES\|CAPABILITIES\|CONTAINERS' | tr '\n' ,)
		fixed='NAME,SYNOPSIS,DESCRIPTION,OPTIONS,OUTPUT,EXIT STATUS,EXAMPLES,SEE ALSO,'
		[ "$sections" = "$fixed" ] ||
			echo "$page: the sections are $sections but must be $fixed"
		grep -noE 'Xr kvet[a-z-]* 8' "$page" | while IFS=' :' read -r line _ name _; do
			[ -f "man/$name.8" ] || echo "$page:$line: there is no page $name(8)"
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
