/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Probe points: from a SPEC to exact addresses, and why the kernel refuses one.
 *
 * kvet attaches only by address. By name, the kernel takes the first of several symbols (before 6.7
 * and its backports) or refuses (EADDRNOTAVAIL), and an offset past a function's end silently lands
 * in the next function.
 */
#ifndef KVET_KPROBE_H
#define KVET_KPROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kvet/cause.h>
#include <kvet/host.h>
#include <kvet/ksyms.h>
#include <kvet/refusal.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A SPEC: "SYM", "SYM+OFF", "MODULE:SYM[+OFF]", "[MODULE:]GLOB" or "0xADDR", each optionally after
 * "kprobe:", "k:", "kretprobe:" or "kr:", as bpftrace writes it. symbol is "" for an address;
 * module is "" if none was given, and "vmlinux" for the kernel proper. */
struct kvet_kprobe_spec {
	char module[64];
	char symbol[512];
	bool returns; /* the SPEC began with "kretprobe:" or "kr:" */
	bool syscall; /* it began with "syscall:": symbol is a system call's name, or a glob */
	bool glob;    /* symbol has one of *?[: the entries of all functions that match */
	uint64_t offset;
	uint64_t address;
};

/* Parses a SPEC; OFF is decimal, or hexadecimal with 0x. Errors: -EINVAL, with what is wrong in the
 * evidence. */
int kvet_kprobe_spec_parse(const char *text, struct kvet_kprobe_spec *spec, struct kvet_cause *err);

/*
 * One address that a SPEC resolves to. symbol and module belong to the symbol table. verdict is yes
 * if the table rules nothing out. A no comes with its cause: an offset past the symbol's extent, or
 * code that the kernel freed after boot.
 */
struct kvet_kprobe_site {
	const char *symbol;
	const char *module; /* NULL: the kernel proper */
	uint64_t address;   /* of the probe: the symbol's address plus the offset */
	uint64_t offset;
	uint64_t extent; /* of the symbol */
	bool unique;     /* no other symbol has its name */
	bool syscall;    /* it is a system call's wrapper, and the arguments are that call's */
	/* It is armed as MODULE:SYM, by tracefs: when the module is loaded, before its first
	 * function runs, and again when it comes back. Until then address may be 0. The kernel
	 * takes any of several functions with that name, and offsets are not supported. */
	bool waits;
	enum kvet_verdict verdict;
	struct kvet_cause cause;
};

/*
 * All sites of a SPEC. With a verdict of yes there is at least one; with no (no such symbol, not
 * text, no symbol at the address) and undetermined (addresses hidden) there are none, and a cause.
 */
struct kvet_kprobe_sites {
	enum kvet_verdict verdict;
	struct kvet_cause cause;
	struct kvet_kprobe_site *items;
	size_t count;
};

/*
 * Resolves a SPEC against a table: text symbols (t T w W) with that name, or that match, each
 * address once, in ascending order. A glob leaves out prefix symbols and the parts that a compiler
 * moved out of a function (".cold"), because no call enters those, unless it names them. The caller
 * frees with kvet_kprobe_sites_deinit(). Pure; errors: -ENOMEM.
 */
int kvet_kprobe_resolve(const struct kvet_ksyms *table, const struct kvet_kprobe_spec *spec,
			struct kvet_kprobe_sites *sites, struct kvet_cause *err);

/*
 * Reads a table of the running kernel in which kvet_kprobe_resolve() finds for each of these SPECs
 * what it finds in the whole one, with the other names of its site. If each SPEC names one
 * function, that is a table of a few symbols, in half the time; else the whole one. The caller
 * frees it with kvet_ksyms_free(). Errors: those of kvet_ksyms_open().
 */
int kvet_kprobe_table_open(struct kvet_ksyms **table, const struct kvet_host *host,
			   const struct kvet_kprobe_spec *const *specs, size_t count,
			   struct kvet_cause *err);

/* The symbol of a system call's wrapper ("__x64_sys_openat"), by what the table has; name may be a
 * glob. Returns buf; NULL if the table has no wrappers, or it would not fit. Pure. */
const char *kvet_kprobe_syscall_symbol(const struct kvet_ksyms *table, const char *name, char *buf,
				       size_t size);

