# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# shellcheck shell=bash
# How an output that a document has is compared with one of this host, whose numbers and addresses
# are others.

# The words of each heading, and the key of each line of the summary.
shape() {
	awk '/^[A-Z][A-Z_]+ +[A-Z_ ]+$/ { $1 = $1; print }
	     /^[a-z_]+: / { print $1 }' | grep -v '^kvet:'
}

masked() {
	sed -E 's/0x[0-9a-f]+/H/g; s/[0-9]+/N/g; s/ +/ /g'
}

# holds_words ALL SOME: whether SOME are among ALL, in this order: a table in a document may have been
# chosen with --columns.
holds_words() {
	local word rest=" $1 "

	for word in $2; do
		[[ $rest == *" $word "* ]] || return 1
		rest=" ${rest#*" $word "}"
	done
}

# agrees EXAMPLE DOCUMENTED OUTPUT: each heading and key of the document is in the output.
agrees() {
	local want have found

	while read -r want; do
		found=
		while read -r have; do
			! holds_words "$have" "$want" || found=1
		done < <(shape <<<"$3")
		[ -n "$found" ] || { echo "$1: '$want' is not in:"; echo "$3"; return 1; }
	done < <(shape <<<"$2")
}
