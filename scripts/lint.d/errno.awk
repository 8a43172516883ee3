# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Reads the output of code.awk. errno belongs to the last call that set it. So no cleanup may come
# between that call and the read of errno, a saved errno of an earlier call must not be used for a
# later one, and an errno that no call returned must not be shown.

# The names of the functions called, each after a blank, and a blank at the end.
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

# Whether these are cleanup calls, which may change errno; a call whose result is checked is not.
function tidies(names, code) {
	return names ~ / (free|close|fclose|gzclose|munmap|kvet_[a-z_]*_(deinit|free|close)) / &&
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
		print file ":" part[2] ": errno may have changed since the call that set it: save it in a" \
			" variable right after that call"
}

# "if (fd < 0 || fstat(fd, &st))" followed by the errnum of open().
lines > 1 && code[lines - 1] ~ /(if|while) \(/ && code[lines - 1] !~ /errnum/ &&
code[lines] ~ /[^a-z_]errnum[^a-z_]/ && code[lines] !~ /errnum = / {
	if (called(code[lines - 1]) ~ / (f?stat|fopen|open|openat|read|write|ioctl|fcntl|mmap|access|poll|syscall|fork|pipe2) /)
		print file ":" part[2] ": errnum is of an earlier call than the one in the condition"
}

# A literal errno, alone or after "errnum ?", was not returned by a call; only malloc() may have one.
file !~ /core\/fail\.c$/ {
	text = code[lines]
	if (lines > 1 && code[lines - 1] ~ /kvet_(fail|cause_fill) *\($/)
		text = code[lines - 1] text
	if (text ~ /kvet_(fail|cause_fill) *\([^,]*,[^,]*[^A-Za-z0-9_]E[A-Z0-9]+ *(,|$)/ ||
	    text ~ /context_failure *\([^,]*,[^,]*: *E[A-Z0-9]+ *(,|$)/)
		print file ":" part[2] ": an errno that no call returned: use kvet_reject(), or 0"
}
