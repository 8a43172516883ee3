# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#
# Makes one TAP stream of what the guest sends, as it comes: numbers the tests anew, puts [label]
# before their names and before remarks, and turns every way to end early into a "not ok". Exit
# status 1 if one is not ok.
#
# label, release: the kernel; tests, tail: files with the names of the test files and, at the
# end, the end of the console log. The last line of the input is "#vm over" and why the guest
# ended, if it ended early; where it is missing no guest was started, and nothing is said.

function say(line) {
	print line
	fflush()
}

function remark(text) {
	say("# [" label "] " (file != "" ? short(file) ": " : "") text)
}

function point(passed, name) {
	count++
	if (!passed && tolower(name) !~ /# *todo/)
		failures++
	say((passed ? "ok " : "not ok ") count " - [" label "] " name)
}

function short(path) {
	sub(/.*\//, "", path)
	sub(/\.sh$/, "", path)
	return path
}

# The test file has ended: is all there that it has promised?
function close_file(status) {
	if (bailed != "")
		point(0, short(file) ": " bailed)
	else if (skip_all != "" && ran == 0)
		point(1, short(file) ": all # SKIP " skip_all)
	else if (planned < 0)
		point(0, short(file) ": has a plan")
	else if (planned != ran)
		point(0, short(file) ": ran as planned (" planned " planned, " ran " run)")
	if (bailed == "" && status != 0 && failed == 0)
		point(0, short(file) ": exit status " status)
	file = ""
}

# The console is a terminal: what takes longer than a second shows there how far it is, in a line that
# it clears, and what is printed next stands behind that.
{ sub(/\r$/, ""); sub(/^.*\r\033\[K/, "") }

/^#vm counters$/ { counting = 1; next }
/^#vm counted$/ { counting = 0; close(counters); next }
counting { print >counters; next }

/^#vm up / { up = $3; next }
/^#vm down / { down = $3; next }

/^#vm begin / {
	file = substr($0, 11)
	begun[file] = 1
	planned = -1
	ran = failed = 0
	skip_all = bailed = ""
	next
}

/^#vm took / { remark($3 " s"); next }
/^#vm over/ { over = 1; fault = substr($0, 10); next }

/^#vm end / {
	close_file($NF)
	next
}

/^EXITCODE=[0-9]+$/ { ended = 1; next }

/^$/ { next }
{ ended = 0 }

file != "" && /^(not )?ok( |$)/ {
	passed = /^ok/
	name = $0
	sub(/^(not )?ok */, "", name)
	sub(/^[0-9]+ */, "", name)
	sub(/^- */, "", name)
	ran++
	if (!passed)
		failed++
	point(passed, short(file) ": " name)
	next
}

file != "" && /^1\.\.[0-9]+/ {
	planned = substr($1, 4) + 0
	if (planned == 0) {
		skip_all = $0
		sub(/^1\.\.0 *(# *[Ss][Kk][Ii][Pp][^ ]* *)?/, "", skip_all)
		if (skip_all == "")
			skip_all = "nothing planned"
	}
	next
}

file != "" && /^Bail out!/ { bailed = $0; next }

{
	sub(/^# ?/, "")
	remark($0)
}

END {
	if (!over)
		exit
	if (file != "")
		point(0, short(file) ": ran to its end")
	while ((getline name < tests) > 0)
		if (!(name in begun))
			point(0, short(name) ": was run")
	point(ended, "guest: ran to its end")
	if (ended) {
		remark(release ": up after " up " s, done after " down " s")
	} else {
		remark(release ": " fault)
		while ((getline line < tail) > 0)
			remark("console: " line)
	}
	say("1.." count)
	exit failures > 0
}
