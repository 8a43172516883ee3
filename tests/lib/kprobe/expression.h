/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The BTF that expressions are tested with:
 *
 *	enum color { NONE = -1, RED, GREEN };
 *	struct inner { unsigned int a : 3; int b : 5; union { long x; char name[16]; }; long end; };
 *	struct outer { struct inner *in; struct inner by_value; const char *path;
 *		       const unsigned char *uname; u8 *bytes; enum color color; _Bool flag;
 *		       unsigned short port; void (*fn)(void); int list[4]; struct outer *next;
 *		       struct fwd *gone; };
 *	f(struct outer *o, int n, enum color c, struct outer b);
 *	g(int pid);
 */
#ifndef TESTS_LIB_KPROBE_EXPRESSION_H
#define TESTS_LIB_KPROBE_EXPRESSION_H

#include <stdlib.h>
#include <string.h>

#include "kprobe/expression.h"
#include "kprobe/prototype.h"

static void expression_types(struct btf *made)
{
	int integer = btf__add_int(made, "int", 4, BTF_INT_SIGNED);
	int bits = btf__add_int(made, "unsigned int", 4, 0);
	int number = btf__add_int(made, "long", 8, BTF_INT_SIGNED);
	int character = btf__add_int(made, "char", 1, BTF_INT_SIGNED);
	int byte = btf__add_int(made, "unsigned char", 1, 0);
	int truth = btf__add_int(made, "_Bool", 1, BTF_INT_BOOL);
	int two = btf__add_int(made, "unsigned short", 2, 0);
	int name = btf__add_array(made, integer, character, 16);
	int list = btf__add_array(made, integer, integer, 4);
	int path = btf__add_ptr(made, btf__add_const(made, character));
	int uname = btf__add_ptr(made, btf__add_const(made, byte));
	int data = btf__add_ptr(made, btf__add_typedef(made, "u8", byte));
	int function = btf__add_ptr(made, btf__add_func_proto(made, 0));
	int gone = btf__add_ptr(made, btf__add_fwd(made, "fwd", BTF_FWD_STRUCT));
	int color, either, inner, inner_at, outer, outer_at, proto;

	color = btf__add_enum(made, "color", 4);
	btf__add_enum_value(made, "NONE", -1);
	btf__add_enum_value(made, "RED", 0);
	btf__add_enum_value(made, "GREEN", 1);
	either = btf__add_union(made, NULL, 16);
	btf__add_field(made, "x", number, 0, 0);
	btf__add_field(made, "name", name, 0, 0);
	inner = btf__add_struct(made, "inner", 32);
	btf__add_field(made, "a", bits, 0, 3);
	btf__add_field(made, "b", integer, 3, 5);
	btf__add_field(made, NULL, either, 64, 0);
	btf__add_field(made, "end", number, 192, 0);
	inner_at = btf__add_ptr(made, inner);
	outer_at = btf__add_ptr(made, inner_at + 2);
	outer = btf__add_struct(made, "outer", 112);
	btf__add_field(made, "in", inner_at, 0, 0);
	btf__add_field(made, "by_value", inner, 64, 0);
	btf__add_field(made, "path", path, 320, 0);
	btf__add_field(made, "uname", uname, 384, 0);
	btf__add_field(made, "bytes", data, 448, 0);
	btf__add_field(made, "color", color, 512, 0);
	btf__add_field(made, "flag", truth, 544, 0);
	btf__add_field(made, "port", two, 560, 0);
	btf__add_field(made, "fn", function, 576, 0);
	btf__add_field(made, "list", list, 640, 0);
	btf__add_field(made, "next", outer_at, 768, 0);
	btf__add_field(made, "gone", gone, 832, 0);
	proto = btf__add_func_proto(made, integer);
	btf__add_func_param(made, "o", outer_at);
	btf__add_func_param(made, "n", integer);
	btf__add_func_param(made, "c", color);
	btf__add_func_param(made, "b", outer);
	btf__add_func(made, "f", BTF_FUNC_STATIC, proto);
	proto = btf__add_func_proto(made, integer);
	btf__add_func_param(made, "pid", integer);
	btf__add_func(made, "g", BTF_FUNC_STATIC, proto);
}

/* The bytes; the caller frees them. */
static char *expression_fixture(size_t *out_size)
{
	struct btf *made = btf__new_empty();
	const void *raw;
	char *bytes = NULL;
	__u32 size = 0;

	if (!made)
		return NULL;
	expression_types(made);
	raw = btf__raw_data(made, &size);
	if (raw && (bytes = malloc(size)))
		memcpy(bytes, raw, size);
	*out_size = size;
	btf__free(made);
	return bytes;
}

#endif
