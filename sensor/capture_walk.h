/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From paths that were named to the files that they mean: a folder stands for every regular file in
 * it, at any depth, sorted by name.
 */
#ifndef SENSOR_CAPTURE_WALK_H
#define SENSOR_CAPTURE_WALK_H

#include "capture_common.h"

struct capture_walk {
    struct capture_walk_file {
        char *path;
        bool is_in_folder; /* found there, not named */
    } * files;
    unsigned count, room;
};

/* Adds what `path` means. What cannot be read is said, remembered as an error, and left out. */
void capture_walk_add(struct capture_walk *walk, struct capture_common *common, const char *path);
void capture_walk_free(struct capture_walk *walk);

#endif
