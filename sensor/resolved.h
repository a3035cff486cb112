/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who was told by the DNS that a tool's machinery stands at an address: so that a flow which shows
 * no name of its own is known by the name that was looked up for it. A tool that runs over WebRTC
 * sends its screen to relays and peers that are never looked up: of such the client is kept alone.
 *
 * Each entry is one word, so the lanes of a live capture may share a table without a lock. A newer
 * entry takes an older's place; of the addresses a hash of 40 bits is kept.
 */
#ifndef SENSOR_RESOLVED_H
#define SENSOR_RESOLVED_H

#include "../conf/list.h"
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct resolved;

/* NULL when memory is short. */
struct resolved *resolved_open(void);
/* `client` was told that the tool is at `address`. */
void resolved_learn(struct resolved *r, const struct in6_addr *client,
    const struct in6_addr *address, const struct list_tool *tool, int64_t time_us);
/* What the client was told within the hour; NULL when nothing. */
const struct list_tool *resolved_find(const struct resolved *r, const struct in6_addr *client,
    const struct in6_addr *address, int64_t now_us);
/* Which tool that runs over WebRTC the client was told of within the hour; NULL: none. */
const struct list_tool *resolved_find_webrtc(
    const struct resolved *r, const struct in6_addr *client, int64_t now_us);
void resolved_close(struct resolved *r);

#endif
