#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet completion: what fits a command line, and that bash, zsh and fish complete it, without a terminal.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	SCRIPTS=$BATS_TEST_DIRNAME/../../cmd/completion
	mkdir "$BATS_TEST_TMPDIR/bin"
	ln -s "$KVET" "$BATS_TEST_TMPDIR/bin/kvet"
	export PATH="$BATS_TEST_TMPDIR/bin:$PATH" SCRIPTS
	cd "$BATS_TEST_TMPDIR" || return
}

# words WORD...: what the last WORD may become, with blanks between.
words() {
	run --separate-stderr "$KVET" completion --words -- "$@"
	[ -z "$stderr" ] || { show; return 1; }
	fits=$(cut -f 1 <<<"$output" | tr '\n' ' ' | sed 's/ $//')
}

# become EXPECTED WORD...: the last WORD may become exactly that.
become() {
	local expected=$1

	shift
	words "$@"
	[ "$fits" = "$expected" ] || { echo "$*: '$fits', not '$expected'"; return 1; }
}

@test "a script for each shell, the file that is installed; no other shell" {
	local shell

	for shell in bash zsh fish; do
		"$KVET" completion $shell >script
		cmp script "$SCRIPTS/kvet.$shell"
	done
	expect 2 "$KVET" completion sh
	holds "$stderr" "no script for 'sh': bash, zsh or fish"
	expect 2 "$KVET" completion bash zsh
	expect 2 "$KVET" completion
	expect 0 "$KVET" completion -j bash
	json '.records[1].line | startswith("# shellcheck")'
}

