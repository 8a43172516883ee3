/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Probe points: from what a user writes to exact addresses, and why the kernel refuses one.
 *
 * kvet attaches by address alone. By name, the kernel takes the first of several symbols
 * (before 6.7 and its backports) or refuses (EADDRNOTAVAIL), and an offset past a
 * function's end lands in the next function without a word.
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

/* What a user asked for: "SYM", "SYM+OFF", "MODULE:SYM[+OFF]", "[MODULE:]GLOB" or "0xADDR"; each
 * perhaps with "kprobe:", "k:", "kretprobe:" or "kr:" in front, as bpftrace writes it.
 * symbol is "" for an address; module is "" if none was given, "vmlinux" is the kernel proper. */
struct kvet_kprobe_spec {
	char module[64];
	char symbol[512];
	bool returns; /* "kretprobe:" says so */
	bool glob;    /* symbol has one of *?[: the entries of all functions whose names match */
	uint64_t offset;
	uint64_t address;
};

/* Parses a spec; OFF is decimal, or hexadecimal with 0x. Errors: -EINVAL, with what is
 * wrong in the evidence. */
int kvet_kprobe_spec_parse(const char *text, struct kvet_kprobe_spec *spec, struct kvet_cause *err);

/*
 * One place where a probe could go. symbol and module belong to the symbol table. verdict
 * is yes where nothing that the table says speaks against it. A no, for example an offset past the
 * symbol's extent, or code that the kernel has freed after boot, carries its cause.
 */
struct kvet_kprobe_site {
	const char *symbol;
	const char *module; /* NULL: the kernel proper */
	uint64_t address;   /* of the probe: the symbol's plus the offset */
	uint64_t offset;
	uint64_t extent; /* of the symbol */
	enum kvet_verdict verdict;
	struct kvet_cause cause;
};

/*
 * Every site of a spec. A verdict of yes comes with at least one site; of no (no such
 * symbol, not text, no symbol at the address) and undetermined (addresses hidden) with
 * none, and a cause.
 */
struct kvet_kprobe_sites {
	enum kvet_verdict verdict;
	struct kvet_cause cause;
	struct kvet_kprobe_site *items;
	size_t count;
};

/*
 * Resolves a spec against a table: text symbols (t T w W) of that name, or that match, each
 * address once, in the order of their addresses. A glob leaves out prefix symbols, and the parts
 * that a compiler moved out of a function (".cold") unless it names them: no call enters
 * those. The caller frees with kvet_kprobe_sites_deinit(). Pure; errors: -ENOMEM.
 */
int kvet_kprobe_resolve(const struct kvet_ksyms *table, const struct kvet_kprobe_spec *spec,
			struct kvet_kprobe_sites *sites, struct kvet_cause *err);
void kvet_kprobe_sites_deinit(struct kvet_kprobe_sites *sites);

/* Of a spec that names no function: adds to the cause of its sites what kvet_ksyms_absent_cause()
 * knows of that, what may be meant instead, and the remedy if there was none. */
void kvet_kprobe_absent_cause(const struct kvet_host *host, const struct kvet_ksyms *table,
			      const struct kvet_kprobe_spec *spec, struct kvet_cause *cause);

/* The site where a row's symbol begins, whatever it is: its verdict is no where it is not text, and
 * undetermined where its address is hidden. Pure. */
void kvet_kprobe_site_of(const struct kvet_ksyms *table, uint32_t row,
			 struct kvet_kprobe_site *site);

/* What turns off probes that are armed: 0 off, 1 on, -1 not readable. */
struct kvet_kprobe_switches {
	int kprobes; /* debugfs kprobes/enabled: all that are no multi */
	int ftrace;  /* kernel.ftrace_enabled: those that get control by a call for ftrace */
};
void kvet_kprobe_switches_read(const struct kvet_host *host, struct kvet_kprobe_switches *switches);

/* What the host says of kprobes; read once, and used to explain refusals. Start from all zeros;
 * free with kvet_kprobe_facts_deinit(). Not for several threads at once. */
struct kvet_kprobe_facts {
	int pmu_type;              /* of the kprobe PMU; -1: there is none */
	bool tracefs;              /* it has kprobe_events */
	int retprobe_bit;          /* of its config, which asks for the return; -1: not told */
	enum kvet_config config;   /* CONFIG_KPROBES */
	char config_evidence[160]; /* and where that is written */
	bool probes_notrace;       /* CONFIG_KPROBE_EVENTS_ON_NOTRACE=y */
	struct kvet_kprobe_switches switches;
	const char *lockdown;            /* kvet_host_lockdown() */
	struct kvet_reach perf;          /* whether perf_event_open(2) reaches the kernel */
	struct kvet_kprobe_cache *cache; /* the kernel's lists, as soon as one was wanted */
};
void kvet_kprobe_facts_read(const struct kvet_host *host, struct kvet_kprobe_facts *facts);
void kvet_kprobe_facts_deinit(struct kvet_kprobe_facts *facts);

