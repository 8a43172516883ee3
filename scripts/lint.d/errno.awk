# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Reads what code.awk prints. errno is that of the last call that set it: nothing that tidies up may
# stand between that call and whoever looks at errno, what was taken of an earlier call tells nothing
# of a later one, and what no call has returned is shown to nobody.

# The names of what is called, each with a blank in front, and one behind them.
function called(code,  word, names) {
	names = ""
	while (match(code, /[A-Za-z_][A-Za-z0-9_]* *\(/)) {
		word = substr(code, RSTART, RLENGTH)
		gsub(/[ (]/, "", word)
		if (word !~ /^(if|while|for|switch|return|sizeof)$/)
			names = names " " word
		code = substr(code, RSTART + RLENGTH)
	}
	return names ? names " " : ""
}

# Calls that tidy up, and leave in errno what they like; one that is asked for its result does not.
function tidies(names, code) {
	return names ~ / (free|close|fclose|gzclose|munmap|btf__free|kvet_[a-z_]*_(deinit|free|close)) / &&
		code !~ /if \(/
}

{
	split($0, part, ":")
	if (part[1] != file)
		lines = 0
	file = part[1]
	code[++lines] = substr($0, length(part[1] part[2]) + 3)
}

file !~ /^(lib|cmd)\// || code[lines] ~ /#include|errno = 0|saved = errno/ { next }

code[lines] ~ /(^|[^A-Za-z0-9_>.])errno([^A-Za-z0-9_]|$)/ {
	names = called(substr(code[lines], 1, index(code[lines], "errno")))
	if (names ~ /context_failure/)
		names = ""
	for (i = lines; !names && i > lines - 4 && i > 1;)
		names = called(code[--i])
	if (!names || tidies(names, code[i]))
		print file ":" part[2] ": errno: take it into a variable on the line after the call" \
			" that sets it"
}

# "if (fd < 0 || fstat(fd, &st))" and then the errnum of open().
lines > 1 && code[lines - 1] ~ /(if|while) \(/ && code[lines - 1] !~ /errnum/ &&
code[lines] ~ /[^a-z_]errnum[^a-z_]/ && code[lines] !~ /errnum = / {
	if (called(code[lines - 1]) ~ / (f?stat|fopen|open|openat|read|write|ioctl|fcntl|mmap|access|poll|syscall|fork|pipe2) /)
		print file ":" part[2] ": errnum: of an earlier call than the one in the condition"
}

# An errno that is written down, alone or behind "errnum ?", was not returned: only malloc() has one.
file !~ /core\/fail\.c$/ {
	text = code[lines]
	if (lines > 1 && code[lines - 1] ~ /kvet_(fail|cause_fill) *\($/)
		text = code[lines - 1] text
	if (text ~ /kvet_(fail|cause_fill) *\([^,]*,[^,]*[^A-Za-z0-9_]E[A-Z0-9]+ *(,|$)/ ||
	    text ~ /context_failure *\([^,]*,[^,]*: *E[A-Z0-9]+ *(,|$)/)
		print file ":" part[2] ": an errno that no call returned: kvet_reject(), or 0"
}
