/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A second opinion on verdicts known to err: nDPI 4.2 calls some games, messengers and peer-to-peer
 * traffic OpenVPN or WireGuard.
 */
#ifndef SENSOR_SECOND_SIGN_H
#define SENSOR_SECOND_SIGN_H

#include "../conf/config.h"
#include "../conf/list.h"
#include "flow.h"

/* True when the tool needs no second sign, or the flow shows one: a gateway as an end, or payload
 * both ways that begins with the protocol's handshake, or its registered port with payload both
 * ways. gateways may be NULL. */
bool second_sign_seen(
    const struct list_tool *tool, const struct flow *f, const struct config_cidrs *gateways);

#endif
