# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Prints each example of a manual page as one record: page, prompt, line, command, output, which
# stand between \037, and whose lines between \036. The prompt is # or $, or "script" for a block
# without one. Examples are the literal blocks of the section EXAMPLES, and of a page of section 7 all.
BEGIN { US = "\037"; RS_ = "\036" }

FNR == 1 {
	page = FILENAME
	sub(/.*\//, "", page)
	within = 0
}

/^\.Sh / { within = /^\.Sh EXAMPLES/ || page ~ /\.7$/ }

within && /^\.Bd -literal/ {
	literal = 1
	prompt = command = output = ""
	next
}

literal && /^\.Ed/ {
	done()
	literal = 0
	next
}

literal {
	line = $0
	gsub(/\\&/, "", line)
	gsub(/\\e/, "\\", line)
	# A comment in a file, or a line of a message, may begin like a prompt.
	if (line ~ /^[#$] .*kvet/ || line ~ /^[#$] (cat|echo|scripts\/vm) /) {
		done()
		start(substr(line, 1, 1), substr(line, 3))
	} else if (line ~ /^> / && output == "")
		command = command RS_ substr(line, 3)
	else if (prompt == "")
		start("script", line)
	else if (prompt == "script")
		command = command RS_ line
	else
		output = output line RS_
}

function start(with, first) {
	prompt = with
	command = first
	output = ""
	from = FNR
}

function done() {
	if (prompt != "")
		print page US prompt US from US command US output
	prompt = ""
}
