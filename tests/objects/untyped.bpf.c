// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Nothing says of which type the program is. */
int nobody_knows(void)
{
	return 0;
}