/*
 * What the kernel's own lists (read once for the same facts; facts may be NULL) say of one address
 * and its function, for the causes of EINVAL, which has half a dozen. Each is 1 yes, 0 no, -1 not
 * readable.
 */
struct kvet_kprobe_lists {
	int blacklisted; /* debugfs kprobes/blacklist */
	int traceable;   /* tracefs available_filter_functions_addrs, or by name without _addrs */
	int whole; /* the same of the function that it is a part of, "foo" of "foo.cold"; else -1 */
};
void kvet_kprobe_lists_read(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
			    const struct kvet_kprobe_site *site, struct kvet_kprobe_lists *lists);

/* Whether kprobes can be armed at all here: yes; no, which is certain for everybody, where the
 * kernel's own configuration has no CONFIG_KPROBES; or undetermined (neither a kprobe PMU nor
 * kprobe_events). With the cause. Pure. */
enum kvet_verdict kvet_kprobe_usable(const struct kvet_kprobe_facts *facts,
				     struct kvet_cause *cause);

/*
 * Turns a refusal into a verdict and a cause. errnum is positive, from perf_event_open(2)
 * of the kprobe PMU by address; refusal is what is known of that call, and is looked at for
 * EPERM, EACCES and ENOSYS alone (else it may be NULL). Pure. Source: the errno matrix of
 * Linux 5.10 to 7.3, see lib/kprobe/explain.c.
 */
enum kvet_verdict kvet_kprobe_explain(int errnum, const struct kvet_kprobe_site *site,
				      const struct kvet_kprobe_facts *facts,
				      const struct kvet_kprobe_lists *lists,
				      const struct kvet_refusal *refusal, struct kvet_cause *cause);

/*
 * Whether the kprobe PMU is for this process at all: asks for a probe where nothing can be, which
 * the kernel says of it (yes) unless it refuses the call before (undetermined, with the cause:
 * EPERM, EACCES, ENOSYS, or a filter that would end this process; no, where a lockdown that is
 * known refuses kprobes to everybody). facts have a PMU. Nothing stays.
 */
enum kvet_verdict kvet_kprobe_pmu_check(const struct kvet_host *host,
					const struct kvet_kprobe_facts *facts,
					struct kvet_cause *cause);

/* How a probe gets into the kernel. */
enum kvet_kprobe_backend {
	KVET_KPROBE_AUTO,    /* whichever of these can, the first best */
	KVET_KPROBE_PMU,     /* perf_event_open(2) of the kprobe PMU, by address (Linux 4.17) */
	KVET_KPROBE_TRACEFS, /* tracefs kprobe_events, by address; outlives who is killed */
	KVET_KPROBE_MULTI,   /* one link for many functions (Linux 5.18, CONFIG_FPROBE) */
	KVET_KPROBE_BACKEND_COUNT
};

/* "auto", "pmu", "tracefs", "multi"; a static string. And back: false for another word. */
const char *kvet_kprobe_backend_name(enum kvet_kprobe_backend backend);
bool kvet_kprobe_backend_parse(const char *word, enum kvet_kprobe_backend *backend);

/* The file descriptors that so many probes hold at most, by this back end; auto: by any. */
size_t kvet_kprobe_descriptors(enum kvet_kprobe_backend backend, size_t probes);

/* The events that one user of tracefs has made: they have a group of their own, whose name says
 * whose it is, "kvet_PID_LOCK". While it is open, byte LOCK of kprobe_events is locked. */
struct kvet_kprobe_group;

/* Finds tracefs, where it is mounted, and a name. Errors: -ENOENT where it is not mounted, or the
 * kernel has no kprobe_events, with what to do; of access(2), open(2) and fcntl(2); -ENOMEM. */
int kvet_kprobe_group_open(struct kvet_kprobe_group **group, const struct kvet_host *host,
			   struct kvet_cause *err);

/* How many calls of a function its returns can follow at a time, from now on; 0: as many as the
 * kernel's default. Newer kernels take 4096 at the most (KRETPROBE_MAXACTIVE_MAX). */
void kvet_kprobe_group_slots(struct kvet_kprobe_group *group, unsigned int slots);

/* Removes its events: after they are detached, for the kernel keeps those in use. NULL is fine. */
void kvet_kprobe_group_close(struct kvet_kprobe_group *group);

