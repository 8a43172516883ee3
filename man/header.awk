# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Makes the page libkvet-NAME(3) of a public header from its comments, which are the contract:
#
#   awk -v date='November 27, 2026' -f man/header.awk lib/include/kvet/NAME.h
#
# The page has the header's first comment, and then, in its order, each group of declarations with the
# comment above it. A line "--- words ---" is a heading. Functions are in the synopsis, too.
BEGIN { state = "before" }

/SPDX-License-Identifier/ || /^#(ifndef|define) KVET_[A-Z_]+_H$/ { next }
/^#include <kvet\// {
	other = $2
	gsub(/<kvet\/|\.h>/, "", other)
	also[++others] = other
	next
}
/^#include/ { next }
# What C++ must know.
/^#ifdef __cplusplus/ { skipping = 1 }
skipping {
	if (/^#endif/)
		skipping = 0
	next
}
/^#endif$/ { next }

/^\/\* --- / {
	heading = $0
	gsub(/^\/\* -+ | -*( \*\/)?$/, "", heading)
	finish()
	ruled = !/\*\/$/
	group_heading[groups + 1] = toupper(substr(heading, 1, 1)) substr(heading, 2)
	next
}
ruled {
	ruled = !/\*\/$/
	next
}

# A comment at the left margin begins a group.
/^\/\*/ {
	finish()
	comment = 1
}
comment {
	line = $0
	last = line ~ /\*\/$/
	sub(/^\/\* ?/, "", line)
	sub(/ ?\*\/$/, "", line)
	sub(/^ \* ?/, "", line)
	sub(/^ \*$/, "", line)
	text = text line "\n"
	comment = !last
	next
}

{ code = code $0 "\n" }

function finish() {
	gsub(/^\n+|\n+$/, "", code)
	gsub(/^\n+|\n+$/, "", text)
	if (code == "" && text == "")
		return
	if (!introduced) {
		introduced = 1
		intro = text
		if (code != "") {
			groups++
			group_code[groups] = code
		}
	} else {
		groups++
		group_text[groups] = text
		group_code[groups] = code
	}
	text = code = ""
}

# roff: a line of text, so that no character of it is an instruction.
function roff(line) {
	gsub(/\\/, "\\e", line)
	gsub(/--/, "\\-\\-", line)
	line = hyphens(line)
	if (line ~ /^[.']/)
		line = "\\&" line
	return line
}

# A minus sign that one may copy: -ENOMEM, -1.
function hyphens(line,    at, out) {
	while (match(line, /(^|[ (])-[A-Z0-9a-z]/)) {
		at = RSTART + RLENGTH - 2
		out = out substr(line, 1, at - 1) "\\-"
		line = substr(line, at + 1)
	}
	return out line
}

# Each sentence begins a line, so that roff spaces them.
function paragraphs(words,    n, i, m, k, parts, lines) {
	n = split(words, parts, "\n\n")
	for (i = 1; i <= n; i++) {
		gsub(/\n/, " ", parts[i])
		m = split(sentences(parts[i]), lines, "\n")
		for (k = 1; k <= m; k++)
			print roff(lines[k])
		if (i < n)
			print ".Pp"
	}
}

function sentences(words,    out) {
	while (match(words, /[.?!:][)"]* [(A-Z]/)) {
		out = out substr(words, 1, RSTART + RLENGTH - 3) "\n"
		words = substr(words, RSTART + RLENGTH - 1)
	}
	return out words
}

function literal(words,    n, i, lines) {
	print ".Bd -literal"
	n = split(words, lines, "\n")
	for (i = 1; i <= n; i++)
		print roff(lines[i])
	print ".Ed"
}

# functions WORDS: prints those that the code declares, as a synopsis has them.
function functions(words,    n, i, lines, whole, depth) {
	n = split(words, lines, "\n")
	for (i = 1; i <= n; i++) {
		if (lines[i] ~ /^#/)
			continue
		whole = whole (whole == "" ? "" : " ") lines[i]
		depth += gsub(/\{/, "{", lines[i]) - gsub(/\}/, "}", lines[i])
		if (depth > 0 || lines[i] !~ /;( *\/\*.*\*\/)?$/)
			continue
		gsub(/\/\*[^*]*\*\//, "", whole)
		gsub(/[ \t]+/, " ", whole)
		if (whole ~ /^[a-z][a-z_0-9 ]*[ *]kvet_[a-z_0-9]+\(.*\); *$/ && whole !~ /^ *typedef/)
			prototype(whole)
		whole = ""
	}
}

function prototype(whole,    name, at, arguments, n, i, list, type) {
	at = index(whole, "(")
	name = type = substr(whole, 1, at - 1)
	sub(/.*[ *]/, "", name)
	type = substr(type, 1, length(type) - length(name))
	sub(/ $/, "", type)
	arguments = substr(whole, at + 1)
	sub(/\); *$/, "", arguments)
	print ".Ft \"" type "\""
	print ".Fo " name
	n = split(arguments, list, / *, */)
	for (i = 1; i <= n; i++)
		print ".Fa \"" list[i] "\""
	print ".Fc"
}

# first WORDS: the first sentence of the introduction, as a line of whatis(1).
function first(words) {
	sub(/\n\n.*/, "", words)
	gsub(/\n/, " ", words)
	if (match(words, /[.?] [A-Z]/) || match(words, /[.?]$/))
		words = substr(words, 1, RSTART - 1)
	return tolower(substr(words, 1, 1)) substr(words, 2)
}

END {
	finish()
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.h$/, "", name)
	print ".\\\" SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause"
	print ".\\\" Made by man/header.awk from the header: change its comments instead."
	print ".Dd " date
	print ".Dt LIBKVET-" toupper(name) " 3"
	print ".Os"
	print ".Sh NAME"
	print ".Nm libkvet-" name
	print ".Nd " roff(first(intro))
	print ".Sh SYNOPSIS"
	print ".In kvet/" name ".h"
	for (i = 1; i <= groups; i++)
		functions(group_code[i])
	print ".Sh DESCRIPTION"
	paragraphs(intro)
	for (i = 1; i <= groups; i++) {
		if (i in group_heading)
			print ".Ss " group_heading[i]
		if (group_code[i] != "")
			literal(group_code[i])
		if (group_text[i] != "") {
			if (group_code[i] != "")
				print ".Pp"
			paragraphs(group_text[i])
		}
	}
	print ".Sh SEE ALSO"
	print ".Xr libkvet 3" (others ? " ," : "")
	for (i = 1; i <= others; i++)
		print ".Xr libkvet-" also[i] " 3" (i < others ? " ," : "")
}
