#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2154
#
# contrib/clustershell with the real clush, on hosts that are this one by other names.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	alone
	requires clush
}

# Times, addresses, process numbers and the like would make them differ.
@test "clustershell: equal hosts give equal output, which is printed once" {
	for command in doctor 'doctor -j' 'probe helpers bpf_ktime_get_boot_ns' 'probe maps' \
		'ksyms lookup vfs_read' 'batch --full -j tests/hands/requirements.kvet'; do
		run clush -R exec -w 'node[1-3]' -b "$KVET $command"
		echo "$command: ${output:0:1000}"
		[ "$(grep -c '^node\[1-3\] (3)$' <<<"$output")" = 1 ]
	done
}

@test "clustershell: -S: the status of the host that is worst" {
	run clush -R exec -w 'node[1-3]' -bS \
		"if [ %h = node2 ]; then setpriv --bounding-set=-all --inh-caps=-all \"\$KVET\" probe helpers -q ktime_get_ns; else \"\$KVET\" clock convert -q 0; fi"
	echo "$output"
	[ "$status" -eq 3 ]
	[[ "$output" == *'node2: exited with exit code 3'* ]]
}

@test "clustershell: requirements by standard input" {
	run clush -R exec -w 'node[1-3]' -bS "$KVET batch -" <tests/hands/requirements.kvet
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q 'clock convert 0 *yes' <<<"$output"
}