/* The name of the system call that a wrapper's symbol has ("openat"); NULL: it is none. Pure. */
const char *kvet_kprobe_syscall_name(const char *symbol);

void kvet_kprobe_sites_deinit(struct kvet_kprobe_sites *sites);

/* For a SPEC that names no function: adds to the cause what kvet_ksyms_absent_cause() finds out,
 * including what may be meant instead, and a remedy if the cause has none. */
void kvet_kprobe_absent_cause(const struct kvet_host *host, const struct kvet_ksyms *table,
			      const struct kvet_kprobe_spec *spec, struct kvet_cause *cause);

/* The site at a symbol's first byte. Its verdict is no if the symbol is not text, and undetermined
 * if its address is hidden. Pure. */
void kvet_kprobe_site_of(const struct kvet_ksyms *table, uint32_t row,
			 struct kvet_kprobe_site *site);

/* The switches that turn off armed probes: 0 off, 1 on, -1 not readable. */
struct kvet_kprobe_switches {
	int kprobes; /* debugfs kprobes/enabled: for all probes but multi */
	int ftrace;  /* kernel.ftrace_enabled: for the probes that ftrace calls */
};
void kvet_kprobe_switches_read(const struct kvet_host *host, struct kvet_kprobe_switches *switches);

/* What the host's files say of kprobes; read once, and used to explain refusals. Start from all
 * zeros; free with kvet_kprobe_facts_deinit(). Not for several threads at once. */
struct kvet_kprobe_facts {
	int pmu_type;            /* the kprobe PMU's; -1: there is none */
	bool tracefs;            /* tracefs has kprobe_events */
	int retprobe_bit;        /* the bit of the PMU's config for a return probe; -1: not known */
	enum kvet_config config; /* CONFIG_KPROBES */
	char config_evidence[160]; /* the file that says so */
	bool probes_notrace;       /* CONFIG_KPROBE_EVENTS_ON_NOTRACE=y */
	struct kvet_kprobe_switches switches;
	const char *lockdown;            /* kvet_host_lockdown() */
	struct kvet_reach perf;          /* whether perf_event_open(2) reaches the kernel */
	struct kvet_kprobe_cache *cache; /* the kernel's lists, once one has been read */
};
void kvet_kprobe_facts_read(const struct kvet_host *host, struct kvet_kprobe_facts *facts);
void kvet_kprobe_facts_deinit(struct kvet_kprobe_facts *facts);

/*
 * What the kernel's own lists say of one address and its function, to tell the causes of EINVAL
 * apart: 1 yes, 0 no, -1 not readable. The lists are read once per facts, which may be NULL.
 */
struct kvet_kprobe_lists {
	int blacklisted; /* debugfs kprobes/blacklist */
	int traceable;   /* tracefs available_filter_functions_addrs, or by name without _addrs */
	int whole;       /* the same for "foo", if the site is in "foo.cold"; -1: not a part */
	/* Without _addrs: so many functions of that name are traceable, but not which; else 0. */
	uint32_t entries;
};
void kvet_kprobe_lists_read(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
			    const struct kvet_kprobe_site *site, struct kvet_kprobe_lists *lists);
/* Whether they have been read, so that the next answer takes no time. */
bool kvet_kprobe_lists_kept(const struct kvet_kprobe_facts *facts);

/* Whether kprobes can be armed on this host: yes; no, for everybody, if the kernel's configuration
 * lacks CONFIG_KPROBES; or undetermined, if there is neither a kprobe PMU nor kprobe_events. With
 * the cause. Pure. */
enum kvet_verdict kvet_kprobe_usable(const struct kvet_kprobe_facts *facts,
				     struct kvet_cause *cause);

/*
 * Turns a refusal into a verdict and a cause. errnum is positive, from perf_event_open(2) of the
 * kprobe PMU by address; refusal is what is known of that call, and may be NULL unless errnum is
 * EPERM, EACCES or ENOSYS. Pure. Source: the errnos of Linux 5.10 to 7.3, see lib/kprobe/explain.c.
 */
enum kvet_verdict kvet_kprobe_explain(int errnum, const struct kvet_kprobe_site *site,
				      const struct kvet_kprobe_facts *facts,
				      const struct kvet_kprobe_lists *lists,
				      const struct kvet_refusal *refusal, struct kvet_cause *cause);

