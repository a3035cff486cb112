/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Walks folders. Links to files are followed, links to folders are not (they could lead round in a
 * circle); sockets, devices and pipes inside a folder are passed over.
 */
#include "capture_walk.h"

#include "../parsers/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DEPTH_MAX 64 /* folders within folders */

static void
fail(struct capture_common *common, const char *path, const char *what)
{
    char shown[CAPTURE_SHOWN_SIZE];

    text_clean(shown, sizeof(shown), path, strlen(path));
    common->counts.captures_failed++;
    capture_fail(common, "%s: %s", shown, what);
}

static void
take_file(struct capture_walk *walk, struct capture_common *common, char *path, bool is_in_folder)
{
    if (walk->count == walk->room) {
        unsigned room = walk->room == 0 ? 16 : walk->room * 2;
        struct capture_walk_file *files = realloc(walk->files, room * sizeof(*files));

        if (files == NULL) {
            fail(common, path, "out of memory");
            free(path);
            return;
        }
        walk->files = files;
        walk->room = room;
    }
    walk->files[walk->count++] =
        (struct capture_walk_file){ .path = path, .is_in_folder = is_in_folder };
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_not_self(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static void
walk_folder(
    struct capture_walk *walk, struct capture_common *common, const char *folder, unsigned depth)
{
    struct dirent **entries;
    int count = depth < DEPTH_MAX ? scandir(folder, &entries, is_not_self, by_bytes) : -1;

    if (count < 0) {
        fail(common, folder, depth < DEPTH_MAX ? strerror(errno) : "too many folders deep");
        return;
    }
    for (int i = 0; i < count; i++) {
        struct stat status, target;
        char *path = NULL;

        if (asprintf(&path, "%s/%s", folder, entries[i]->d_name) < 0) {
            fail(common, folder, "out of memory");
            path = NULL;
        } else if (lstat(path, &status) < 0 || stat(path, &target) < 0) {
            fail(common, path, strerror(errno));
        } else if (S_ISDIR(status.st_mode)) {
            walk_folder(walk, common, path, depth + 1);
        } else if (S_ISREG(target.st_mode)) {
            take_file(walk, common, path, true);
            path = NULL;
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
}

static void
walk_argument(struct capture_walk *walk, struct capture_common *common, const char *folder)
{
    char shown[CAPTURE_SHOWN_SIZE];
    uint64_t failed = common->counts.captures_failed;
    unsigned count = walk->count;

    walk_folder(walk, common, folder, 0);
    if (walk->count > count || common->counts.captures_failed > failed)
        return;
    text_clean(shown, sizeof(shown), folder, strlen(folder));
    capture_say(common, "%s: no files in this folder", shown);
}

void
capture_walk_add(struct capture_walk *walk, struct capture_common *common, const char *path)
{
    struct stat status;
    char *copy;

    if (strcmp(path, "-") != 0) {
        if (stat(path, &status) < 0) {
            fail(common, path, strerror(errno));
            return;
        }
        if (S_ISDIR(status.st_mode)) {
            walk_argument(walk, common, path);
            return;
        }
    }
    copy = strdup(path);
    if (copy == NULL)
        fail(common, path, "out of memory");
    else
        take_file(walk, common, copy, false);
}

void
capture_walk_free(struct capture_walk *walk)
{
    for (unsigned i = 0; i < walk->count; i++)
        free(walk->files[i].path);
    free(walk->files);
}
