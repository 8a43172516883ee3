# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Containers by an OCI runtime, crun, in the guest: a root of busybox and kvet, and the configuration
# of tests/data/containers with the capabilities, the profile and the mounts that a test requires.

bundle=/tmp/bundle
# shellcheck disable=SC2034 # set by the tests
uid=0 memlock=8388608 bounding='' profile='' mounts='' masked='' readable=''

container_root() {
	mkdir -p $bundle/root/bin $bundle/root/proc $bundle/root/sys $bundle/root/dev $bundle/root/host/proc
	cp /bin/busybox /bin/kvet $bundle/root/bin/
	for applet in sh cat dd sleep; do ln -sf busybox $bundle/root/bin/$applet; done
}

# names LIST: "bpf perfmon" as the configuration has them.
names() {
	separator=''
	for name in $1; do
		printf '%s"CAP_%s"' "$separator" "$(echo "$name" | tr "[:lower:]" "[:upper:]")"
		separator=', '
	done
}

# contained CAPABILITIES COMMAND...: the shell words of COMMAND in a container with these alone.
# Variables say what else: uid, memlock, profile (a file of tests/data/containers without .json),
# mounts (more of them), masked (more paths), bounding (more capabilities there).
contained() {
	capabilities=$1
	shift
	printf '%s\n' "$*" >$bundle/root/job
	seccomp=''
	[ -z "$profile" ] || seccomp="\"seccomp\": $(tr -d '\n\t' <"tests/data/containers/$profile.json"),"
	sed -e "s/\"BOUNDING\"/$(names "$capabilities $bounding")/" \
		-e "s/\"EFFECTIVE\"/$(names "$capabilities")/" \
		-e "s/\"uid\": 0, \"gid\": 0/\"uid\": $uid, \"gid\": $uid/" \
		-e "s/8388608/$memlock/g" \
		-e "s/\"namespaces\": \[/$seccomp &/" \
		-e "s|\"maskedPaths\": \[|& $masked|" \
		-e "s|\"source\": \"tmpfs\" }|&$mounts|" tests/data/containers/config.json >$bundle/config.json
	crun --cgroup-manager=disabled run --no-pivot --bundle $bundle "kvet$$"
}

# bind FILE OPTION [PLACE]: a mount of the guest's file or folder, at the same place or another.
bind() {
	printf ', { "destination": "%s", "type": "none", "source": "%s", "options": [ "rbind", "%s" ] }' \
		"${3:-$1}" "$1" "$2"
}