/* One group that was found, by name, its process as that process's own PID namespace numbers it,
 * and whether it lives. */
typedef void (*kvet_kprobe_group_sink)(void *context, const char *group, uint32_t pid, bool alive,
				       size_t events, const struct kvet_cause *failure);

/*
 * Removes the groups whose processes are gone: kvet was killed, and could not. Of each group of
 * kvet's the sink is told: failure is NULL, or says why an event could not be removed. A
 * process lives while it holds its group's lock (fcntl(2), F_OFD_GETLK), whatever PID namespace it
 * is in. Errors: as kvet_kprobe_group_open(); of read(2).
 */
int kvet_kprobe_cleanup(const struct kvet_host *host, kvet_kprobe_group_sink sink, void *context,
			struct kvet_cause *err);

/* --- which of them is taken --------------------------------------------------------------------
 */

/* How probes are to get into the kernel. All zeros: one probe at an entry, the best way. */
struct kvet_kprobe_wish {
	enum kvet_kprobe_backend backend;
	bool returns;       /* at the returns of functions */
	bool registers;     /* all of them are wanted: multi does not keep them */
	unsigned int slots; /* calls of a function that its returns follow at a time, which tracefs
			     * alone can be told; 0: thousands with tracefs, else the kernel's
			     * default */
	size_t sites;       /* that there are */
};

/* The ways that are tried for a site, one after the other. */
struct kvet_kprobe_route {
	bool multi;                      /* first, for the entries and returns of functions */
	enum kvet_kprobe_backend single; /* then this, a probe of its own; auto: none */
	bool fallback;                   /* the PMU would have been taken, and is refused */
};

/* The route for a wish. pmu_refused counts where there is the choice, and there is a PMU. Pure. */
struct kvet_kprobe_route kvet_kprobe_route(const struct kvet_kprobe_wish *wish,
					   const struct kvet_kprobe_facts *facts, bool pmu_refused);

/* The ways for a wish on this host: what says where a probe can go and what arms it both go them.
 * Not for several threads at once. */
struct kvet_kprobe_ways;

/* Nothing is asked yet. The facts must outlive them; host may be NULL. Returns NULL without memory
 * for it. The caller closes it, after the probes are detached. NULL is fine. */
struct kvet_kprobe_ways *kvet_kprobe_ways_open(const struct kvet_host *host,
					       const struct kvet_kprobe_facts *facts,
					       const struct kvet_kprobe_wish *wish);
void kvet_kprobe_ways_close(struct kvet_kprobe_ways *ways);

/* The route as it is here: asks the kernel for what it depends on, once. Without multi where this
 * kernel has no such links, unless nothing else was wished for. */
struct kvet_kprobe_route kvet_kprobe_ways_route(struct kvet_kprobe_ways *ways);

/* Whether the PMU was refused where there was the choice, and why. */
bool kvet_kprobe_ways_fallback(struct kvet_kprobe_ways *ways, struct kvet_cause *cause);

/* Why multi has not taken a site, where it is the only way. linked: it has taken others, or could
 * have. Returns the verdict. */
enum kvet_verdict kvet_kprobe_ways_unlinked(struct kvet_kprobe_ways *ways,
					    const struct kvet_kprobe_site *site, bool linked,
					    struct kvet_cause *cause);

/* What is to be armed, and what runs at each hit. */
struct kvet_kprobe_request {
	const struct kvet_kprobe_site *site;
	bool returns;   /* at the return of the function that begins there */
	int prog_fd;    /* a program of type kprobe */
	bool by_cookie; /* it asks for its cookie (bpf_get_attach_cookie(), Linux 5.15) */
	uint64_t cookie;
	struct kvet_kprobe_ways *ways; /* by the single way of these */
};

/* A probe that is armed: one descriptor, the other is -1. Start from { -1, -1 }. */
struct kvet_kprobe_attached {
	int event_fd;
	int link_fd; /* where the kernel has links of perf events (5.15) */
};

/*
 * Arms a kprobe, from now until it is detached or its descriptors are closed. Returns yes, or,
 * with nothing armed, the verdict on the refusal and its cause.
 */
enum kvet_verdict kvet_kprobe_attach(const struct kvet_kprobe_request *request,
				     struct kvet_kprobe_attached *attached,
				     struct kvet_cause *cause);
void kvet_kprobe_detach(struct kvet_kprobe_attached *attached);

/*
 * Arms the entries, or returns, of many functions with one link, each with its cookie. prog_fd is a
 * program for kprobe.multi. Returns the link's descriptor, which becomes the caller's, or a
 * negative errno: of one address that it cannot take the kernel refuses all, and does not say which
 * (EINVAL, ENOENT); -EOPNOTSUPP without CONFIG_FPROBE.
 */