/*
 * Whether this process may use the kprobe PMU, which facts must have. Asks for a probe at an
 * address that has no code: yes, if the kernel rejects the address; undetermined, with the cause,
 * if it refuses the call (EPERM, EACCES, ENOSYS), or if a seccomp filter would end this process;
 * no, if a known lockdown refuses kprobes to everybody. Leaves nothing.
 */
enum kvet_verdict kvet_kprobe_pmu_check(const struct kvet_host *host,
					const struct kvet_kprobe_facts *facts,
					struct kvet_cause *cause);

/* The kernel interface that a probe is made with. */
enum kvet_kprobe_backend {
	KVET_KPROBE_AUTO,    /* the first of these that can */
	KVET_KPROBE_PMU,     /* perf_event_open(2) of the kprobe PMU, by address (Linux 4.17) */
	KVET_KPROBE_TRACEFS, /* kprobe_events, by address; remain if the process is killed */
	KVET_KPROBE_MULTI,   /* one link for many functions (Linux 5.18, CONFIG_FPROBE) */
	KVET_KPROBE_FENTRY,  /* BPF trampolines, fentry and fexit, by BTF (Linux 5.12) */
	KVET_KPROBE_BACKEND_COUNT
};

/* "auto", "pmu", "tracefs", "multi" or "fentry", a static string; and the reverse, false for
 * another word. */
const char *kvet_kprobe_backend_name(enum kvet_kprobe_backend backend);
bool kvet_kprobe_backend_parse(const char *word, enum kvet_kprobe_backend *backend);

/* The file descriptors that this many probes hold at most with this back end; auto: with any. */
size_t kvet_kprobe_descriptors(enum kvet_kprobe_backend backend, size_t probes);

/* The tracefs events of one session, in a group of their own. Its name, "kvet_PID_LOCK", tells
 * whose it is: as long as it is open, byte LOCK of kprobe_events is locked. */
struct kvet_kprobe_group;

/* Finds tracefs and chooses a name. Errors: -ENOENT if tracefs is not mounted or the kernel has no
 * kprobe_events, with what to do; of access(2), open(2) and fcntl(2); -ENOMEM. */
int kvet_kprobe_group_open(struct kvet_kprobe_group **group, const struct kvet_host *host,
			   struct kvet_cause *err);

/* Sets how many calls of a function a return probe can follow at a time, for events made later; 0:
 * the kernel's default. Newer kernels accept at most 4096 (KRETPROBE_MAXACTIVE_MAX). */
void kvet_kprobe_group_slots(struct kvet_kprobe_group *group, unsigned int slots);

/* Removes the group's events. To be called after they are detached: the kernel keeps those in use.
 * NULL is fine. */
void kvet_kprobe_group_close(struct kvet_kprobe_group *group);

/* Called with each group that was found: its name, its process as that process's own PID namespace
 * numbers it, and whether that process is alive. */
typedef void (*kvet_kprobe_group_sink)(void *context, const char *group, uint32_t pid, bool alive,
				       size_t events, const struct kvet_cause *failure);

/*
 * Removes the groups that killed processes of kvet left. The sink is told of each group of kvet's;
 * failure is NULL, or says why an event could not be removed. A process is alive while it holds its
 * group's lock (fcntl(2), F_OFD_GETLK), in any PID namespace. Errors: as kvet_kprobe_group_open();
 * of read(2).
 */
int kvet_kprobe_cleanup(const struct kvet_host *host, kvet_kprobe_group_sink sink, void *context,
			struct kvet_cause *err);

/* --- which back end is used ------------------------------------------------------------------- */

/* What the back end must be able to do. All zeros: one probe at an entry, by any back end. */
struct kvet_kprobe_wish {
	enum kvet_kprobe_backend backend;
	bool returns;   /* at the returns of functions */
	bool registers; /* all registers are required: multi does not keep them */
	/* Calls of a function that a return probe follows at a time, which only tracefs can set; 0:
	 * thousands with tracefs, else the kernel's default. */
	unsigned int slots;
	size_t sites; /* how many there are */
};

/* The back ends that are tried for a site, in this order. */
struct kvet_kprobe_route {
	bool fentry;                     /* first fentry, for functions that it suits */
	bool multi;                      /* then multi, for the entries and returns of functions */
	enum kvet_kprobe_backend single; /* then a probe of its own by this back end; auto: none */
	bool fallback;                   /* it replaces the PMU, which is refused */
};

