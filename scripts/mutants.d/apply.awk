# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Prints a file with one text in it replaced by another: BEFORE and AFTER name files with them. Its
# line goes to LINE. Status 3: the text is not there; 4: it is there more than once.

function slurp(name,    text, line, lines) {
	while ((getline line <name) > 0)
		text = text (lines++ ? "\n" : "") line
	close(name)
	return text
}

{ all = all $0 "\n" }

END {
	before = slurp(BEFORE)
	at = index(all, before)
	if (!at)
		exit 3
	head = substr(all, 1, at - 1)
	tail = substr(all, at + length(before))
	if (index(tail, before))
		exit 4
	print gsub(/\n/, "\n", head) + 1 >LINE
	printf "%s%s%s", head, slurp(AFTER), tail
}
