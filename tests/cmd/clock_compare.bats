#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2030,SC2031,SC2154
# kvet clock compare: the user side, which takes no privilege, and wrong use.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
}

# Runs kvet; the BPF side may be there or not.
compare() {
	run --separate-stderr "$KVET" clock compare "$@"
	case $status in
	0 | 1 | 3) return 0 ;;
	esac
	show
	return 1
}

# tree FOLDER: a root of its own, whose kernel has no time namespaces.
tree() {
	mkdir -p "$1/proc/self/ns"
	ln -s 'mnt:[4026531841]' "$1/proc/self/ns/mnt"
}

@test "four sources, each a record with the keys in their order" {
	compare -j
	json '[.records[].side | values] == ["user", "bpf", "kernel", "namespace"]'
	json 'all(.records[] | select(.side);
		keys_unsorted[0:4] == ["side", "low_ns", "high_ns", "samples"])'
	json '.command == "clock compare" and .schema_version == 1'
}

@test "the user side is an interval of numbers, for anyone" {
	compare -j
	json '.records[0] | (.low_ns | type == "number") and (.high_ns | type == "number")
		and .low_ns <= .high_ns'
}

@test "the bpf side is measured, or absent with a cause and status 3" {
	compare -j
	if [ "$status" -eq 3 ]; then
		json '.records[1] | .low_ns == null and .high_ns == null and .samples == null'
		json '.status == "undetermined" and (.errors | length >= 1)'
		json '.summary.difference_low_ns == null and .summary.difference_high_ns == null'
		holds "$stderr" "kvet: "
	else
		[ "$status" -eq 0 ]
		json '.records[1].low_ns <= .records[1].high_ns'
		json '(.records[1].low_ns - .records[0].high_ns) == .summary.difference_low_ns
			and (.records[1].high_ns - .records[0].low_ns) == .summary.difference_high_ns'
	fi
}

@test "--samples: so many readings" {
	compare -j --samples 7
	json '.records[0].samples == 7'
	json '.records[1].samples == 7 or .records[1].samples == null'
	compare -j -n 1
	json '.records[0] | .samples == 1 and .low_ns <= .high_ns'
	compare -j
	json '.records[0].samples >= 100'
}

@test "an intersection is not wider than its tightest reading" {
	compare -j
	json 'all(.records[] | select(.tightest_ns); .high_ns - .low_ns <= .tightest_ns)'
}

@test "the conclusion lies within the user side, the namespace taken off" {
	compare -j
	json '(.records[3].low_ns // 0) as $shift | .records[0] as $user
		| .records[] | select(.certainty)
		| .offset_ns - .uncertainty_ns >= $user.low_ns - $shift - 1
		and .offset_ns + .uncertainty_ns <= $user.high_ns - $shift + 1
		and .suspended_ns >= 0'
}

@test "a source that cannot be read says why, and is a reason of the conclusion" {
	local root=$BATS_TEST_TMPDIR

	tree "$root"
	: >"$root/proc/timer_list"
	compare -j --sysroot "$root"
	json '.records[2] | .low_ns == null and (.cause | test("empty"))'
	json '.records[] | select(.certainty) | .certainty == "interval"
		and any(.reasons[]; test("timer_list cannot be read: it is empty"))'
}

@test "without /proc the time namespace is unknown: undetermined, status 3, and no helper is a no" {
	mkdir "$BATS_TEST_TMPDIR/empty"
	expect 3 "$KVET" clock compare -j --sysroot "$BATS_TEST_TMPDIR/empty"
	json '.records[3] | .side == "namespace" and .low_ns == null
		and (.cause | test("proc/self/ns is missing"))'
	json '[.records[] | select(.helper).reads_it] | length == 4 and all(. != "yes")'
	json '[.records[] | select(.helper and .reads_it == "no" and (.cause | test("func") | not))]
		== []'
	json '.records[] | select(has("clocksource")).time_namespace == null'
	holds "$stderr" "mount /proc"
}

