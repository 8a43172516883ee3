# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Completes the command lines of kvet in fish: kvet itself says what fits. `kvet completion fish`
# prints this.

function __kvet_words
	set -l words (commandline -opc)
	set -l current (commandline -ct)

	for line in ($words[1] completion --words -- $words[2..-1] "$current" 2>/dev/null)
		switch $line
			case :files
				__fish_complete_path (string replace -r '^--[a-z-]+=' '' -- "$current")
			case :directories
				__fish_complete_directories (string replace -r '^--[a-z-]+=' '' -- "$current")
			case :command
				__fish_complete_subcommand --fcs-skip=(contains -i -- -- $words)
			case '*'
				echo $line
		end
	end
end
complete -c kvet -f -a '(__kvet_words)'
