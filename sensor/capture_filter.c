/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The BPF expression, compiled once for each link type that turns up, and run by libpcap's machine.
 *
 * Whether an expression is good depends on the link ("wlan type mgt" means nothing on Ethernet), so
 * it is refused as a whole only when no usual link accepts it. See LINKTYPE_ and DLT_ values at
 * https://www.tcpdump.org/linktypes.html.
 */
#include "capture_common.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct capture_program {
    struct capture_program *next;
    uint32_t link_type;
    bool compiles;
    char error[PCAP_ERRBUF_SIZE];
    struct bpf_program program;
};

static const struct bpf_insn pass_nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };

/* On Linux; every other value is the same on both sides. */
static const struct {
    uint32_t link_type;
    int dlt;
} links_that_differ[] = {
    { 100, DLT_ATM_RFC1483 },
    { 101, DLT_RAW },
    { 102, DLT_SLIP_BSDOS },
    { 103, DLT_PPP_BSDOS },
    { 106, DLT_ATM_CLIP },
};

/* Links on which an expression is tried before it is called bad. */
static const int usual_dlts[] = { DLT_EN10MB, DLT_IEEE802_11_RADIO, DLT_IEEE802_11, DLT_RAW,
    DLT_PPP, DLT_LINUX_SLL2, DLT_SUNATM, DLT_MTP2 };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

int
capture_link_to_dlt(uint32_t link_type)
{
    for (size_t i = 0; i < COUNT(links_that_differ); i++)
        if (links_that_differ[i].link_type == link_type)
            return links_that_differ[i].dlt;
    return (int)link_type;
}

uint32_t
capture_link_from_dlt(int dlt)
{
    for (size_t i = 0; i < COUNT(links_that_differ); i++)
        if (links_that_differ[i].dlt == dlt)
            return links_that_differ[i].link_type;
    return (uint32_t)dlt;
}

static bool
compile(const char *filter, int dlt, struct bpf_program *program, char error[PCAP_ERRBUF_SIZE])
{
    pcap_t *dead = pcap_open_dead(dlt, CAPTURE_FRAME_MAX);
    bool compiles;

    if (dead == NULL) {
        snprintf(error, PCAP_ERRBUF_SIZE, "out of memory");
        return false;
    }
    compiles = pcap_compile(dead, program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!compiles)
        snprintf(error, PCAP_ERRBUF_SIZE, "%s", pcap_geterr(dead));
    pcap_close(dead);
    return compiles;
}

bool
capture_filter_is_valid(struct capture_common *common, char error[PCAP_ERRBUF_SIZE])
{
    char other_error[PCAP_ERRBUF_SIZE] = "";

    if (common->filter == NULL)
        return true;
    for (size_t i = 0; i < COUNT(usual_dlts); i++) {
        struct bpf_program program;

        if (compile(common->filter, usual_dlts[i], &program, i == 0 ? error : other_error)) {
            pcap_freecode(&program);
            return true;
        }
    }
    return false;
}

static struct capture_program *
program_for(struct capture_common *common, uint32_t link_type)
{
    struct capture_program *p;

    for (p = common->programs; p != NULL; p = p->next)
        if (p->link_type == link_type)
            return p;
    p = calloc(1, sizeof(*p));
    if (p == NULL)
        return NULL;
    p->link_type = link_type;
    p->compiles = compile(common->filter, capture_link_to_dlt(link_type), &p->program, p->error);
    p->next = common->programs;
    common->programs = p;
    return p;
}

const struct bpf_insn *
capture_filter_code(struct capture_common *common, const char *who, uint32_t link_type)
{
    const struct capture_program *p;

    if (common->filter == NULL)
        return NULL;
    p = program_for(common, link_type);
    if (p != NULL && p->compiles)
        return p->program.bf_insns;
    capture_fail(common, "%s: the filter does not apply to link type %u (%s); packets left out",
        who, link_type, p == NULL ? "out of memory" : p->error);
    return pass_nothing;
}

void
capture_filter_free(struct capture_common *common)
{
    struct capture_program *p;

    while ((p = common->programs) != NULL) {
        common->programs = p->next;
        if (p->compiles)
            pcap_freecode(&p->program);
        free(p);
    }
}