@test "a namespace whose offsets /proc does not show: undetermined, status 3" {
	local root=$BATS_TEST_TMPDIR

	tree "$root"
	ln -s 'time:[4026532500]' "$root/proc/self/ns/time"
	ln -s 'time:[4026532501]' "$root/proc/self/ns/time_for_children"
	printf 'monotonic 0 0\nboottime 0 0\n' >"$root/proc/self/timens_offsets"
	expect 3 "$KVET" clock compare -j --sysroot "$root"
	json '.records[3] | .side == "namespace" and .low_ns == null
		and (.cause | test("children, not its own"))'
	json '.records[] | select(has("agree")) | .agree == "undetermined"'
	json '[.records[] | select(.helper).reads_it] | length == 4 and all(. != "yes")'
	json '.summary.time_namespace_monotonic_ns == null'
	json '.records[] | select(has("clocksource")).time_namespace == true'
}

@test "a kernel that contradicts the readings: agree no, status 3" {
	local root=$BATS_TEST_TMPDIR

	tree "$root"
	cp "$DATA/clock/timer_list/6.12" "$root/proc/timer_list"
	compare -j --sysroot "$root"
	[ "$status" -eq 3 ]
	json '.records[2] | .low_ns == 1587209742 and .high_ns == 1587209742 and .samples == null'
	json '.records[] | select(.certainty) | .agree == "no" and .offset_ns == 1587209742
		and any(.reasons[]; test("contradict"))'
	holds "$stderr" "contradict"
}

@test "a record for each helper, with the clock that it is documented to read" {
	compare -j
	json '[.records[] | select(.helper) | [.helper, .clock]] == [
		["bpf_ktime_get_ns", "monotonic"], ["bpf_ktime_get_boot_ns", "boottime"],
		["bpf_ktime_get_tai_ns", "tai"], ["bpf_ktime_get_coarse_ns", "monotonic_coarse"]]'
	json 'all(.records[] | select(.helper); .reads_it != "yes"
		or (.clock as $clock | .matches | index($clock) != null))'
}

@test "--samples out of range: wrong use" {
	local n

	for n in 0 -1 100000001 99999999999999999999 ten 1.5 ""; do
		expect 2 "$KVET" clock compare --samples "$n"
		[ -z "$output" ]
		holds "$stderr" "--samples"
	done
}

@test "--max-skew that is not a duration: wrong use" {
	local skew

	for skew in 10 ms 10parsecs "" -1ms "10 ms" 99999999999999999999h; do
		expect 2 "$KVET" clock compare "--max-skew=$skew"
		[ -z "$output" ]
		holds "$stderr" "--max-skew"
	done
}

@test "--max-skew: every unit is known" {
	local skew

	for skew in 100000000000000000ns 100000000000000us 100000000000ms 100000000s \
		1000000m 100000h 100000.5h; do
		compare -j --max-skew "$skew" --now
		json '.records[0].within == "yes"'
	done
}

@test "--max-skew --now judges by the interval" {
	compare -j --max-skew 100000h --now
	json '.records[0].within == "yes"'
	json '.records[1].within == (if .records[1].low_ns == null then "undetermined"
		else "yes" end)'
	compare -j
	json 'all(.records[] | select(.side); .within == null)'
}

@test "--max-skew: what differs by a suspend is within no limit for good, and says so" {
	compare -j --max-skew 100000h
	[ "$status" -ne 0 ]
	json '.records[0] | .within == "no" and .cause == "a suspend can change the difference"'
	json '.records[1].within == (if .records[1].low_ns == null then "undetermined"
		else "no" end)'
	holds "$stderr" "a suspend changes the difference between BOOTTIME and MONOTONIC; --now judges only the current difference"
}

@test "--now without --max-skew has nothing to judge: wrong use" {
	expect 2 "$KVET" clock compare --now
	holds "$stderr" "--now"
	expect 2 "$KVET" clock compare --now --pair bpf:boot,user:boot
	expect 2 "$KVET" clock compare --now --watch
}

@test "the effect on a tracer is a sentence, in text and JSON" {
	compare -j
	json '.summary.effect | test("^a tracer that .* BOOTTIME .* MONOTONIC ")'
	json 'all(.records[]; has("about") | not)'
	compare
	[[ ${lines[-1]} =~ ^effect:\ a\ tracer ]]
	expect 0 "$KVET" clock compare --pair user:boot,user:real
	[[ ${lines[0]} =~ HIGH_NS\ +ABOUT\ .*EFFECT$ ]]
	[[ ${lines[1]} =~ \ -[0-9.]+\ years\ .*too\ early\ now\;\ a\ step\ of\ REALTIME\ and\ a\ leap ]]
}