/* The route for a wish. pmu_refused matters only if the wish leaves the choice and there is a PMU.
 * Pure. */
struct kvet_kprobe_route kvet_kprobe_route(const struct kvet_kprobe_wish *wish,
					   const struct kvet_kprobe_facts *facts, bool pmu_refused);

/* The back ends for a wish on this host, used by kvet_kprobe_judge() and by what arms probes. Not
 * for several threads at once. */
struct kvet_kprobe_ways;

/* Makes no call of the kernel yet. The facts must outlive the ways; host may be NULL. Returns NULL
 * if there is no memory. The caller closes them after the probes are detached; NULL is fine. */
struct kvet_kprobe_ways *kvet_kprobe_ways_open(const struct kvet_host *host,
					       const struct kvet_kprobe_facts *facts,
					       const struct kvet_kprobe_wish *wish);
void kvet_kprobe_ways_close(struct kvet_kprobe_ways *ways);

/* The route on this host: asks the kernel, once, for what it depends on. Leaves out multi if this
 * kernel has no such links, unless the wish names multi. */
struct kvet_kprobe_route kvet_kprobe_ways_route(struct kvet_kprobe_ways *ways);

/* Whether the wish left the choice and the PMU was refused, and why. */
bool kvet_kprobe_ways_fallback(struct kvet_kprobe_ways *ways, struct kvet_cause *cause);

/* Why multi refused a site, if it is the only back end. linked: it has linked other sites, or would
 * have. Returns the verdict. */
enum kvet_verdict kvet_kprobe_ways_unlinked(struct kvet_kprobe_ways *ways,
					    const struct kvet_kprobe_site *site, bool linked,
					    struct kvet_cause *cause);

/* What to arm, and what runs at each hit. */
struct kvet_kprobe_request {
	const struct kvet_kprobe_site *site;
	bool returns;   /* at the return of the function that begins at the site */
	int prog_fd;    /* a program of type kprobe */
	bool by_cookie; /* the program reads its cookie (bpf_get_attach_cookie(), Linux 5.15) */
	uint64_t cookie;
	struct kvet_kprobe_ways *ways; /* of which the single back end is used */
};

/* An armed probe: one of the descriptors is open, the other is -1. Start from { -1, -1 }. */
struct kvet_kprobe_attached {
	int event_fd;
	int link_fd; /* if the kernel has links for perf events (5.15) */
};

/*
 * Arms a kprobe, until it is detached or its descriptors are closed. Returns yes, or, with nothing
 * armed, the verdict and the cause of the refusal.
 */
enum kvet_verdict kvet_kprobe_attach(const struct kvet_kprobe_request *request,
				     struct kvet_kprobe_attached *attached,
				     struct kvet_cause *cause);
void kvet_kprobe_detach(struct kvet_kprobe_attached *attached);

/*
 * Arms the entries, or returns, of many functions with one link, each with its cookie. prog_fd is a
 * program for kprobe.multi. Returns the link's descriptor, which the caller closes, or a negative
 * errno: if the kernel cannot probe one of the addresses it refuses all, and does not say which
 * (EINVAL, ENOENT); -EOPNOTSUPP without CONFIG_FPROBE.
 */
int kvet_kprobe_multi_attach(const uint64_t *addresses, const uint64_t *cookies, size_t count,
			     bool returns, int prog_fd);

/*
 * Whether this kernel has kprobe_multi links and this process may make them. Passes an unreadable
 * address, which a kernel with such links rejects with EFAULT. No: it has none (before 5.18, or
 * without CONFIG_FPROBE); undetermined: refused. With the cause. If yes, *idle is the descriptor of
 * a program for such links that only returns 0, which the caller closes; else -1.
 */
enum kvet_verdict kvet_kprobe_multi_check(const struct kvet_host *host, int *idle,
					  struct kvet_cause *cause);

