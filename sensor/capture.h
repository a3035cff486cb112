/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Packets from where they come: capture files merged by time, standard input, or a live interface.
 *
 * Classic pcap is read by our own reader over large reads; pcapng by our own too; libpcap compiles
 * and runs the filter and serves live interfaces. Damage is said once with file and offset; what
 * was read is kept.
 */
#ifndef SENSOR_CAPTURE_H
#define SENSOR_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_BATCH 64

struct capture_packet {
    int64_t time_us;     /* Unix microseconds; nanosecond captures are rounded down */
    const uint8_t *data; /* valid until the next capture_read() */
    uint32_t captured, length;
    uint32_t link_type; /* LINKTYPE_ value */
    uint32_t capture;   /* index for capture_name() */
    uint64_t
        number; /* in its capture file, from 1, as Wireshark counts; counts filtered ones too */
};

struct capture;

struct capture_request {
    const char *const *paths; /* files, folders (recursively, sorted by name), "-"; or NULL */
    unsigned path_count;
    const char *interface; /* live, when paths is NULL */
    const char *filter;    /* BPF or NULL */
    unsigned snaplen, buffer_mib;
    int fanout_group; /* live: PACKET_FANOUT group, < 0 = alone */
    void (*message)(void *context, const char *line);
    void *context;
};

struct capture_counts {
    uint64_t captures, captures_failed, filtered, bytes_read,
        bytes_total; /* bytes_total 0 when unknown (standard input) */
    uint64_t kernel_received, kernel_dropped, interface_dropped;
};

/* NULL after a message when nothing at all can be read or the filter does not compile (*bad_filter
 * true). */
struct capture *capture_open(const struct capture_request *request, bool *bad_filter);
/* Whether libpcap can compile the filter for some usual link type; else its word in error. */
bool capture_check_filter(const char *filter, char *error, size_t error_size);
/* Whether an interface of this name can be watched here; else says so, with those that can. */
bool capture_check_interface(
    const char *name, void (*message)(void *context, const char *line), void *context);
/* "EN10MB": libpcap's name of a LINKTYPE_ value, or "unknown". */
const char *capture_link_name(uint32_t link_type);
/* Up to CAPTURE_BATCH packets in merged order of time (ties: order of the paths, then position; a
 * file's own order is kept even where its time steps back). 0: the end, or nothing within about
 * 100 ms from an interface or a pipe; capture_at_end() tells which. */
unsigned capture_read(struct capture *c, struct capture_packet *out);
bool capture_at_end(const struct capture *c);
/* Base name of the file, or the interface; lives as long as c. */
const char *capture_name(const struct capture *c, uint32_t capture);
void capture_get_counts(struct capture *c, struct capture_counts *out);
/* True when any input failed or was damaged. */
bool capture_had_errors(const struct capture *c);
void capture_close(struct capture *c);

#endif
