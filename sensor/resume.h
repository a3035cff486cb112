/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sessions that were open when the last run ended. A flow of this run that begins in its middle,
 * between the same ends and before its timeout passed, goes on as the same flow of the same
 * session: what tells either apart has been seen already, and does not come again.
 */
#ifndef SENSOR_RESUME_H
#define SENSOR_RESUME_H

#include "resumed.h"
#include <stddef.h>

struct flow;
struct packet;

/* For all shards of a run; not changed after it was made. */
struct resume;

/* Copies the list. NULL when it is empty, or memory is short. */
struct resume *resume_open(const struct resumed *list, size_t count);
void resume_close(struct resume *r);
/* What the flow that begins now goes on; NULL, also for r NULL: nothing. Turns the flow's ends
 * round when it was opened by the other one, and gives it its first time and its totals back. */
const struct resumed *resume_flow(
    const struct resume *r, struct flow *f, const struct packet *p, int64_t idle_us);

#endif