@test "an operand: wrong use" {
	expect 2 "$KVET" clock compare monotonic
}

@test "-q prints nothing: the status is the answer" {
	compare -q --max-skew 100000h
	[ "$status" -ne 0 ]
	[ -z "$output$stderr" ]
	compare -q --max-skew 100000h --now
	[ "$status" -ne 1 ]
	[ -z "$output$stderr" ]
}

@test "text: the user row first" {
	compare
	[[ ${lines[0]} =~ ^SIDE\ +LOW_NS\ +HIGH_NS\ +SAMPLES\ +SOURCE ]]
	[[ ${lines[1]} =~ ^user\ +-?[0-9]+\ +-?[0-9]+\ +[0-9]+\ +clock_gettime ]]
	[[ ${lines[2]} =~ ^bpf\  ]]
}

@test "what a reading costs: each clock of user space, each helper that could be run" {
	compare -j
	json '[.records[] | select(has("path") and has("cost_ns")) | .clock] == ["monotonic",
		"boottime", "tai", "realtime", "monotonic_raw", "monotonic_coarse"]'
	json '[.records[] | select(has("path") and has("cost_ns"))
		| .cost_ns > 0 and (.path == null or .path == "vdso" or .path == "syscall")] | all'
	json '[.records[] | select(.helper) | (.cost_ns == null) == (.reads_it != "yes")
		or .cost_ns > 0] | length == 4 and all'
	# The context's path is that of the two clocks that it is about.
	json '(.records[] | select(has("clocksource")).path) as $path
		| [.records[] | select(.cost_ns and (.clock == "monotonic" or .clock == "boottime")
			and has("path")).path] | all(. == $path or $path == "syscall")'
}

@test "the context explains the others" {
	compare -j
	json '[.records[] | select(has("clocksource"))] | length == 1'
	json '.records[] | select(has("clocksource")) | (.path == null or .path == "vdso"
		or .path == "syscall") and (.time_namespace | type) == "boolean"'
	compare
	lacks "$output" CLOCKSOURCE
	compare -v
	holds "$output" CLOCKSOURCE
}

# --- pairings --------------------------------------------------------------------------------

@test "--pair of the user side: the error is an interval, with what a suspend adds" {
	expect 0 "$KVET" clock compare -j --pair user:boottime,user:monotonic --pair user:tai,user:tai
	json '.records | length == 2'
	json '.records[0] | .stamp == "user:boottime" and .read == "user:monotonic"
		and .low_ns <= .high_ns and .asleep_ns == 1000000000 and .within == null
		and .basis == "measured" and .rate_low_ppb == null'
	json '.records[1] | .low_ns == 0 and .high_ns == 0 and .asleep_ns == 0'
}

@test "the founding bug: no on every host, whether it has slept or not, and why" {
	expect 1 "$KVET" clock compare -q --pair bpf:boottime,user:monotonic --max-skew 1ms
	[ -z "$output$stderr" ]
	expect 1 "$KVET" clock compare -j --pair bpf:boot,user:mono --max-skew 100000h
	json '.records[0] | .within == "no" and .apart_by == ["suspend"]
		and .cause == "a suspend can change the difference"
		and (.effect | test("a suspend changes that$"))'
	holds "$stderr" "bpf:boottime and user:monotonic: a suspend can change the difference"
	expect 1 "$KVET" clock compare -q --pair bpf:mono,user:boot --max-skew 100000h
	expect 1 "$KVET" clock compare -q --pair user:boot,user:mono --max-skew 100000h
}

@test "--pair --now: BPF that may not be asked is inferred, and today's difference judged" {
	expect 0 "$KVET" clock compare -j --pair bpf:boot,user:mono --max-skew 100000h --now
	json '.records[0] | .within == "yes" and (.basis | test("^(measured|inferred)$"))
		and (.cause == null or .basis == "inferred")'
	expect 1 "$KVET" clock compare -j --pair user:real,user:mono --max-skew 1h --now
	json '.records[0] | .within == "no" and .cause == null'
}

@test "--pair: a helper that cannot be run, and whose name cannot be read, is not a yes" {
	local root=$BATS_TEST_TMPDIR

	tree "$root"
	compare -j --pair bpf:boot,user:boot --max-skew 1000h --sysroot "$root"
	json '.records[0] | .basis == "measured" or .within == "undetermined"'
	json '(.records[0].basis == "measured") == (.status == "yes")'
}

