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

/* A whole TCP SYN without ACK, as packet_decode() leaves it; false: it is none. */
bool tcp_syn_signature(const struct packet *p, char out[TCP_SYN_TEXT]);
/* The same as a fact about the device. */
bool tcp_syn_fact(const struct packet *p, struct fact *f);

#endif
