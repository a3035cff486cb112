/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IP fragments put together in bounded memory (RFC 791, RFC 8200 section 4.5; overlaps: first wins
 * for IPv4, RFC 5722 drops for IPv6).
 */
#ifndef SENSOR_DEFRAG_H
#define SENSOR_DEFRAG_H

#include "../parsers/packet.h"

struct defrag;

struct defrag_counts {
    uint64_t reassembled, timed_out, evicted, overlapping, bad;
};

/* `datagrams` being put together at once at most (limits.fragments); NULL when memory is short. */
struct defrag *defrag_open(unsigned datagrams);
/* Takes a packet that decoded to PACKET_FRAGMENT. When it completes its datagram, returns true with
 * the whole IP packet in *ip, *length (valid until the next call), to be given to
 * packet_decode_ip(). */
bool defrag_add(struct defrag *d, const struct packet *p, int64_t time_us, const uint8_t **ip,
    uint32_t *length);
void defrag_get_counts(const struct defrag *d, struct defrag_counts *out);
void defrag_close(struct defrag *d);

#endif
