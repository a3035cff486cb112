/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by pipeline.c, pipeline_replay.c and pipeline_live.c; nobody else includes it.
 */
#ifndef SENSOR_PIPELINE_INTERNAL_H
#define SENSOR_PIPELINE_INTERNAL_H

#include "pipeline.h"
#include "reader.h"
#include "shard.h"

#define PIPELINE_DONE 0
#define PIPELINE_INPUT_FAILED 1
#define PIPELINE_NOT_STARTED 2

/* True once pipeline_stop() was called. */
bool pipeline_is_stopped(void);

int pipeline_replay(const struct pipeline_request *request, struct pipeline_summary *summary);
int pipeline_live(const struct pipeline_request *request, struct pipeline_summary *summary);

/* Hands one emission on: completed with the capture's name. */
void pipeline_hand_on(const struct pipeline_request *request, struct pipeline_summary *summary,
    const struct emission *e, const char *capture);
/* What a shard, a reader or a capture counted goes into the sum. */
void pipeline_add_shard(struct pipeline_summary *summary, const struct shard *s);
void pipeline_add_reader(struct pipeline_summary *summary, const struct reader *r);
void pipeline_add_capture(struct pipeline_summary *summary, struct capture *c);

/* A shard as the request wants it. */
struct shard *pipeline_open_shard(const struct pipeline_request *request, uint32_t index,
    uint32_t count, struct resolved *resolved,
    void (*emit)(void *context, const struct emission *e), void *context);

#endif
