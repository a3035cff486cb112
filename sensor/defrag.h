/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IP fragments put together in bounded memory (RFC 791, RFC 8200 section 4.5; overlaps: first wins
 * for IPv4, RFC 5722 drops for IPv6).
 *
 * Bounded twice: in datagrams, and in bytes (DEFRAG_BYTES_PER_DATAGRAM times as many). At either
 * bound the oldest goes. A datagram of which a fragment was cut by the capture, or whose fragments
 * contradict each other, never comes out.
 */
#ifndef SENSOR_DEFRAG_H
#define SENSOR_DEFRAG_H

#include "../parsers/packet.h"

#define DEFRAG_BYTES_PER_DATAGRAM 8192 /* on average; one alone may have 64 KiB */

struct defrag;

struct defrag_counts {
    uint64_t reassembled, timed_out, evicted, overlapping, bad;
    uint64_t cut;     /* datagrams given up because the capture holds only part of a fragment */
    uint64_t waiting; /* datagrams that are incomplete now */
};

/* `datagrams` being put together at once at most (limits.fragments; 0 = none ever); NULL when
 * memory is short. */
struct defrag *defrag_open(unsigned datagrams);
/* Takes a packet that decoded to PACKET_FRAGMENT. When it completes its datagram, returns true with
 * the whole IP packet in *ip, *length (valid until the next call), to be given to
 * packet_decode_ip(). */
bool defrag_add(struct defrag *d, const struct packet *p, int64_t time_us, const uint8_t **ip,
    uint32_t *length);
void defrag_get_counts(const struct defrag *d, struct defrag_counts *out);
/* Takes NULL. */
void defrag_close(struct defrag *d);

#endif
