/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Copies of a packet, as two taps or a mirrored VLAN make them: the same from the IP header on,
 * TTL/hop limit and checksums aside, within limits.duplicate-window.
 *
 * The innermost IP packet is compared by a 128-bit keyed-free hash of what was captured, its length
 * and its fragment field, in a fixed ring of recent packets. A TCP retransmission differs in its
 * IPv4 identification or comes later than the window.
 */
#ifndef SENSOR_DUPLICATE_H
#define SENSOR_DUPLICATE_H

#include "../parsers/packet.h"

struct duplicate;

/* window_us 0 = never a copy. NULL when memory is short. */
struct duplicate *duplicate_open(int64_t window_us);
bool duplicate_is_copy(struct duplicate *d, const struct packet *p, int64_t time_us);
void duplicate_close(struct duplicate *d);

#endif
