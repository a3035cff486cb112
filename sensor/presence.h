/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a device inside does over all its flows together: in which seconds it speaks to the company,
 * and how many packets a minute it sends in web and mail flows, told as `activity` once a window;
 * and how far it is, told as `rtt` of the layer `inner`.
 *
 * One table a shard, so a device's flows come in as many parts as there are shards; whoever reads
 * adds them up. Two devices that fall on one place of the table push each other out, told first.
 */
#ifndef SENSOR_PRESENCE_H
#define SENSOR_PRESENCE_H

#include "activity.h"
#include "evidence.h"
#include "locality.h"

struct presence;

/* NULL when memory is short. config is borrowed. */
struct presence *presence_open(const struct config *config, struct emitter *emitter);
/* At a flow's first payload: marks it FLOW_TO_COMPANY, FLOW_IS_DESK, both or neither, and tells how
 * far the device is, some times an hour and whenever that is less than before. */
void presence_begin(struct presence *t, struct flow *f);
/* A payload packet of a flow with such a mark. */
void presence_packet(struct presence *t, const struct flow *f, unsigned direction, uint32_t bytes);
/* Tells all whose window has passed. */
void presence_tick(struct presence *t, int64_t now_us);
/* Tells all. */
void presence_finish(struct presence *t);
void presence_close(struct presence *t);

#endif
