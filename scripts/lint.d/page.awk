# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Reduces a manual page, rendered as plain text, to the form of help.awk: the synopsis, the options,
# the fields of the records, in the page's order. With program=1, reads kvet.8, whose synopsis
# continues after the line that `kvet --help-all` shows.
/^[A-Z]/ { section = $0; record = "" }

section == "SYNOPSIS" && /^ / && !(program && usage++) {
	sub(/^ +/, "")
	print "usage " $0
}

# A list's items are indented by five columns; text may follow a short item on its line.
section == "OPTIONS" && /^     -/ {
	sub(/^ +/, "")
	sub(/  .*/, "")
	print "option " $0
}

section == "OUTPUT" && /^   [A-Z]/ { record = $1 == "Record" ? $2 : "" }
record && /^     [a-z0-9_]+ [A-Z]+$/ { print "field " record " " $1 " " $2 }
