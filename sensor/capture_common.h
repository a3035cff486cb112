/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What all parts of the capture share: how they speak, what they count, the filter by link type.
 */
#ifndef SENSOR_CAPTURE_COMMON_H
#define SENSOR_CAPTURE_COMMON_H

#include "capture.h"

#include <pcap/pcap.h>

/* The longest frame that is believed; as in libpcap (MAXIMUM_SNAPLEN) and Wireshark. */
#define CAPTURE_FRAME_MAX 262144

#define CAPTURE_SHOWN_SIZE 512 /* room for a path made printable */

struct capture_program; /* a filter compiled for one link type */

struct capture_common {
    void (*message)(void *context, const char *line);
    void *context;
    bool had_errors;
    struct capture_counts counts;
    const char *filter; /* NULL: everything passes */
    struct capture_program *programs;
};

/* Hands one line to the request's message function; capture_fail() remembers an error as well. */
void capture_say(struct capture_common *common, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void capture_fail(struct capture_common *common, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* False with libpcap's reason in `error` when the filter compiles for none of the usual links. */
bool capture_filter_is_valid(struct capture_common *common, char error[PCAP_ERRBUF_SIZE]);
/* The code that packets of this link type must pass, owned by `common`; NULL when there is no
 * filter. Where the filter makes no sense on the link, says so in the name of `who`, remembers the
 * error and returns code that lets nothing pass. */
const struct bpf_insn *capture_filter_code(
    struct capture_common *common, const char *who, uint32_t link_type);
void capture_filter_free(struct capture_common *common);

/* LINKTYPE_ values of files and DLT_ values of libpcap differ for a few links. */
int capture_link_to_dlt(uint32_t link_type);
uint32_t capture_link_from_dlt(int dlt);

static inline bool
capture_passes(const struct bpf_insn *code, const uint8_t *data, uint32_t captured, uint32_t length)
{
    return code == NULL || bpf_filter(code, data, length, captured) != 0;
}

#endif
