/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a TCP SYN tells of the system that sent it, written as p0f 3 writes its signatures
 * (lcamtuf.coredump.cx/p0f3/README, section 5), since people know them:
 * version:ttl+hops:olen:mss:window,scale:option layout:quirks:payload.
 */
#ifndef PARSERS_TCP_SYN_H
#define PARSERS_TCP_SYN_H

#include "fact.h"
#include "packet.h"

#define TCP_SYN_TEXT 160

#define TCP_SYN_OPTIONS 16

/* What a signature is made of. No room between members and unused options 0: equal signatures are
 * equal bytes, so that one seen before is known without being written. */
struct tcp_syn {
    uint8_t ip_version, ttl, ip_options, window_scale;
    uint16_t mss, window, quirks; /* quirks: bits, in the order of the table */
    uint8_t option_count, padding, has_timestamp, has_payload;
    uint8_t options[TCP_SYN_OPTIONS];
};
_Static_assert(sizeof(struct tcp_syn) == 14 + TCP_SYN_OPTIONS, "a hash reads all bytes");

/* A whole TCP SYN without ACK, as packet_decode() leaves it; false: it is none. */
bool tcp_syn_read(const struct packet *p, struct tcp_syn *out);
void tcp_syn_print(const struct tcp_syn *s, char out[TCP_SYN_TEXT]);
/* The same as a fact about the device that sent it. */
void tcp_syn_fact(const struct tcp_syn *s, const struct in6_addr *source, struct fact *f);

#endif