int kvet_kprobe_multi_attach(const uint64_t *addresses, const uint64_t *cookies, size_t count,
			     bool returns, int prog_fd);

/*
 * Whether this kernel has such links, and this process may have them: gives one to an address that
 * cannot be read, which a kernel that has them says of it (EFAULT). No: it has none (before 5.18,
 * or without CONFIG_FPROBE); undetermined: refused. With the cause. With yes, *idle is the
 * descriptor of a program for them that does nothing, and becomes the caller's; else -1.
 */
enum kvet_verdict kvet_kprobe_multi_check(const struct kvet_host *host, int *idle,
					  struct kvet_cause *cause);

/* Many sites, for as few links as can be. */
struct kvet_kprobe_many {
	const struct kvet_kprobe_site *const *sites;
	size_t count;
	bool returns;
	int hit;   /* the program that runs at each hit, for kprobe.multi, */
	int entry; /* and the one at the entries of what returns; -1: none. Cookie: the index */
	bool (*goes_on)(void *context, size_t done); /* NULL: it does. False gives it up */
	void *context;
	bool *taken; /* of each site: whether a link has it */
	int *links;  /* descriptors: that of entries, if there is one, and then that of hits */
	size_t link_count;
};

/*
 * Links those whose verdict is yes and that are at a function's beginning. Start with taken and
 * links NULL; whatever is returned, the caller frees with kvet_kprobe_many_deinit(), which closes
 * the links. Of one that it cannot take, the kernel refuses all and does not say which: halves are
 * asked until it stands alone, and is not taken. Errors: -ENOMEM; -EINTR, it was given up;
 * -EOPNOTSUPP, -EPERM, -EACCES: there is no link for anybody.
 */
int kvet_kprobe_many_attach(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
			    struct kvet_kprobe_many *many);
void kvet_kprobe_many_deinit(struct kvet_kprobe_many *many);

/* How often the kernel passed the probe of a link over, since another one was being handled on that
 * CPU (struct bpf_link_info, missed; Linux 6.7). Returns false where it does not tell. */
bool kvet_kprobe_missed_read(int link_fd, uint64_t *missed);

/* How often the kernel did not run the program of a link, since another BPF program was running on
 * that CPU (struct bpf_prog_info, recursion_misses): of all links of the program. It counts so
 * where kvet_kprobe_missed_read() is known; else 0. */
uint64_t kvet_kprobe_recursion_read(int link_fd);

/* --- what a function takes and returns, by the kernel's BTF ------------------------------------
 */

struct kvet_kprobe_prototypes;

/* Reads the BTF of the kernel (and, when they are asked for, of its modules). The caller frees.
 * Errors: of libbpf's btf__load_vmlinux_btf(). */
int kvet_kprobe_prototypes_open(struct kvet_kprobe_prototypes **prototypes, struct kvet_cause *err);
void kvet_kprobe_prototypes_free(struct kvet_kprobe_prototypes *prototypes);

enum kvet_kprobe_value_kind {
	KVET_KPROBE_NOTHING, /* void, of a return */
	KVET_KPROBE_SIGNED,
	KVET_KPROBE_UNSIGNED,
	KVET_KPROBE_BOOLEAN,
	KVET_KPROBE_POINTER,
	KVET_KPROBE_STRING, /* a pointer to char */
	KVET_KPROBE_UNKNOWN /* not in one register: a struct, a float, past the sixth */
};

/* An argument, or what a function returns. The strings are the prototypes'. */
struct kvet_kprobe_value {
	const char *name; /* "" where BTF has none */
	enum kvet_kprobe_value_kind kind;
	unsigned int size; /* bytes that count, of the register */
	int place;         /* of an argument: which of kvet_trace_event.args; -1: none */
};

#define KVET_KPROBE_VALUES_MOST 16

struct kvet_kprobe_prototype {
	struct kvet_kprobe_value values[KVET_KPROBE_VALUES_MOST];
	size_t count;
	struct kvet_kprobe_value returns;
};

/*
 * The prototype of the function that a site is in. Returns yes; or undetermined, with the cause:
 * BTF has no such function, or several of its name that differ and does not say which is where, or
 * the compiler has changed what it takes (a name with ".isra" and the like).
 */
enum kvet_verdict kvet_kprobe_prototype_of(struct kvet_kprobe_prototypes *prototypes,
					   const struct kvet_kprobe_site *site,
					   struct kvet_kprobe_prototype *prototype,
					   struct kvet_cause *cause);

