/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What handshakes of tunnels tell, whatever protocol they are of.
 */
#ifndef PARSERS_TUNNEL_H
#define PARSERS_TUNNEL_H

#include "parser.h"

/* Both ends have shown the handshake. version may be NULL. */
void tunnel_tell_session(const struct parse_output *out, const char *app, const char *version);
/* The keys were changed for the rekeys-th time. */
void tunnel_tell_rekeys(const struct parse_output *out, const char *app, uint32_t rekeys);
/* Between sensor and `end` (client, server) and back. */
void tunnel_tell_rtt(
    const struct parse_output *out, const char *layer, const char *end, int64_t value_us);

#endif
