/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by stun*.c; nobody else includes it.
 */
#ifndef PARSERS_STUN_INTERNAL_H
#define PARSERS_STUN_INTERNAL_H

#include "parser.h"

#define STUN_HEADER 20
#define STUN_PORT 3478

/* The bytes, as far as there are any, are those of a header with the magic cookie. */
bool stun_has_cookie(struct rd r);
/* They are those of ChannelData. */
bool stun_is_channel(struct rd r);
/* One message at the start of *r, told. */
enum parse_result stun_message(
    struct rd *r, const struct parse_input *in, const struct parse_output *out);
/* What a channel carries: tells who answers a check of ICE; false when it is none. */
bool stun_carried(struct rd carried, bool by_client, const struct parse_output *out);

#endif