@test "commands: all of --list-commands, and no word that is none" {
	local command name

	become 'probe ksyms clock object trace doctor batch completion help' ''
	while read -r command; do
		name=${command#* }
		# shellcheck disable=SC2086 # words
		words ${command% *} "${name% *}"
		[[ " $fits " == *" $name "* ]] || { echo "$command: $fits"; return 1; }
	done < <("$KVET" --list-commands | grep ' ')
	become 'lookup duplicates diff' ksyms ''
	become trace tra
	become lookup help ksyms l
	become lookup -q --format json ksyms l
	become '' no-such-command ''
	[ "$status" -eq 1 ]
}

@test "options: those of the command and of all, but none that the line excludes, refuses or has" {
	words trace --
	holds "$fits" "--nth"
	holds "$fits" "--format"
	lacks "$fits" "--sysroot"
	become '--nth' trace --nt
	become '--args --among' trace --nth 1 --a
	become '' trace --all --nt
	become '--columns' doctor --colu
	become '' doctor -j --colu
	become '' doctor --quiet --qu
	become '--only' doctor --only bpf --on
	become '' trace vfs_read --clean
	become '--version' --vers
	become '--format' --form
	# After "--", a word is an operand.
	become '' doctor -- --on
}

@test "arguments: choices, their default, limits, and none that the line excludes" {
	become 'text json jsonl prometheus nagios' --format ''
	become 'json jsonl' doctor --format js
	become '--format=json --format=jsonl' doctor --format=js
	become 'comm pid stack' trace --top ''
	become 'auto tracefs' trace --return --maxactive 9 --backend ''
	become '1 4096' trace --maxactive ''
	# The letters of several options, the last one with an argument.
	become kprobe probe helpers -at kprob
	words trace --backend a
	[ "$output" = $'auto\tdefault' ]
	become 'check' doctor --columns che
	become 'check,verdict' doctor --columns check,verd
}

@test "values: helpers, types, clocks, checks, pairings, modules, symbols, functions, system calls" {
	become 'bpf_ktime_get_boot_ns' probe helpers bpf_ktime_get_b
	become 'ktime_get_boot_ns' probe helpers ktime_get_b
	become 'kprobe' probe helpers -t kprob
	become 'raw_tracepoint raw_tracepoint_writable' clock source --type raw_trace
	become 'monotonic mono' clock convert --clock mono
	become 'kprobes,kprobes kprobes,kprobes_enabled kprobes,kprobe_multi' doctor --only kprobes,kprobe
	become 'user:tai' clock compare --pair user:ta
	become 'bpf:boottime,user:boottime' clock compare --pair bpf:boottime,user:bo
	become 'vmlinux' ksyms lookup --module vmlin
	become 'stack_trace' probe maps stack_t
	words ksyms lookup vfs_rea
	holds " $fits " " vfs_read "
	words trace --all vfs_rea
	holds " $fits " " vfs_read "
	become 'syscall:openat syscall:openat2' trace syscall:opena
	# No list of a hundred thousand.
	become '' trace v
	become '' trace 'vfs*'
}

@test "each name of symbols comes once" {
	local name

	"$KVET" ksyms duplicates -j --names --text | jq -r '.records[].name' | grep -E '^[a-z][a-z_]{4,}$' |
		head -n 1 >names
	read -r name <names || return 1
	words trace "$name"
	[ "$(grep -cx "$name" <<<"$output")" -eq 1 ]
}

@test "files, directories and commands are left to the shell" {
	become ':files' batch ''
	become ':files' ksyms lookup --kallsyms ''
	become ':files' ksyms lookup --kallsyms=x
	become ':files live' probe diff a ''
	become ':directories' trace --cgroup ''
	become ':directories' --sysroot ''
	become ':command' trace vfs_read -- l
	# There is no third one.
	become '' probe diff a b ''
}

# in_bash LINE: what bash's own variables hold at the end of LINE, and the words that fit.
in_bash() {
	# Readline ends a word at "=" and ":" too, and passes those as words.
	bash --norc -c '
		compopt() { echo "compopt $*"; }
		. "$SCRIPTS/kvet.bash"
		COMP_LINE=$1 COMP_POINT=${#1}
		read -ra COMP_WORDS <<<"$(sed "s/[=:]/ & /g" <<<"$1")"
		[[ $1 != *" " ]] || COMP_WORDS+=("")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		last=${COMP_WORDS[COMP_CWORD]}
		[[ $last != [=:] ]] || last=
		_kvet kvet "$last" ""
		echo "${COMPREPLY[@]}"' bash "$1"
}

@test "bash completes commands, options, choices, values and files" {
	[ "$(in_bash 'kvet pro')" = probe ]
	[ "$(in_bash 'kvet probe h')" = helpers ]
	[ "$(in_bash 'kvet  trace  --nt')" = --nth ]
	[ "$(in_bash 'kvet doctor --format=js')" = 'json jsonl' ]
	[ "$(in_bash 'kvet doctor --format=')" = 'text json jsonl prometheus nagios' ]
	[ "$(in_bash 'kvet doctor --format ')" = 'text json jsonl prometheus nagios' ]
	[ "$(in_bash 'kvet probe helpers -t kprob')" = kprobe ]
	[ "$(in_bash 'kvet clock compare --pair bpf:boottime,user:bo')" = boottime ]
	[ "$(in_bash 'kvet trace syscall:openat2')" = openat2 ]
	[ "$(in_bash 'kvet batch ')" = $'compopt -o default' ]
	[ "$(in_bash 'kvet trace x -- l')" = $'compopt -o bashdefault' ]
	[ "$(in_bash 'kvet probe diff a l')" = $'compopt -o default\nlive' ]
}

# The cursor within a line: what follows it is not looked at.
@test "bash completes at the cursor" {
	run bash --norc -c '
		. "$SCRIPTS/kvet.bash"
		COMP_LINE="kvet pro helpers" COMP_POINT=6 COMP_WORDS=(kvet pro helpers) COMP_CWORD=1
		_kvet kvet p kvet
		echo "${COMPREPLY[@]}"'
	[ "$output" = probe ]
}

# in_zsh LINE: the line after the tabulator key, in an interactive zsh on a terminal of zpty's own.
in_zsh() {
	LINE=$1 timeout 60 zsh -f -c '
		zmodload zsh/zpty
		zpty shell zsh -f -i
		zpty -w shell "PS1= PS2= TERM=dumb; unsetopt zle_bracketed_paste 2>/dev/null"
		zpty -w shell "autoload -Uz compinit; compinit -u -D; . \$SCRIPTS/kvet.zsh"
		zpty -w shell "show() { zle complete-word; print -r -- \"<\$BUFFER>\"; zle kill-whole-line; }"
		zpty -w shell "zle -N show; bindkey \"^I\" show; print READ\"\"Y"
		zpty -r shell text "*READY*"
		zpty -w -n shell "$LINE"$'"'\\t'"'
		zpty -r shell text "*<*>*"
		zpty -d shell
		text=${text##*<}
		print -r -- "${text%%>*}"'
}

@test "zsh completes commands, options, choices, values and files" {
	touch one-file
	[ "$(in_zsh 'kvet pro')" = 'kvet probe ' ]
	[ "$(in_zsh 'kvet probe hel')" = 'kvet probe helpers ' ]
	[ "$(in_zsh 'kvet trace --nt')" = 'kvet trace --nth ' ]
	[ "$(in_zsh 'kvet doctor --color=nev')" = 'kvet doctor --color=never ' ]
	[ "$(in_zsh 'kvet probe helpers -t kprob')" = 'kvet probe helpers -t kprobe ' ]
	[ "$(in_zsh 'kvet trace syscall:openat2')" = 'kvet trace syscall:openat2 ' ]
	[ "$(in_zsh 'kvet batch one')" = 'kvet batch one-file ' ]
}

in_fish() {
	HOME=$BATS_TEST_TMPDIR fish --no-config -c '
		source $SCRIPTS/kvet.fish
		complete -C $argv[1]' "$1" | cut -f 1 | tr '\n' ' '
}

@test "fish completes commands, options, choices, values and files" {
	touch one-file
	[ "$(in_fish 'kvet pro')" = 'probe ' ]
	[ "$(in_fish 'kvet probe hel')" = 'helpers ' ]
	[ "$(in_fish 'kvet trace --nt')" = '--nth ' ]
	[ "$(in_fish 'kvet doctor --color=nev')" = '--color=never ' ]
	[ "$(in_fish 'kvet probe helpers -t kprob')" = 'kprobe ' ]
	[ "$(in_fish 'kvet trace syscall:openat2')" = 'syscall:openat2 ' ]
	[ "$(in_fish 'kvet batch one')" = 'one-file ' ]
	# What a word means is shown beside it.
	[ "$(HOME=$PWD fish --no-config -c 'source $SCRIPTS/kvet.fish; complete -C "kvet doc"')" = \
		"$(printf 'doctor\t%s' "$("$KVET" completion --words -- doc | cut -f 2)")" ]
}
