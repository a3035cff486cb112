/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Live capture: libpcap sets up the ring (TPACKET_V3), we poll with our own time-out, since
 * libpcap's does not fire on an idle link, and copy each batch out of the ring.
 *
 * Fan-out: the kernel deals packets by a hash that is the same for both directions of a flow
 * (fanout_demux_hash() over __skb_get_hash_symmetric(), Linux 4.2 on; PACKET_FANOUT in packet(7)),
 * fragments put together first. Until a ring has joined its group it sees everything: packets from
 * before are dropped, other rings of the group have them.
 */
#include "capture_live.h"

#include "../parsers/text.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#define POLL_MS 100
#define RING_RETIRE_MS 100 /* a block that is not full is handed over after this */
#define US_PER_S 1000000
#define MIB (1024 * 1024)

struct capture_live {
    struct capture_common *common;
    pcap_t *pcap;
    char *interface, *name;
    unsigned interface_index; /* 0 for "any" */
    uint32_t link_type;
    uint8_t *arena; /* a batch of whole frames; pages are touched only as far as they are used */
    size_t snaplen;
    int64_t joined_us;
    uint64_t number;
    bool is_down, is_gone;
};

struct filling {
    struct capture_live *live;
    struct capture_packet *out;
    unsigned count;
    size_t used;
};

static void
copy_packet(u_char *context, const struct pcap_pkthdr *header, const u_char *data)
{
    struct filling *fill = (struct filling *)(void *)context;
    struct capture_live *l = fill->live;
    uint32_t captured = header->caplen < l->snaplen ? header->caplen : (uint32_t)l->snaplen;
    int64_t time_us = (int64_t)header->ts.tv_sec * US_PER_S + header->ts.tv_usec;

    if (time_us < l->joined_us || fill->count == CAPTURE_BATCH)
        return;
    memcpy(l->arena + fill->used, data, captured);
    fill->out[fill->count++] = (struct capture_packet){ .time_us = time_us,
        .data = l->arena + fill->used,
        .captured = captured,
        .length = header->len,
        .link_type = l->link_type,
        .number = ++l->number };
    fill->used += captured;
}

/* Notes whether the interface still exists and is up, and says so when that changed. */
static void
check_interface(struct capture_live *l)
{
    struct ifreq request = { .ifr_ifindex = (int)l->interface_index };
    int fd = pcap_fileno(l->pcap);
    bool is_down;

    if (l->interface_index == 0 || l->is_gone)
        return;
    if (ioctl(fd, SIOCGIFNAME, &request) < 0) {
        if (errno != ENODEV && errno != ENXIO)
            return;
        l->is_gone = true;
        capture_fail(l->common, "%s: the interface is gone; its capture ends", l->name);
        return;
    }
    if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
        return;
    is_down = (request.ifr_flags & IFF_UP) == 0;
    if (is_down != l->is_down)
        capture_say(l->common,
            is_down ? "%s: the interface went down; waiting for it"
                    : "%s: the interface is up again",
            l->name);
    l->is_down = is_down;
}

static void
pause_briefly(void)
{
    const struct timespec pause = { .tv_nsec = POLL_MS * 1000000L };

    nanosleep(&pause, NULL);
}

unsigned
capture_live_read(struct capture_live *l, struct capture_packet *out)
{
    struct filling fill = { .live = l, .out = out };
    struct pollfd waiting = { .fd = pcap_get_selectable_fd(l->pcap), .events = POLLIN };
    int got;

    if (l->is_gone)
        return 0;
    got = pcap_dispatch(l->pcap, CAPTURE_BATCH, copy_packet, (u_char *)&fill);
    if (got == 0 && poll(&waiting, 1, POLL_MS) > 0)
        got = pcap_dispatch(l->pcap, CAPTURE_BATCH, copy_packet, (u_char *)&fill);
    if (got <= 0)
        check_interface(l);
    if (got < 0 && fill.count == 0 && !l->is_gone)
        pause_briefly();
    return fill.count;
}

static void
say_interfaces(struct capture_common *common, const char *name)
{
    struct if_nameindex *list = if_nameindex();
    char names[512] = "";
    size_t used = 0;

    for (struct if_nameindex *i = list; i != NULL && i->if_index != 0; i++)
        if (used < sizeof(names) - IF_NAMESIZE - 3)
            used += (size_t)snprintf(
                names + used, sizeof(names) - used, "%s%s", used == 0 ? "" : ", ", i->if_name);
    if (list != NULL)
        if_freenameindex(list);
    capture_fail(common, "%s: no such interface; there are: %s, and any for all of them", name,
        used == 0 ? "none" : names);
}

/* libpcap's list, since it watches more than network interfaces (nflog:5, usbmon1). */
static bool
is_listed(const char *interface)
{
    char error[PCAP_ERRBUF_SIZE];
    size_t n = strcspn(interface, ":");
    pcap_if_t *list = NULL;
    bool is_found = pcap_findalldevs(&list, error) != 0; /* then the start will tell */

    for (const pcap_if_t *i = list; i != NULL && !is_found; i = i->next)
        is_found = strlen(i->name) == n && strncmp(i->name, interface, n) == 0;
    pcap_freealldevs(list);
    return is_found || if_nametoindex(interface) != 0;
}

bool
capture_live_check(struct capture_common *common, const char *interface)
{
    char name[CAPTURE_SHOWN_SIZE];

    if (is_listed(interface))
        return true;
    text_clean(name, sizeof(name), interface, strlen(interface));
    say_interfaces(common, name);
    return false;
}

