#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# What the option tables make: messages and help.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

# 24 lines, of which the shell takes one for its prompt.
SCREEN=23

@test "help fits a screen of 24 lines and 80 columns, that of the program too" {
	local words

	while read -ra words; do
		expect 0 "$KVET" "${words[@]}" --help
		[ -z "$(awk 'length > 80' <<<"$output")" ]
		[ "$(wc -l <<<"$output")" -le "$SCREEN" ] || { show; return 1; }
		holds "$output" "--help-all"
		holds "$output" "man kvet-$(IFS=-; echo "${words[*]}")"
	done < <("$KVET" --list-commands)
	expect 0 "$KVET" help
	[ -z "$(awk 'length > 80' <<<"$output")" ]
	[ "$(wc -l <<<"$output")" -le "$SCREEN" ]
}

@test "--help-all has every option of --help and more, --help-fields has only the fields" {
	local brief words

	while read -ra words; do
		expect 0 "$KVET" "${words[@]}" --help
		brief=$(sed -nE 's/^  .{4}(--[a-z-]+).*/\1/p' <<<"$output")
		expect 0 "$KVET" "${words[@]}" --help-all
		[ -z "$(awk 'length > 80' <<<"$output")" ]
		[ -z "$(comm -23 <(sort <<<"$brief") \
			<(sed -nE 's/^  .{4}(--[a-z-]+).*/\1/p' <<<"$output" | sort))" ]
		holds "$output" "--help-fields"
		holds "$output" "3  undetermined"
		holds "$output" "--sysroot" || [ "${words[*]}" = trace ]
		lacks "$output" "Output (record"
		expect 0 "$KVET" "${words[@]}" --help-fields
		[ -z "$(awk 'length > 80' <<<"$output")" ]
		holds "$output" "Output (record"
		lacks "$output" "Usage:"
	done < <("$KVET" --list-commands)
}

@test "--help-all of trace: every option, in groups, and what excludes what" {
	expect 0 "$KVET" trace --help-all
	[ "$(grep -c '^  .\{4\}--' <<<"$output")" -eq 57 ]
	[ "$(grep -c '^[A-Z][a-z ]*:$' <<<"$output")" -eq 9 ]
	holds "$output" $'\nWhich hits:\n      --self '
	holds "$output" $'\nMutually exclusive: --nth with --all; '
	expect 0 "$KVET" trace --help
	holds "$output" "Options, 10 of 46:"
	lacks "$output" "--maxactive"
	holds "$output" "      -- COMMAND [ARG]...  "
}

