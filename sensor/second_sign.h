/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A second opinion on verdicts known to err: nDPI 4.2 calls some games, messengers and peer-to-peer
 * traffic OpenVPN or WireGuard. And two weak signs that are one together: a tunnel's opening and
 * its port.
 */
#ifndef SENSOR_SECOND_SIGN_H
#define SENSOR_SECOND_SIGN_H

#include "../conf/config.h"
#include "../conf/list.h"
#include "flow.h"

/* True when the tool needs no second sign, or the flow, with payload both ways, shows one: a
 * gateway as an end, its registered port, or packets of the protocol's shape both ways. gateways
 * may be NULL. */
bool second_sign_seen(
    const struct list_tool *tool, const struct flow *f, const struct config_cidrs *gateways);
/* nDPI's name, lower case, of the protocol that the flow's ends have shown without nDPI: a whole
 * handshake, or its opening moves on its port or with a gateway. NULL for none. */
const char *second_sign_handshake(const struct flow *f, const struct config_cidrs *gateways);

#endif