/* Many sites, to be attached with as few links as possible. */
struct kvet_kprobe_many {
	const struct kvet_kprobe_site *const *sites;
	size_t count;
	bool returns;
	/* Programs for kprobe.multi, with the index as cookie: the one that runs at each hit, and
	 * the one at the entries of functions whose returns are probed; -1: none. */
	int hit;
	int entry;
	bool (*goes_on)(void *context, size_t done); /* false gives up; NULL: never */
	void *context;
	bool *taken; /* for each site: whether a link has it */
	int *links;  /* descriptors: each pair's link of entries, if any, then that of hits */
	size_t link_count;
};

/*
 * Links the sites whose verdict is yes and that are at a function's first byte. Start with taken
 * and links NULL; whatever is returned, the caller frees with kvet_kprobe_many_deinit(), which
 * closes the links. If the kernel cannot probe one site it refuses all and does not say which: kvet
 * tries halves until that site is alone, and leaves it out. Errors: -ENOMEM; -EINTR: goes_on() gave
 * up; -EOPNOTSUPP, -EPERM, -EACCES: the kernel refuses such links as such.
 */
int kvet_kprobe_many_attach(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
			    struct kvet_kprobe_many *many);
void kvet_kprobe_many_deinit(struct kvet_kprobe_many *many);

/* How many hits the kernel missed at a link's probe, because another probe was being handled on
 * that CPU (struct bpf_link_info, missed; Linux 6.7); none at a trampoline. Returns false if the
 * kernel does not tell. */
bool kvet_kprobe_missed_read(int link_fd, uint64_t *missed);

/* How often the kernel did not run a link's program, because another BPF program, or in a
 * trampoline the same one, was running on that CPU (struct bpf_prog_info, recursion_misses). Counts
 * all links of the program. 0 on kernels for which kvet_kprobe_missed_read() is false. */
uint64_t kvet_kprobe_recursion_read(int link_fd);

/* --- what a function takes and returns, by the kernel's BTF ----------------------------------- */

struct kvet_kprobe_prototypes;

/* Reads the BTF of the kernel; that of a module when it is asked for. The caller frees. Errors: of
 * open(2), fstat(2) and read(2) of /sys/kernel/btf/vmlinux; -EINVAL if it is not BTF; -ENOMEM. */
int kvet_kprobe_prototypes_open(struct kvet_kprobe_prototypes **prototypes, struct kvet_cause *err);
void kvet_kprobe_prototypes_free(struct kvet_kprobe_prototypes *prototypes);

enum kvet_kprobe_value_kind {
	KVET_KPROBE_NOTHING, /* void, only for a return */
	KVET_KPROBE_SIGNED,
	KVET_KPROBE_UNSIGNED,
	KVET_KPROBE_BOOLEAN,
	KVET_KPROBE_POINTER,
	KVET_KPROBE_STRING, /* a pointer to char */
	KVET_KPROBE_UNKNOWN /* not in one register: a struct, a float, past the sixth */
};

/* An argument, or a return value. The name belongs to the prototypes. */
struct kvet_kprobe_value {
	const char *name; /* "" if BTF has none */
	enum kvet_kprobe_value_kind kind;
	unsigned int size; /* bytes of the register that the value takes */
	int place;         /* of an argument: its index in kvet_trace_event.args; -1: not there */
};

#define KVET_KPROBE_VALUES_MOST 16

struct kvet_kprobe_prototype {
	struct kvet_kprobe_value values[KVET_KPROBE_VALUES_MOST];
	size_t count;
	struct kvet_kprobe_value returns;
};

/*
 * The prototype of the function that a site is in. Returns yes; or undetermined, with the cause:
 * BTF has no such function; it has several with that name and different prototypes, and does not
 * say which is at which address; or the compiler may have changed the arguments (a name with
 * ".isra" and the like).
 */
enum kvet_verdict kvet_kprobe_prototype_of(struct kvet_kprobe_prototypes *prototypes,
					   const struct kvet_kprobe_site *site,
					   struct kvet_kprobe_prototype *prototype,
					   struct kvet_cause *cause);

/* The value's bits of a register, extended to 64 bits by its sign if it has one. Pure. */
uint64_t kvet_kprobe_value_bits(const struct kvet_kprobe_value *value, uint64_t reg);

/* Where a probe really is, and how the kernel calls it. */
struct kvet_kprobe_armed {
	bool known;       /* the kernel's list was read, and has the probe */
	uint64_t address; /* past the ENDBR instruction, if the function begins with one */
	bool ftrace;      /* called by ftrace */
	bool optimized;   /* called by a jump; if neither: by a breakpoint */
	bool disabled;    /* the kernel has disabled it: it never fires */
	bool gone; /* its module was unloaded: it never fires, even if the module is loaded again */
};