@test "--pair: only two readings of one clock, or a coarse one of it, keep a promise" {
	local pair

	for pair in bpf:boot,user:boot bpf:mono,user:mono user:tai,user:tai user:real,user:real \
		user:raw,user:raw user:coarse,user:coarse user:coarse,user:mono \
		user:mono,user:coarse; do
		expect 0 "$KVET" clock compare -j --pair "$pair" --max-skew 1000h
		json '.records[0] | .within == "yes" and (.apart_by == [] or .apart_by == ["tick"])
			and .cause == null'
	done
	# Today all of these are the same to an hour or, for those with an epoch, to 200 years.
	for pair in user:boot,user:mono user:boot,user:coarse user:tai,user:real user:real,user:tai \
		user:tai,user:boot user:mono,user:real user:coarse,user:real; do
		expect 1 "$KVET" clock compare -j --pair "$pair" --max-skew 1800000h
		json '.records[0] | .within == "no" and (.apart_by | length >= 1)
			and (.cause | test(" can change the difference$"))'
		expect 0 "$KVET" clock compare -q --pair "$pair" --max-skew 1800000h --now
	done
}

@test "--pair with monotonic_raw: a rate, no offset" {
	expect 0 "$KVET" clock compare -j --pair user:raw,user:mono --duration 50ms
	json '.records[0] | .low_ns == null and .high_ns == null
		and .rate_low_ppb <= .rate_high_ppb'
	expect 1 "$KVET" clock compare -j --pair user:mono,user:raw -d 50ms --max-skew 100000h
	json '.records[0] | .within == "no" and .apart_by == ["rate"] and .low_ns == null'
	expect 0 "$KVET" clock compare -j --pair user:mono,user:raw -d 50ms --max-skew 100000h --now
	json '.records[0] | .within == "yes" and .low_ns <= .high_ns'
}

@test "a rate has the sign of its direction, and the matrix that of its pairing" {
	expect 0 "$KVET" clock compare -j --pair user:raw,user:mono --pair user:mono,user:raw -d 20ms
	json '.records[0] as $forth | .records[1] | .rate_low_ppb == -$forth.rate_high_ppb
		and .rate_high_ppb == -$forth.rate_low_ppb'
	# Whichever of the pairings has it.
	expect 0 "$KVET" clock compare -j --pair user:raw,user:mono --pair user:boot,user:mono -d 20ms
	json '.records[0].rate_low_ppb != null and .records[1].rate_low_ppb == null'
	expect 0 "$KVET" clock compare -j --pair user:boot,user:mono --pair user:raw,user:mono -d 20ms
	json '.records[0].rate_low_ppb == null and .records[1].rate_low_ppb != null'
	compare -j --all -d 20ms
	json '[.records[] | select(.stamp == "bpf:monotonic")] | (.[] | select(has("realtime_ns"))) as $row
		| .[] | select(.read == "user:monotonic_raw")
		| .rate_low_ppb == null or ((.rate_low_ppb + .rate_high_ppb) / 2
			- $row.monotonic_raw_ppb | fabs <= 1)'
}

@test "--all: every helper of this kernel with every clock" {
	compare -j --all --duration 1ms
	json '[.records[].read | values] | unique == ["user:boottime", "user:monotonic",
		"user:monotonic_raw", "user:realtime", "user:tai"]'
	json '([.records[] | select(.read)] | length) as $n | $n % 5 == 0 and $n >= 10'
	json '[.records[] | select(has("realtime_ns")).stamp]
		== ([.records[] | select(.read).stamp] | unique_by(.) | sort_by({"bpf:monotonic": 0,
		"bpf:boottime": 1, "bpf:tai": 2}[.] // 3))'
	json 'all(.records[] | select(.read); (.stamp | startswith("bpf:")) and .asleep_ns != null)'
	# The matrix has for each pairing the middle of its interval, in the clock's own column.
	json '.records as $all | [$all[] | select(has("realtime_ns")) | . as $row
		| ("monotonic", "boottime", "tai", "realtime") as $clock
		| [$all[] | select(.stamp == $row.stamp and .read == "user:" + $clock)] as [$pair]
		| ($pair.low_ns == null) == ($row[$clock + "_ns"] == null)
			and ($pair.low_ns == null or ($row[$clock + "_ns"] >= $pair.low_ns
				and $row[$clock + "_ns"] <= $pair.high_ns))] | length >= 8 and all'
}

