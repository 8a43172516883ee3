# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Prints the C code of its files as FILE:LINE:CODE, without comments and without the content of
# strings, so that a word there is not taken for a call. An include line is
# printed as FILE:LINE:#include and its name with the quotes or brackets.
FNR == 1 { comment = 0 }

!comment && match($0, /^[ \t]*#[ \t]*include[ \t]*["<]/) {
	match($0, /["<][^">]*[">]/)
	print FILENAME ":" FNR ":#include " substr($0, RSTART, RLENGTH)
	next
}

{
	text = $0
	code = ""
	while (text != "") {
		if (comment) {
			end = index(text, "*/")
			if (!end)
				break
			text = substr(text, end + 2)
			comment = 0
		} else if (!match(text, /\/\*|\/\/|["']/)) {
			code = code text
			break
		} else {
			opening = substr(text, RSTART, RLENGTH)
			code = code substr(text, 1, RSTART - 1)
			text = substr(text, RSTART + RLENGTH)
			if (opening == "//")
				break
			if (opening == "/*")
				comment = 1
			else
				skip_string(opening)
		}
	}
	if (code !~ /^[ \t]*$/)
		print FILENAME ":" FNR ":" code
}

# Removes the rest of a string or a character constant from the text.
function skip_string(quote,  i, c) {
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "\\")
			i++
		else if (c == quote)
			break
	}
	text = substr(text, i + 1)
	code = code quote quote
}