/*
 * Looks up the sites in debugfs kprobes/list (kernel: kernel/kprobes.c, report_probe()), and writes
 * one armed for each; returns is true for return probes. If the list cannot be read, all are
 * unknown. The kernel replaces a breakpoint by a jump some time after arming. Errors: of open(2).
 */
int kvet_kprobe_armed_read(const struct kvet_host *host,
			   const struct kvet_kprobe_site *const *sites, size_t count, bool returns,
			   struct kvet_kprobe_armed *armed, struct kvet_cause *err);

/* Parses one line of the list; false if it is not one. *returns: it is a return probe. Pure. */
bool kvet_kprobe_list_parse(const char *line, struct kvet_kprobe_armed *armed, bool *returns);

/* Whether an entry of the list is the probe of the site. Pure. */
bool kvet_kprobe_is_at(const struct kvet_kprobe_armed *armed, const struct kvet_kprobe_site *site);

/*
 * Whether an armed probe can fire: yes, or undetermined with the cause: its module is gone, the
 * kernel has disabled it, or a switch that it depends on is off. A probe at a function's entry that
 * the kernel's list does not have counts as called by ftrace. Pure. Source: Linux 5.10 to 7.3 arm
 * such a probe without an error (kernel/kprobes.c, arm_kprobe_ftrace(); kernel/trace/ftrace.c).
 */
enum kvet_verdict kvet_kprobe_alive(const struct kvet_kprobe_switches *switches,
				    enum kvet_kprobe_backend backend,
				    const struct kvet_kprobe_site *site,
				    const struct kvet_kprobe_armed *armed,
				    struct kvet_cause *cause);

/*
 * Asks the kernel whether it would arm a probe at the site, and whether that would fire: by each
 * back end of the route in turn, as for a real probe. Registers the kprobe disabled and without a
 * program, or links a program that does nothing, and removes it again. Takes some ms. *backend
 * becomes the back end that would be used; auto unless the verdict is yes. With the cause, from all
 * back ends.
 */
enum kvet_verdict kvet_kprobe_check(struct kvet_kprobe_ways *ways,
				    const struct kvet_kprobe_site *site, bool returns,
				    enum kvet_kprobe_backend *backend, struct kvet_cause *cause);

/* Asks in advance for many sites, if multi comes first: a link takes as long for one site as for
 * all of them. goes_on is as in struct kvet_kprobe_many. On failure, kvet_kprobe_check() asks for
 * each site later. */
void kvet_kprobe_check_ahead(struct kvet_kprobe_ways *ways,
			     const struct kvet_kprobe_site *const *sites, size_t count,
			     bool (*goes_on)(void *context, size_t done), void *context);

/* When to ask the kernel itself, besides its lists. */
enum kvet_kprobe_asking {
	KVET_KPROBE_ASK_NEVER,   /* the lists are another host's */
	KVET_KPROBE_ASK_UNKNOWN, /* if its lists cannot be read */
	KVET_KPROBE_ASK_ALWAYS   /* even for a yes: the lists have only whole functions */
};

/*
 * Whether a kprobe can go to a site, from everything that is known: the site's own verdict; whether
 * kprobes can be armed at all; what the kernel's lists rule out; and the kernel's answer
 * (kvet_kprobe_check()). If the kernel may be asked, it is asked before lists that have not been
 * read: they take longer, and only explain a refusal. Once they are read, the kernel is not asked
 * for what they rule out: it would log the refusal. *backend is as of kvet_kprobe_check(), and auto
 * if the kernel was not asked. With the cause.
 */
enum kvet_verdict kvet_kprobe_judge(struct kvet_kprobe_ways *ways,
				    const struct kvet_kprobe_site *site,
				    enum kvet_kprobe_asking asking,
				    enum kvet_kprobe_backend *backend, struct kvet_cause *cause);

/* Sets the verdict to no, with its cause, for sites that the kernel's lists rule out: there is no
 * point in asking the kernel for those. */
void kvet_kprobe_sift(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
		      struct kvet_kprobe_sites *sites);

#ifdef __cplusplus
}
#endif

#endif
