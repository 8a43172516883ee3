#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2030,SC2031,SC2154
#
# contrib/systemd, contrib/prometheus and contrib/node-problem-detector: what the timer's unit runs, a
# real node-exporter that is scraped, and promtool.

setup_file() {
	export PATH=$PATH:/usr/sbin:/sbin
	# The units and plugins name no path.
	export BIN="$BATS_FILE_TMPDIR/bin"
	mkdir "$BIN"
	ln -s "$KVET" "$BIN/kvet"
}

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	alone
	requires promtool prometheus-node-exporter systemd-analyze curl
}

teardown() {
	[ -z "${exporter-}" ] || kill "$exporter"
}

# unit FOLDER: what the unit runs, there, as systemd would.
unit() {
	local line
	line=$(awk '/^ExecStart=/, !/\\$/' contrib/systemd/kvet-textfile.service)
	line=${line#ExecStart=}
	line=${line//\\$'\n'/}
	(cd "$1" && PATH="$BIN:$PATH" && eval "${line//\$\$/\$}")
}

@test "prometheus: the units are valid, and give doctor the capabilities that its page names" {
	# It looks for the pages too.
	run systemd-analyze verify --man=no contrib/systemd/kvet-textfile.service contrib/systemd/kvet-textfile.timer
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	page=$(sed -n 's/^\.It doctor Ta //p' man/kvet.8)
	[ -n "$page" ]
	[ "$(sed -n 's/^CapabilityBoundingSet=//p' contrib/systemd/kvet-textfile.service)" = "CAP_${page//, / CAP_}" ]
}

@test "prometheus: the unit's file is scraped from a real node-exporter" {
	mkdir "$BATS_TEST_TMPDIR/textfile"
	unit "$BATS_TEST_TMPDIR/textfile"
	[ "$(ls -A "$BATS_TEST_TMPDIR/textfile")" = kvet.prom ]
	port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	prometheus-node-exporter --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$BATS_TEST_TMPDIR/textfile" --web.listen-address=127.0.0.1:"$port" \
		2>"$BATS_TEST_TMPDIR/exporter.err" 3>&- &
	exporter=$!
	until curl -sf "http://127.0.0.1:$port/metrics" >"$BATS_TEST_TMPDIR/metrics"; do
		kill -0 "$exporter"
		sleep 0.1
	done
	grep -qx 'node_textfile_scrape_error 0' "$BATS_TEST_TMPDIR/metrics"
	[ "$(grep -c '^kvet_doctor_check_verdict{' "$BATS_TEST_TMPDIR/metrics")" = \
		"$("$KVET" doctor -j | jq '.records | length')" ]
	# The alerts are about what is required.
	[ "$(grep -c '^kvet_doctor_check_verdict{.*required="yes"' "$BATS_TEST_TMPDIR/metrics")" = \
		"$("$KVET" doctor -j | jq '[.records[] | select(.required)] | length')" ]
	# What alerts and the dashboard ask for is there.
	names=$({
		cat contrib/prometheus/kvet.rules.yml
		jq -r '.panels[].targets[].expr' contrib/prometheus/dashboard.json
	} | grep -Eo '\b(kvet|node)_[a-z_]+' | sort -u)
	[ "$(wc -l <<<"$names")" -ge 3 ]
	for name in $names; do
		grep -q "^${name}[{ ]" "$BATS_TEST_TMPDIR/metrics" || { echo "no metric $name"; false; }
	done
}

@test "prometheus: a run that fails leaves the file of the one before, and says so" {
	echo before >"$BATS_TEST_TMPDIR/kvet.prom"
	BIN=/nonexistent run unit "$BATS_TEST_TMPDIR"
	[ "$status" -ne 0 ]
	[ "$(cat "$BATS_TEST_TMPDIR/kvet.prom")" = before ]
}

@test "prometheus: promtool finds nothing wrong with the metrics" {
	for command in doctor 'probe helpers bpf_ktime_get_boot_ns' 'clock compare' 'ksyms duplicates'; do
		status=0
		# shellcheck disable=SC2086 # words
		"$KVET" $command --format prometheus >"$BATS_TEST_TMPDIR/metrics" || status=$?
		echo "$command: $status"
		[ "$status" -ne 2 ]
		[ -s "$BATS_TEST_TMPDIR/metrics" ]
		promtool check metrics <"$BATS_TEST_TMPDIR/metrics"
	done
}

@test "prometheus: alerts: promtool's tests of the rules" {
	promtool check rules contrib/prometheus/kvet.rules.yml
	sed "s#RULES#$PWD/contrib/prometheus/kvet.rules.yml#" tests/hands/alerts.yml >"$BATS_TEST_TMPDIR/alerts.yml"
	promtool test rules "$BATS_TEST_TMPDIR/alerts.yml"
}

@test "prometheus: the dashboard's expressions are valid" {
	jq '{groups: [{name: "dashboard", rules: [.panels[] | .id as $id | .targets[] |
		{record: "panel_\($id):\(.refId)", expr: (.expr | gsub("\\$instance"; ".*"))}]}]}' \
		contrib/prometheus/dashboard.json >"$BATS_TEST_TMPDIR/rules.json"
	run promtool check rules "$BATS_TEST_TMPDIR/rules.json"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ "$output" == *"SUCCESS: $(jq '[.panels[].targets[]] | length' contrib/prometheus/dashboard.json) rules found"* ]]
}

@test "node-problem-detector: its monitor is JSON, and its plugin answers as it expects" {
	[ "$(jq -r '.rules[].path | sub(".*/"; "")' contrib/node-problem-detector/kvet-monitor.json)" = kvet-problem ]
	for answer in '0 0 OK' '1 2 CRITICAL' '3 3 UNKNOWN'; do
		read -r expected nagios word <<<"$answer"
		mkdir -p "$BATS_TEST_TMPDIR/bin"
		printf '#!/bin/sh\necho "KVET %s"\nexit %s\n' "$word" "$nagios" >"$BATS_TEST_TMPDIR/bin/kvet"
		chmod +x "$BATS_TEST_TMPDIR/bin/kvet"
		PATH="$BATS_TEST_TMPDIR/bin:$PATH" run contrib/node-problem-detector/kvet-problem
		[ "$status" -eq "$expected" ]
		[ "$output" = "KVET $word" ]
	done
	# And the real one.
	PATH="$BIN:$PATH" run contrib/node-problem-detector/kvet-problem
	echo "$output"
	[ "$status" -ne 2 ]
	[[ "$output" == KVET\ * ]]
}
