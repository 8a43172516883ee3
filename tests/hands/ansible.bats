#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2154
#
# contrib/ansible with the real ansible-playbook, on hosts that are this one by other names.

role() {
	ansible-playbook -i "$BATS_TEST_TMPDIR/hosts" contrib/ansible/playbook.yml \
		-e ansible_become=false -e ansible_python_interpreter=/usr/bin/python3 \
		-e kvet_report="$BATS_TEST_TMPDIR/fleet.tsv" "$@"
}

# rows HOST COLUMN...: these columns of the host's rows.
rows() {
	awk -F '\t' -v host="$1" -v columns="${*:2}" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(columns, column, " "); next }
		$1 == host { for (i = 1; i <= n; i++) printf "%s%s", $at[column[i]], i < n ? "\t" : "\n" }' \
		"$BATS_TEST_TMPDIR/fleet.tsv"
}

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	alone
	requires ansible-playbook
	export ANSIBLE_NOCOLOR=1 ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_HOME="$BATS_TEST_TMPDIR/ansible"
	export ANSIBLE_LOCAL_TEMP="$BATS_TEST_TMPDIR/ansible/tmp" ANSIBLE_REMOTE_TEMP="$BATS_TEST_TMPDIR/ansible/tmp"
	# A host that has no BPF helper, and one that has no kvet.
	cat >"$BATS_TEST_TMPDIR/blind" <<-END
		#!/bin/sh
		exec setpriv --bounding-set=-all --inh-caps=-all "$KVET" "\$@"
	END
	chmod +x "$BATS_TEST_TMPDIR/blind"
	cat >"$BATS_TEST_TMPDIR/hosts" <<-END
		good ansible_connection=local kvet_command=$KVET
		blind ansible_connection=local kvet_command=$BATS_TEST_TMPDIR/blind
		bare ansible_connection=local kvet_command=$BATS_TEST_TMPDIR/absent
		gone ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=1
	END
	# doctor's own verdicts differ from host to host: the requirements decide here.
	cat >"$BATS_TEST_TMPDIR/requirements" <<-END
		clock convert 0
		probe helpers bpf_ktime_get_boot_ns --type kprobe
	END
}

@test "ansible: hosts that do not meet the requirements fail, and the table has all hosts" {
	run role -e kvet_requirements="$BATS_TEST_TMPDIR/requirements" -e kvet_require_doctor=false
	echo "$output"
	# ansible-playbook: 2: hosts failed, 4: hosts were not reached.
	[ "$status" -eq 4 ]
	grep -Eq '^good +: ok=[0-9]+ +changed=0 +unreachable=0 +failed=0' <<<"$output"
	grep -Eq '^blind +: ok=[0-9]+ +changed=0 +unreachable=0 +failed=1' <<<"$output"
	grep -Eq '^bare +: ok=[0-9]+ +changed=0 +unreachable=0 +failed=1' <<<"$output"
	grep -Eq '^gone +: ok=0 +changed=0 +unreachable=1' <<<"$output"
	grep -Eq 'requirement probe helpers bpf_ktime_get_boot_ns --type kprobe: undetermined: .*CAP_BPF' <<<"$output"
	cat "$BATS_TEST_TMPDIR/fleet.tsv"
	[ "$(rows good source name verdict | grep -v ^doctor)" = \
		$'requirement\tclock convert 0\tyes\nrequirement\tprobe helpers bpf_ktime_get_boot_ns --type kprobe\tyes' ]
	[ "$(rows blind verdict source | grep requirement)" = $'yes\trequirement\nundetermined\trequirement' ]
	rows blind finding remedy | grep -q 'CAP_BPF'
	rows good kernel | grep -qx "$(uname -r)"
	[ "$(rows good source name | grep -c ^doctor)" = "$("$KVET" doctor -j | jq '[.records[] | select(.required)] | length')" ]
	rows bare verdict finding | grep -q '^error.*No such file or directory'
	[ "$(rows gone verdict finding)" = $'undetermined\tnot reached' ]
}

@test "ansible: hosts that meet them all: status 0, without a file of requirements too" {
	# Of a check that doctor requires, this host may lack some: then none decides.
	run role --limit good -e '{"kvet_fail_on": []}'
	[ "$status" -eq 0 ]
	[ -n "$(rows good verdict)" ]
	run role --limit good -e kvet_requirements="$BATS_TEST_TMPDIR/requirements" -e kvet_require_doctor=false
	[ "$status" -eq 0 ]
	[ -z "$(rows blind verdict)" ]
}

@test "ansible: what doctor requires fails a host as well" {
	run role --limit blind
	echo "$output"
	[ "$status" -eq 2 ]
	grep -q 'doctor capabilities: \(no\|undetermined\): .*; try: ' <<<"$output"
}

@test "ansible: a wrong line of the requirements is named, and its host fails" {
	echo 'probe helpers --wrong' >"$BATS_TEST_TMPDIR/requirements"
	run role --limit good -e kvet_requirements="$BATS_TEST_TMPDIR/requirements" -e kvet_require_doctor=false
	[ "$status" -eq 2 ]
	grep -q -- 'requirement run .*: error: .*--wrong' <<<"$output"
}
