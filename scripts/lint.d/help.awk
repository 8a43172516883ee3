# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Reduces the output of `kvet COMMAND --help-all` and `--help-fields` to the form of page.awk: the usage,
# the command's own options, the fields of its records. With program=1, reads that of `kvet --help-all`.
/^Usage: / { print "usage " substr($0, 8) }

/^[A-Z].*:$/ {
	options = !/^(Commands|Examples|Exit status):$/ && (program || !/^Options of every command:$/)
	record = ""
}
/^Output \(record [a-z]+\):$/ {
	record = $3
	sub(/\):$/, "", record)
	next
}

options && match($0, /^  (-[A-Za-z0-9],|   ) --[a-z0-9-]+( [A-Z][^ a-z]*)?/) {
	form = substr($0, 1, RLENGTH)
	sub(/^ +/, "", form)
	print "option " form
}

# The words after "--".
options && match($0, /^ +-- [A-Z]+ \[[A-Z]+\]\.\.\./) {
	form = substr($0, 1, RLENGTH)
	sub(/^ +/, "", form)
	print "option " form
}

record && /^  [a-z]/ { print "field " record " " $1 " " $2 }
