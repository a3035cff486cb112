/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A live interface through libpcap's memory-mapped ring, alone or as one of a fan-out group.
 */
#ifndef SENSOR_CAPTURE_LIVE_H
#define SENSOR_CAPTURE_LIVE_H

#include "capture_common.h"

struct capture_live;

/* NULL after a message; *bad_filter as in capture_open(). */
struct capture_live *capture_live_open(
    struct capture_common *common, const struct capture_request *request, bool *bad_filter);
/* False after a message when there is no such interface. */
bool capture_live_check(struct capture_common *common, const char *interface);
unsigned capture_live_read(struct capture_live *l, struct capture_packet *out);
bool capture_live_at_end(const struct capture_live *l);
const char *capture_live_name(const struct capture_live *l);
void capture_live_count(struct capture_live *l);
void capture_live_close(struct capture_live *l);

#endif
