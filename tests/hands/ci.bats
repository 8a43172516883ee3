#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck disable=SC1091,SC2016,SC2154
#
# contrib/ci: the script that the templates run, as they run it, in a guest.

setup() {
	. "$BATS_TEST_DIRNAME/lib.bash"
	alone
	requires_yaml
	requires qemu-system-x86_64
}

# script FILE PATH: the text of a step, by the keys and numbers that lead to it.
script() {
	/usr/bin/python3 -c '
import sys, yaml
value = yaml.safe_load(open(sys.argv[1]))
for key in sys.argv[2].split("/"):
    value = value[int(key) if isinstance(value, list) else key]
print(value)' "$@"
}

@test "ci: the action's step: two files in a guest, and the summary" {
	printf 'clock convert 0\nksyms lookup vfs_read\n' >"$BATS_TEST_TMPDIR/good.kvet"
	printf 'ksyms lookup no_such_function\n' >"$BATS_TEST_TMPDIR/bad.kvet"
	[ "$(script contrib/ci/action.yml runs/using)" = composite ]
	[ "$(script contrib/ci/action.yml runs/steps/1/env/FILES)" = '${{ inputs.files }}' ]
	[ "$(script contrib/ci/action.yml runs/steps/1/env/KERNELS)" = '${{ inputs.kernels }}' ]
	step=$(script contrib/ci/action.yml runs/steps/1/run)
	GITHUB_ACTION_PATH=$PWD/contrib/ci GITHUB_STEP_SUMMARY="$BATS_TEST_TMPDIR/summary" KERNELS=6.12 \
		FILES="$BATS_TEST_TMPDIR/good.kvet $BATS_TEST_TMPDIR/bad.kvet" run sh -c "$step"
	echo "$output"
	[ "$status" -eq 1 ]
	grep -q '^clock convert 0 *yes$' <<<"$output"
	grep -q '^ksyms lookup vfs_read *yes$' <<<"$output"
	grep -q '^ksyms lookup no_such_function *no$' <<<"$output"
	grep -q 'no_such_function *no' "$BATS_TEST_TMPDIR/summary"
}

@test "ci: the job of GitLab's template ends as the script does" {
	[ "$(script contrib/ci/gitlab.yml .kvet/script/0)" = '"$CI_BUILDS_DIR/kvet/contrib/ci/vet" --kernels "$KVET_KERNELS" $KVET_FILES' ]
	mkdir "$BATS_TEST_TMPDIR/builds"
	ln -s "$PWD" "$BATS_TEST_TMPDIR/builds/kvet"
	CI_BUILDS_DIR="$BATS_TEST_TMPDIR/builds" KVET_KERNELS=6.12 KVET_FILES="$BATS_TEST_TMPDIR/none.kvet" \
		run sh -c "$(script contrib/ci/gitlab.yml .kvet/script/0)"
	[ "$status" -eq 2 ]
	[[ "$output" == *'none.kvet: no such file'* ]]
}
