/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A second opinion on verdicts known to err: nDPI 4.2 calls some games, messengers and peer-to-peer
 * traffic OpenVPN or WireGuard, and one packet of ESP or AH a session. Handshakes are the parsers'.
 */
#ifndef SENSOR_SECOND_SIGN_H
#define SENSOR_SECOND_SIGN_H

#include "../conf/config.h"
#include "../conf/list.h"
#include "flow.h"

/* True when the tool needs no second sign, or the flow, with payload both ways, shows one: a
 * gateway as an end, its registered port, or an IP protocol that is IPsec's own. gateways may be
 * NULL. */
bool second_sign_seen(
    const struct list_tool *tool, const struct flow *f, const struct config_cidrs *gateways);

#endif