/* The bits of a register that count, as a signed or unsigned number of its kind. Pure. */
uint64_t kvet_kprobe_value_bits(const struct kvet_kprobe_value *value, uint64_t reg);

/* Where a probe really is, and how it gets control. */
struct kvet_kprobe_armed {
	bool known;       /* the kernel's list could be read, and names it */
	uint64_t address; /* not the site's, where a function begins with an ENDBR instruction */
	bool ftrace;      /* by a call that is there for ftrace */
	bool optimized;   /* by a jump; neither: by a breakpoint */
	bool disabled;    /* it never fires */
	bool gone; /* nor does this: its module was unloaded, and whatever comes there is another */
};

/*
 * Looks the sites up in debugfs kprobes/list (kernel: kernel/kprobes.c, report_probe()), and
 * writes one armed for each; returns is what they were armed as. Where the list cannot be
 * read, nothing is known. Jumps are put in some time after the probe. Errors: of open(2).
 */
int kvet_kprobe_armed_read(const struct kvet_host *host,
			   const struct kvet_kprobe_site *const *sites, size_t count, bool returns,
			   struct kvet_kprobe_armed *armed, struct kvet_cause *err);

/* One line of the list; false if it is none. *returns: it is a return's. Pure. */
bool kvet_kprobe_list_parse(const char *line, struct kvet_kprobe_armed *armed, bool *returns);

/* Whether a probe at armed is the one that was asked for at the site. Pure. */
bool kvet_kprobe_is_at(const struct kvet_kprobe_armed *armed, const struct kvet_kprobe_site *site);

/*
 * Whether a probe that is armed can fire: yes, or undetermined with the cause (its module is gone,
 * the kernel has disabled it, a switch is off that it hangs on). Where the kernel's list does not
 * name it, one at a function's entry is taken to hang on ftrace. Pure. Source: Linux 5.10 to 7.3
 * arm such a probe without a word (kernel/kprobes.c, arm_kprobe_ftrace(); kernel/trace/ftrace.c).
 */
enum kvet_verdict kvet_kprobe_alive(const struct kvet_kprobe_switches *switches,
				    enum kvet_kprobe_backend backend,
				    const struct kvet_kprobe_site *site,
				    const struct kvet_kprobe_armed *armed,
				    struct kvet_cause *cause);

/*
 * Asks the kernel whether it would, and whether that would fire: by each of the ways in turn, as
 * one that is armed goes them. Registers the kprobe, disabled and without a program, or links a
 * program that does nothing, and takes it away again: nothing stays. Takes some ms. *backend
 * becomes the way that would be taken; auto without a yes. With the cause, of all ways.
 */
enum kvet_verdict kvet_kprobe_check(struct kvet_kprobe_ways *ways,
				    const struct kvet_kprobe_site *site, bool returns,
				    enum kvet_kprobe_backend *backend, struct kvet_cause *cause);

/* The same ahead for many, where multi comes first: one after another takes as long for each as for
 * all at once. goes_on as of struct kvet_kprobe_many. What cannot be asked now is asked later. */
void kvet_kprobe_check_ahead(struct kvet_kprobe_ways *ways,
			     const struct kvet_kprobe_site *const *sites, size_t count,
			     bool (*goes_on)(void *context, size_t done), void *context);

/* When the kernel itself is to be asked, beside its lists. */
enum kvet_kprobe_asking {
	KVET_KPROBE_ASK_NEVER,   /* the host is another one */
	KVET_KPROBE_ASK_UNKNOWN, /* where its lists cannot be read */
	KVET_KPROBE_ASK_ALWAYS   /* for a yes too: lists say nothing of what is inside a function */
};

/*
 * Whether a kprobe can go to a site: the one judgement of everything that says so. A verdict of the
 * site that is not yes; kprobes that cannot be used at all; what the kernel's lists rule out; and
 * else the kernel's own word (kvet_kprobe_check()). What the lists rule out is never asked for: the
 * kernel would refuse it, and log that. *backend is as of kvet_kprobe_check(), auto too where the
 * kernel was not asked. With the cause.
 */
enum kvet_verdict kvet_kprobe_judge(struct kvet_kprobe_ways *ways,
				    const struct kvet_kprobe_site *site,
				    enum kvet_kprobe_asking asking,
				    enum kvet_kprobe_backend *backend, struct kvet_cause *cause);

/* Makes a no, with its cause, of the verdicts of those sites that the kernel's lists rule out: the
 * others are worth being asked for. */
void kvet_kprobe_sift(const struct kvet_host *host, const struct kvet_kprobe_facts *facts,
		      struct kvet_kprobe_sites *sites);

#ifdef __cplusplus
}
#endif

#endif
