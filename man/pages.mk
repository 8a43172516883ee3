# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The manual pages, included by GNUmakefile: which there are, and those of the library, which are made
# from the comments of its public headers, so that what is promised stands in one place.
made_3  := $(headers:lib/include/kvet/%.h=$(build)/man3/libkvet-%.3)
pages_3 := $(sort $(wildcard man/*.3)) $(made_3)
pages_7 := $(sort $(wildcard man/*.7))
pages_8 := $(sort $(wildcard man/*.8))

man3: $(made_3)
$(made_3): $(build)/man3/libkvet-%.3: lib/include/kvet/%.h man/header.awk man/libkvet.3
	$(call say,GEN,$@)
	$(Q)mkdir -p $(@D)
	$(Q)awk -v date="$$(sed -n 's/^\.Dd //p' man/libkvet.3)" -f man/header.awk $< >$@
