#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2154
#
# contrib/kubernetes: the names and types of all fields; and what a container of them can do, with
# exactly its capabilities.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	alone
	requires_yaml
}

manifests() {
	/usr/bin/python3 tests/hands/manifests.py "$@"
}

# contained CAPABILITIES COMMAND...: with these capabilities, and no others.
contained() {
	local set=-all one
	for one in $1; do set="$set,+${one,,}"; done
	shift
	setpriv --bounding-set="$set" --inh-caps=-all --no-new-privs "$@"
}

@test "kubernetes: the API has every field of the manifests" {
	run manifests contrib/kubernetes/*.yaml
	echo "$output"
	[ "$status" -eq 0 ]
	sed 's/allowPrivilegeEscalation/allowPrivilegesEscalation/; s/backoffLimit: 0/backoffLimit: none/' \
		contrib/kubernetes/job.yaml >"$BATS_TEST_TMPDIR/wrong.yaml"
	run manifests "$BATS_TEST_TMPDIR/wrong.yaml"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 2 ]
	[[ "$output" == *'.backoffLimit: '*'must be a number'*'.allowPrivilegesEscalation: SecurityContext has no such field'* ]]
}

@test "kubernetes: the Job's requirements are met with the capabilities that it has, and with none less" {
	path=spec/template/spec/containers/0/securityContext/capabilities
	capabilities=$(manifests --get contrib/kubernetes/job.yaml Job $path/add)
	[ "$(manifests --get contrib/kubernetes/job.yaml Job $path/drop)" = ALL ]
	[ "$(manifests --get contrib/kubernetes/daemonset.yaml DaemonSet $path/add)" = "$capabilities" ]
	manifests --get contrib/kubernetes/job.yaml ConfigMap data/requirements.kvet >"$BATS_TEST_TMPDIR/requirements"
	run contained "$capabilities" "$KVET" batch "$BATS_TEST_TMPDIR/requirements"
	echo "$output"
	[ "$status" -eq 0 ]
	for one in $capabilities; do
		run contained "$(grep -vx "$one" <<<"$capabilities")" "$KVET" batch "$BATS_TEST_TMPDIR/requirements"
		echo "without $one: $output"
		[ "$status" -eq 3 ]
		[[ "$output" == *"CAP_$one missing"* ]]
	done
}