static void
say_activation(struct capture_live *l, int result)
{
    if (result == PCAP_ERROR_NO_SUCH_DEVICE)
        say_interfaces(l->common, l->name);
    else if (result == PCAP_ERROR_PERM_DENIED || result == PCAP_ERROR_PROMISC_PERM_DENIED)
        capture_fail(l->common,
            "%s: not permitted: capturing needs root or CAP_NET_RAW; run with sudo, or: "
            "setcap cap_net_raw+ep on the program",
            l->name);
    else if (result == PCAP_ERROR_IFACE_NOT_UP)
        capture_fail(l->common, "%s: the interface is down; bring it up: ip link set %s up",
            l->name, l->name);
    else
        capture_fail(l->common, "%s: cannot capture: %s: %s", l->name, pcap_statustostr(result),
            pcap_geterr(l->pcap));
}

static bool
activate(struct capture_live *l, const struct capture_request *request)
{
    char error[PCAP_ERRBUF_SIZE];
    bool is_any = strcmp(l->interface, "any") == 0;
    int result;

    l->pcap = pcap_create(l->interface, error);
    if (l->pcap == NULL) {
        capture_fail(l->common, "%s: cannot capture: %s", l->name, error);
        return false;
    }
    pcap_set_snaplen(l->pcap, (int)l->snaplen);
    pcap_set_promisc(l->pcap, !is_any);
    pcap_set_timeout(l->pcap, RING_RETIRE_MS);
    if (request->buffer_mib > 0 && request->buffer_mib < INT32_MAX / MIB)
        pcap_set_buffer_size(l->pcap, (int)request->buffer_mib * MIB);
    result = pcap_activate(l->pcap);
    if (result < 0) {
        say_activation(l, result);
        return false;
    }
    if (is_any)
        (void)pcap_set_datalink(l->pcap, DLT_LINUX_SLL2); /* else it stays Linux cooked v1 */
    if (pcap_setnonblock(l->pcap, 1, error) < 0) {
        capture_fail(l->common, "%s: cannot capture: %s", l->name, error);
        return false;
    }
    l->interface_index = is_any ? 0 : if_nametoindex(l->interface);
    l->link_type = capture_link_from_dlt(pcap_datalink(l->pcap));
    return true;
}

static bool
set_filter(struct capture_live *l, bool *bad_filter)
{
    struct bpf_program program;
    bool is_set;

    if (l->common->filter == NULL)
        return true;
    if (pcap_compile(l->pcap, &program, l->common->filter, 1, PCAP_NETMASK_UNKNOWN) < 0) {
        *bad_filter = true;
        capture_fail(l->common, "filter: %s", pcap_geterr(l->pcap));
        return false;
    }
    is_set = pcap_setfilter(l->pcap, &program) == 0;
    if (!is_set)
        capture_fail(l->common, "%s: cannot set the filter: %s", l->name, pcap_geterr(l->pcap));
    pcap_freecode(&program);
    return is_set;
}

static bool
join_fanout(struct capture_live *l, int group)
{
    const unsigned mode = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
    unsigned value = ((unsigned)group & 0xffff) | mode << 16;
    struct timespec now;

    if (group < 0)
        return true;
    if (setsockopt(pcap_fileno(l->pcap), SOL_PACKET, PACKET_FANOUT, &value, sizeof(value)) < 0) {
        capture_fail(l->common, "%s: cannot share the interface between workers: %s", l->name,
            strerror(errno));
        return false;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    l->joined_us = (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
    return true;
}

struct capture_live *
capture_live_open(
    struct capture_common *common, const struct capture_request *request, bool *bad_filter)
{
    struct capture_live *l = calloc(1, sizeof(*l));
    char name[CAPTURE_SHOWN_SIZE];

    if (l == NULL)
        return NULL;
    text_clean(name, sizeof(name), request->interface, strlen(request->interface));
    l->common = common;
    l->joined_us = INT64_MIN;
    l->snaplen = request->snaplen > 0 && request->snaplen < CAPTURE_FRAME_MAX ? request->snaplen
                                                                              : CAPTURE_FRAME_MAX;
    l->interface = strdup(request->interface);
    l->name = strdup(name);
    l->arena = malloc(l->snaplen * CAPTURE_BATCH);
    common->counts.captures = 1;
    if (l->interface == NULL || l->name == NULL || l->arena == NULL)
        capture_fail(common, "%s: out of memory", name);
    else if (activate(l, request) && set_filter(l, bad_filter) &&
             join_fanout(l, request->fanout_group))
        return l;
    common->counts.captures_failed = 1;
    capture_live_close(l);
    return NULL;
}

bool
capture_live_at_end(const struct capture_live *l)
{
    return l->is_gone;
}

const char *
capture_live_name(const struct capture_live *l)
{
    return l->name;
}

void
capture_live_count(struct capture_live *l)
{
    struct pcap_stat statistics;

    if (pcap_stats(l->pcap, &statistics) < 0)
        return;
    l->common->counts.kernel_received = statistics.ps_recv;
    l->common->counts.kernel_dropped = statistics.ps_drop;
    l->common->counts.interface_dropped = statistics.ps_ifdrop;
}

void
capture_live_close(struct capture_live *l)
{
    if (l == NULL)
        return;
    if (l->pcap != NULL)
        pcap_close(l->pcap);
    free(l->arena);
    free(l->interface);
    free(l->name);
    free(l);
}
