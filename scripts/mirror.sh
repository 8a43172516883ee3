# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Debian's packages, of any suite and architecture, through the mirrors that this machine's own apt
# knows, with a state of apt that is apart from the machine's. Sourced by scripts/vm and scripts/cross,
# which have note(), cannot() and a temporary folder $stage.
#
# shellcheck disable=SC2154 # set there

# Old suites are no longer signed anew, so that their Release file runs out.
expired_suites='bullseye bullseye-security'
debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Prints "SUITE URI KEYRING..." for each package source of this machine.
machine_sources() {
	# shellcheck disable=SC2016 # apt's own variables
	sources=$(apt-get indextargets \
		--format '$(RELEASE) $(SITE) $(SIGNED_BY)' 'Created-By: Packages' 2>/dev/null) || :
	if [ -z "$sources" ]; then
		# No package list was ever loaded here; then apt shows what it would load.
		mkdir -p "$stage/none/partial"
		sources=$(apt-get update --print-uris -o Dir::State::lists="$stage/none" |
			sed -n "s,^'\(.*\)/dists/\([^ ]*\)/InRelease'.*,\2 \1,p")
	fi
	printf '%s\n' "$sources" | sort -u
}

# stanza ARCH "SUITE..." URI KEYRING: one deb822 paragraph for each suite.
stanza() (
	for suite in $2; do
		printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' "$3" "$suite"
		printf 'Architectures: %s\nSigned-By: %s\n' "$1" "$4"
		case " $expired_suites " in
		*" $suite "*) printf 'Check-Valid-Until: no\n' ;;
		esac
		printf '\n'
	done
)

# mirror_state FOLDER ARCH "MAIN-SUITE..." "SECURITY-SUITE...": writes a configuration that keeps all of
# apt's state below FOLDER, with the machine's mirrors and its way to them (proxies), but without its
# hooks and pins. A suite that the mirror does not have is passed over.
mirror_state() {
	state=$1 state_arch=$2
	mkdir -p "$state/lists/partial" "$state/archives/partial"
	: >"$state/status"
	machine_sources >"$stage/machine"
	: >"$stage/multi.sources"
	for kind in main security; do
		case $kind in
		main) suites=$3 pattern='^(bullseye|bookworm|trixie)(-updates|-backports)?$' ;;
		security) suites=$4 pattern='^(bullseye|bookworm|trixie)-security$' ;;
		esac
		line=$(awk -v pattern="$pattern" '$1 ~ pattern { print; exit }' "$stage/machine")
		if [ -z "$line" ]; then
			note "no Debian $kind mirror in this machine's apt configuration"
			continue
		fi
		uri=$(printf '%s\n' "$line" | cut -d ' ' -f 2)
		keyring=$(printf '%s\n' "$line" | cut -d ' ' -f 3)
		case $keyring in
		/*) ;;
		*) keyring=$debian_keyring ;;
		esac
		[ -r "$keyring" ] ||
			cannot "$keyring not found: install the Debian package debian-archive-keyring"
		stanza "$state_arch" "$suites" "$uri" "$keyring" >>"$stage/multi.sources"
	done
	mv "$stage/multi.sources" "$state/multi.sources"
	{
		apt-config dump | grep '^Acquire::' |
			grep -Ev '^Acquire::(IndexTargets|Changelogs|Languages|Check-Valid-Until)'
		cat <<-END
		APT::Architecture "$state_arch";
		APT::Architectures { "$state_arch"; };
		APT::Get::AllowUnauthenticated "false";
		APT::Sandbox::User "root";
		Acquire::AllowInsecureRepositories "false";
		Acquire::AllowDowngradeToInsecureRepositories "false";
		Acquire::Languages "none";
		Dir::Cache "$state";
		Dir::Etc::main "/dev/null";
		Dir::Etc::parts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Dir::Etc::sourcelist "$state/multi.sources";
		Dir::Etc::sourceparts "/dev/null";
		Dir::State "$state";
		Dir::State::lists "$state/lists";
		Dir::State::status "$state/status";
		END
	} >"$stage/apt.conf"
	mv "$stage/apt.conf" "$state/apt.conf"
}

# private FOLDER COMMAND...: one of apt's commands with the state in FOLDER.
private() (
	APT_CONFIG=$1/apt.conf
	export APT_CONFIG
	shift
	"$@"
)