# The words before what is wrong on purpose are parsed first, and rules come last of all.
@test "the three examples of each help are command lines of that command" {
	local command example count words

	while read -ra words; do
		command="${words[*]}"
		count=0
		while read -r example; do
			count=$((count + 1))
			holds "$example" "kvet $command"
			example=${example##*| } example=${example#*\$\(} example=${example%\)}
			run --separate-stderr bash -c "${example/#kvet/\"\$KVET\"} --sysroot ''"
			[ "$status" -eq 2 ]
			holds "$stderr" "--sysroot requires DIR, not ''"
			run --separate-stderr bash -c "${example/#kvet/\"\$KVET\"} --help"
			[ "$status" -eq 0 ]
			holds "$output" "Usage: kvet $command"
		done < <("$KVET" "${words[@]}" --help | sed -n '/^Examples:/,/^$/s/^  //p')
		[ "$count" -eq 3 ]
	done < <("$KVET" --list-commands)
}

@test "what an option requires or excludes is always said in the same form" {
	local options message checked=0

	while IFS='|' read -r options message; do
		checked=$((checked + 1))
		# shellcheck disable=SC2086
		expect 2 "$KVET" $options
		[ -z "$output" ]
		[ "${stderr_lines[0]}" = "kvet: $message" ] || { show; return 1; }
	done <<-'END'
		trace --nth 1 --all x|--nth and --all are mutually exclusive
		trace --nth 0 x|--nth requires a whole number of at least 1, not '0'
		trace --plan --offsets x|--plan and --offsets are mutually exclusive
		trace --range 0-4 x|--range requires --offsets
		trace --histogram x|--histogram requires --return
		trace --min-duration 1ms x|--min-duration requires --return
		trace --maxactive 9 x|--maxactive requires --return
		trace --maxactive 4097 --return x|--maxactive requires a whole number from 1 to 4096, not '4097'
		trace --maxactive 9 -r --backend pmu x|--maxactive and --backend pmu are mutually exclusive
		trace --maxactive 9 -r --backend multi x|--maxactive and --backend multi are mutually exclusive
		trace --regs --backend multi x|--regs and --backend multi are mutually exclusive
		trace --regs --backend fentry x|--regs and --backend fentry are mutually exclusive
		trace --maxactive 9 -r --backend fentry x|--maxactive and --backend fentry are mutually exclusive
		trace -c -r --histogram x|--count-only and --histogram are mutually exclusive
		trace -c --top pid x|--count-only and --top are mutually exclusive
		trace -r --histogram --top pid x|--histogram and --top are mutually exclusive
		trace -s -c x|--stack and --count-only are mutually exclusive
		trace --args --top comm x|--args and --top are mutually exclusive
		trace --strings -c x|--strings and --count-only are mutually exclusive
		trace --regs -r --histogram x|--regs and --histogram are mutually exclusive
		trace -n 3 -c x|--count and --count-only are mutually exclusive
		trace --rows 3 x|--rows requires --top
		trace --tree x|--tree requires --among
		trace --among y x|--among requires --tree
		trace --tree --among y --stack x|--tree and --stack are mutually exclusive
		trace --rows 0 --top pid x|--rows requires a whole number of at least 1, not '0'
		trace --top task x|--top requires comm, pid or stack, not 'task'
		trace --backend kprobe x|--backend requires auto, pmu, tracefs, multi or fentry, not 'kprobe'
		trace --sample 2/3 x|--sample requires a whole number from 1 to 4294967295, or 1/N, not '2/3'
		trace --rate 5/m x|--rate requires a whole number of at least 1, or N/s, not '5/m'
		trace --timeout 0s x|--timeout requires a number above 0 with ns, us, ms, s, m or h (10ms), not '0s'
		trace --comm sixteen-bytes-ok x|--comm requires NAME of 1 to 15 bytes, not 'sixteen-bytes-ok'
		trace --pid 4294967296 x|--pid requires a whole number from 0 to 4294967295, not '4294967296'
		trace --cleanup x|--cleanup and SPEC are mutually exclusive
		trace --cleanup --file x|--cleanup and --file are mutually exclusive
		trace --sysroot / x|--sysroot does not apply to trace
		--sysroot / trace x|--sysroot does not apply to trace
		clock compare --now|--now requires --max-skew
		clock compare --all --pair bpf:boot,user:mono|--all and --pair are mutually exclusive
		clock compare --watch --samples 3|--watch and --samples are mutually exclusive
		clock compare --watch --max-skew 1s|--watch and --max-skew are mutually exclusive
		clock compare --interval 1s|--interval requires --watch
		clock compare --duration 1s|--duration requires --watch, --pair or --all
		clock compare --samples 0|--samples requires a whole number from 1 to 100000000, not '0'
		clock convert --clock tea 1|--clock requires boottime, monotonic, tai, boot or mono, not 'tea'
		ksyms lookup --source file x|--source file requires --kallsyms
		ksyms lookup --source iter --kallsyms f x|--kallsyms and --source iter are mutually exclusive
		ksyms duplicates --source elf|--source elf requires --kallsyms
		ksyms lookup --source some x|--source requires auto, text, iter, file or elf, not 'some'
		ksyms lookup --text --type t x|--text and --type are mutually exclusive
		ksyms lookup --offset 1 x|--offset requires --symbolize
		ksyms lookup --symbolize --regex|--symbolize and --regex are mutually exclusive
		ksyms lookup --symbolize --attachable|--symbolize and --attachable are mutually exclusive
		trace|trace requires SPEC..., --file or --cleanup
		ksyms lookup|ksyms lookup requires QUERY..., --file or --symbolize
		ksyms diff|ksyms diff requires BEFORE [AFTER]
		ksyms diff - -|standard input can be read only once
		ksyms lookup - -|standard input can be read only once
		ksyms lookup --kallsyms - -|standard input can be read only once
		ksyms lookup --kallsyms - --file -|standard input can be read only once
		ksyms lookup --kallsyms - --symbolize|standard input can be read only once
		clock convert - -|standard input can be read only once
		trace --file - -|standard input can be read only once
	END
	[ "$checked" -eq 63 ]
}

@test "an empty argument is an unset variable of a script: wrong use, whatever the option" {
	local option words

	while read -ra words; do
		while read -r option; do
			expect 2 "$KVET" "${words[@]}" "$option" ""
			[ -z "$output" ]
			holds "$stderr" "$option requires "
		done < <("$KVET" "${words[@]}" --help-all | sed -nE 's/^  .{4}(--[a-z-]+) [A-Z].*/\1/p')
	done < <("$KVET" --list-commands)
}
