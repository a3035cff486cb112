/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Copies of a packet, as two taps or a mirrored VLAN make them: the same from the IP header on,
 * TTL/hop limit and checksums aside, within limits.duplicate-window.
 *
 * The innermost IP packet is compared by a 64-bit hash, under a random key, of all that was
 * captured of it and of its lengths (so a crafted packet cannot pass for a copy of another), in a
 * fixed table of recent packets: DUPLICATE_PACKETS for each millisecond of window. What stands
 * around that packet (VLANs, tunnels) does not count: a mirrored copy may have it, and the original
 * not. A TCP retransmission differs in its IPv4 identification or comes later than the window.
 */
#ifndef SENSOR_DUPLICATE_H
#define SENSOR_DUPLICATE_H

#include "../parsers/packet.h"

/* Remembered for each millisecond of window; above, the oldest go. */
#define DUPLICATE_PACKETS 4096

struct duplicate;

/* window_us 0 = never a copy. NULL when memory is short. */
struct duplicate *duplicate_open(int64_t window_us);
/* Packets without IP are never copies. A copy does not renew the original's time. */
bool duplicate_is_copy(struct duplicate *d, const struct packet *p, int64_t time_us);
/* Takes NULL. */
void duplicate_close(struct duplicate *d);

#endif