@test "--pair that is not a pairing: wrong use, with what is wrong" {
	local pair

	for pair in boot bpf:boot bpf:boot,mono kernel:boot,user:mono bpf:raw,user:mono \
		bpf:boottim,user:mono ""; do
		expect 2 "$KVET" clock compare "--pair=$pair"
		[ -z "$output" ]
		holds "$stderr" "--pair"
	done
	holds "$(expect 2 "$KVET" clock compare --pair bpf:boottim,user:mono; echo "$stderr")" \
		"did you mean 'boottime'?"
	expect 2 "$KVET" clock compare --all --pair bpf:boot,user:mono
	expect 2 "$KVET" clock compare --all --duration 0s
}

@test "--duration where nothing lasts: wrong use, and no option that does nothing" {
	expect 2 "$KVET" clock compare --duration 1s --max-skew 1ms --now
	holds "$stderr" "--duration requires --watch, --pair or --all"
}

@test "--all in text: a matrix, a row for each clock of BPF" {
	compare --all -d 1ms
	[[ ${lines[0]} =~ ^STAMP\ +MONOTONIC_NS\ +BOOTTIME_NS\ +TAI_NS\ +REALTIME_NS ]]
	[[ ${lines[1]} =~ ^bpf:monotonic\  ]]
	[[ ${lines[2]} =~ ^bpf:boottime\  ]]
	lacks "$output" READ
}

# --- watching --------------------------------------------------------------------------------

# watched LINES ARGUMENT...: watches until so many lines are there, however long that takes, and ends it by
# a signal.
watched() {
	local least=$1 out=$BATS_TEST_TMPDIR/watched pid

	shift
	"$KVET" clock compare --watch "$@" >"$out" 3>&- &
	pid=$!
	until [ "$(wc -l <"$out")" -ge "$least" ] || ! kill -0 "$pid"; do sleep 0.02; done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	output=$(cat "$out")
}

@test "--watch: lines for the duration" {
	expect 0 "$KVET" clock compare --watch --interval 50ms --duration 300ms
	[[ ${lines[0]} =~ ^\ +BOOT_NS\ +LOW_NS\ +HIGH_NS\ +EVENT ]]
	[[ ${lines[1]} =~ _$ ]]
	expect 0 "$KVET" clock compare --watch -j -i 50ms -d 300ms
	jsonl '.[-1] | .record == "summary" and .status == "yes" and (.suspends | type) == "number"'
}

@test "--watch -j: JSON lines, each with the trend so far; a signal ends it by that signal, the document closed" {
	watched 4 -i 20ms -j
	[ "$status" -eq 143 ]
	jsonl 'map(select(.record == "tick")) | length >= 4'
	jsonl 'map(select(.record == "tick")) | [.[].trend | length] as $n | $n == ($n | sort)'
	jsonl 'all(.[] | select(.record == "tick"); .low_ns <= .high_ns and (.boot_ns | test("^[0-9]+$")))'
	jsonl '.[-1] | .record == "summary" and .status == "interrupted"'
}

@test "--watch with what it has no use for: wrong use" {
	expect 2 "$KVET" clock compare --watch --all
	expect 2 "$KVET" clock compare --watch --max-skew 1ms
	expect 2 "$KVET" clock compare --interval 1s
	expect 2 "$KVET" clock compare --watch --interval 0s
}

# A map of the clocks takes ten thousand readings and more, and each line is of another one. Wherever among
# them somebody sets the wall clock, what has changed is the wall clock, and not how far TAI is from it.
# bats test_tags=plain
@test "--watch: a step in the middle of a reading is a step, and nothing else" {
	steps=0
	for at in $(seq 20000 2500 50000); do
		LD_PRELOAD=$FAULTS/step.so STEP_AT=$at watched 8 -j --interval 1ms
		events=$(jq -r 'select(.record == "tick" and .event != null) | .event' <<<"$output" | tr '\n' ' ')
		echo "at $at: $events"
		[ "$events" = 'step ' ] || [ -z "$events" ]
		[ -z "$events" ] || steps=$((steps + 1))
	done
	[ "$steps" -gt 0 ]
}
