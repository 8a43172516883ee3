# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What a manual page says, rendered as plain text, in the form of help.awk: the synopsis,
# the options, the fields of the records, in the page's order. With program=1, kvet.8,
# whose synopsis goes on after the line that `kvet help` shows.
/^[A-Z]/ { section = $0; record = "" }

section == "SYNOPSIS" && /^ / && !(program && usage++) {
	sub(/^ +/, "")
	print "usage " $0
}

# What stands at the depth of five columns is what a list describes; behind a short one its text.
section == "OPTIONS" && /^     -/ {
	sub(/^ +/, "")
	sub(/  .*/, "")
	print "option " $0
}

section == "OUTPUT" && /^   [A-Z]/ { record = $1 == "Record" ? $2 : "" }
record && /^     [a-z0-9_]+ [A-Z]+$/ { print "field " record " " $1 " " $2 }
