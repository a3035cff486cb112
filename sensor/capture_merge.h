/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Capture files as one stream in order of time.
 *
 * A file's packets keep their order in the file: its place in the merge is the highest time that it
 * has shown so far. Equal times go by the order of the paths. Each file's first packet is looked at
 * once at the start; after that a file takes memory only while the stream runs through it.
 */
#ifndef SENSOR_CAPTURE_MERGE_H
#define SENSOR_CAPTURE_MERGE_H

#include "capture_common.h"

struct capture_merge;

/* NULL when none of the paths gives a capture with packets to read; all is said. */
struct capture_merge *capture_merge_open(
    struct capture_common *common, const char *const *paths, unsigned path_count);
unsigned capture_merge_read(struct capture_merge *m, struct capture_packet *out);
bool capture_merge_at_end(const struct capture_merge *m);
const char *capture_merge_name(const struct capture_merge *m, uint32_t capture);
void capture_merge_close(struct capture_merge *m);

#endif
