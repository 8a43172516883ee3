# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Takes lists of mutants apart: below DIR, a folder for each, named by its number, with the files
# file, before, after, what and tests. The form of a list is in tests/mutants/README.md.

function fail(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why >"/dev/stderr"
	failed = 1
	exit 1
}

function finish() {
	if (!open)
		return
	if (what == "")
		fail("the mutant before has no line with what the user gets: ! TEXT")
	number++
	folder = DIR "/" number
	system("mkdir -p " folder)
	print file >(folder "/file")
	printf "%s", before >(folder "/before")
	printf "%s", after >(folder "/after")
	print what >(folder "/what")
	print tests >(folder "/tests")
	close(folder "/file"); close(folder "/before"); close(folder "/after")
	close(folder "/what"); close(folder "/tests")
	open = 0
}

FNR == 1 { finish(); file = "" }
/^#/ || /^$/ { next }

# == FILE: TEST...
/^== / {
	finish()
	if (!match($0, /: /))
		fail("== FILE: TEST...")
	file = substr($0, 4, RSTART - 4)
	tests = substr($0, RSTART + 2)
	next
}

/^-/ {
	if (what != "" || !open) {
		finish()
		if (file == "")
			fail("a mutant of no file")
		open = 1
		before = after = what = ""
	}
	before = before (before == "" ? "" : "\n") substr($0, 3)
	next
}

/^\+/ {
	after = after (after == "" ? "" : "\n") substr($0, 3)
	next
}

/^! / {
	what = what (what == "" ? "" : " ") substr($0, 3)
	next
}

{ fail("no line of a list") }

END {
	if (!failed)
		finish()
}
