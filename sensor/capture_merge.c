/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A heap of files by (time of the next packet, order of the paths). The first file is read up to
 * the second one's time without looking at the heap again, so that one file alone costs nothing
 * extra. A batch ends early when a buffer that it points into must be refilled.
 */
#include "capture_merge.h"
#include "capture_file.h"
#include "capture_walk.h"

#include "../parsers/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_MAX_LARGE 8    /* files at once with a large buffer, */
#define OPEN_MAX_MEDIUM 256 /* with a medium one, and with a descriptor kept open */
#define NAMES_IN_MESSAGE 3

struct capture_merge {
    struct capture_common *common;
    struct capture_walk walk;
    struct capture_file *files; /* by index */
    unsigned file_count;
    struct capture_file **heap;
    unsigned heap_count;
    unsigned started_count;        /* files with a buffer now */
    struct capture_file *finished; /* whose buffers the last batch may still point into */
    uint64_t batch;
};

static bool
is_before(const struct capture_file *a, const struct capture_file *b)
{
    return a->key != b->key ? a->key < b->key : a->index < b->index;
}

static void
sift_down(struct capture_merge *m, unsigned at)
{
    for (;;) {
        unsigned child = 2 * at + 1;
        struct capture_file *moved = m->heap[at];

        if (child >= m->heap_count)
            return;
        if (child + 1 < m->heap_count && is_before(m->heap[child + 1], m->heap[child]))
            child++;
        if (is_before(moved, m->heap[child]))
            return;
        m->heap[at] = m->heap[child];
        m->heap[child] = moved;
        at = child;
    }
}

/* How far the first file may be read before another one's turn comes. */
static int64_t
turn_of_next(const struct capture_merge *m)
{
    const struct capture_file *next = NULL;

    for (unsigned i = 1; i <= 2 && i < m->heap_count; i++)
        if (next == NULL || is_before(m->heap[i], next))
            next = m->heap[i];
    if (next == NULL)
        return INT64_MAX;
    if (next->key == INT64_MIN)
        return INT64_MIN;
    return next->key - (m->heap[0]->index > next->index);
}

/* A file that a walk found and that is of no known kind is none. */
static bool
is_failure(const struct capture_file *f)
{
    if (f->fate == CAPTURE_FATE_FOREIGN)
        return !f->is_in_folder || f->foreign != NULL;
    return f->fate != CAPTURE_FATE_GOOD;
}

static void
say_end(struct capture_merge *m, struct capture_file *f)
{
    char shown[CAPTURE_SHOWN_SIZE];
    struct capture_common *common = m->common;

    capture_file_shown(f, shown);
    if (f->fate == CAPTURE_FATE_EMPTY)
        capture_fail(common, "%s: empty: 0 bytes", shown);
    else if (f->fate == CAPTURE_FATE_FOREIGN && f->foreign != NULL)
        capture_fail(common, "%s: %s", shown, f->foreign);
    else if (f->fate == CAPTURE_FATE_FOREIGN && !f->is_in_folder)
        capture_fail(common, "%s: neither a pcap nor a pcapng capture", shown);
    else if (f->fate == CAPTURE_FATE_GOOD && f->number == 0)
        capture_say(common, "%s: holds no packets", shown);
    common->counts.captures_failed += is_failure(f);
}

/* The first file of the heap has ended. */
static void
finish_first(struct capture_merge *m)
{
    struct capture_file *f = m->heap[0];

    say_end(m, f);
    if (f->size > f->counted)
        m->common->counts.bytes_read += f->size - f->counted;
    m->heap[0] = m->heap[--m->heap_count];
    sift_down(m, 0);
    f->next_finished = m->finished;
    m->finished = f;
}

static void
start_file(struct capture_merge *m, struct capture_file *f)
{
    m->started_count++;
    f->is_started = true;
    m->common->counts.bytes_read += f->counted;
    if (f->buffer == NULL)
        f->capacity = m->started_count <= OPEN_MAX_LARGE    ? CAPTURE_BUFFER_LARGE
                      : m->started_count <= OPEN_MAX_MEDIUM ? CAPTURE_BUFFER_MEDIUM
                                                            : CAPTURE_BUFFER_SMALL;
}

static void
release_finished(struct capture_merge *m)
{
    struct capture_file *f;

    while ((f = m->finished) != NULL) {
        m->finished = f->next_finished;
        capture_file_release(f);
        m->started_count--;
    }
}

unsigned
capture_merge_read(struct capture_merge *m, struct capture_packet *out)
{
    struct capture_fill fill = { .out = out };
    enum capture_step step = CAPTURE_STEP_LATER;

    release_finished(m);
    m->batch++;
    while (fill.count < CAPTURE_BATCH && m->heap_count > 0) {
        struct capture_file *f = m->heap[0];
        unsigned before = fill.count;

        if (!f->is_started)
            start_file(m, f);
        fill.until = turn_of_next(m);
        step = capture_file_fill(f, m->common, &fill);
        if (fill.count > before)
            f->batch = m->batch;
        if (step == CAPTURE_STEP_SHORT) {
            if (f->batch == m->batch)
                break;
            step = capture_file_refill(f, m->common, m->started_count <= OPEN_MAX_MEDIUM);
            if (step == CAPTURE_STEP_WAIT)
                break;
        }
        if (step == CAPTURE_STEP_END)
            finish_first(m);
        else
            sift_down(m, 0);
    }
    return fill.count;
}

static char *
printable_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = strcmp(path, "-") == 0 ? "stdin" : slash == NULL ? path : slash + 1;
    char clean[NAME_MAX + 1];

    text_clean(clean, sizeof(clean), base, strlen(base));
    return strdup(clean);
}

/* What kind of thing the path is; false when it cannot be opened at all. */
static bool
prepare(struct capture_merge *m, struct capture_file *f, const struct capture_walk_file *named)
{
    char shown[CAPTURE_SHOWN_SIZE];
    struct stat status;
    bool is_stdin = strcmp(named->path, "-") == 0;

    f->path = named->path;
    f->is_in_folder = named->is_in_folder;
    f->key = INT64_MIN;
    f->fd = is_stdin ? dup(STDIN_FILENO) : open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    f->name = printable_name(f->path);
    if (f->name == NULL || f->fd < 0 || fstat(f->fd, &status) < 0) {
        capture_fail(
            m->common, "%s: cannot open: %s", capture_file_shown(f, shown), strerror(errno));
        m->common->counts.captures_failed++;
        return false;
    }
    f->is_regular = S_ISREG(status.st_mode);
    f->is_reopenable = f->is_regular && !is_stdin;
    f->size = f->is_regular ? (uint64_t)status.st_size : 0;
    return true;
}

/* The time of the first packet, without taking it. False when there is none, or when it is no
 * capture. A pipe is taken unseen: waiting for it is the reading's. */
static bool
look(struct capture_merge *m, struct capture_file *f, bool is_alone)
{
    struct capture_packet unused;
    struct capture_fill fill = { .out = &unused, .until = INT64_MIN };
    enum capture_step step;

    f->capacity = is_alone || !f->is_reopenable ? CAPTURE_BUFFER_LARGE : CAPTURE_BUFFER_SMALL;
    if (!f->is_regular)
        return true;
    do {
        step = capture_file_fill(f, m->common, &fill);
        if (step == CAPTURE_STEP_SHORT)
            step = capture_file_refill(f, m->common, true) == CAPTURE_STEP_END ? CAPTURE_STEP_END
                                                                               : CAPTURE_STEP_SHORT;
    } while (step == CAPTURE_STEP_SHORT);
    if (step == CAPTURE_STEP_LATER && f->is_reopenable && !is_alone)
        capture_file_rewind(f);
    return step == CAPTURE_STEP_LATER;
}

/* Files of folders that are no captures, in one line. */
static void
say_left_out(struct capture_merge *m)
{
    char names[NAMES_IN_MESSAGE * (NAME_MAX + 2) + 8] = "";
    unsigned count = 0;
    size_t used = 0;

    for (unsigned i = 0; i < m->file_count; i++) {
        const struct capture_file *f = &m->files[i];

        if (f->fate != CAPTURE_FATE_FOREIGN || !f->is_in_folder || f->foreign != NULL)
            continue;
        if (count++ < NAMES_IN_MESSAGE)
            used += (size_t)snprintf(
                names + used, sizeof(names) - used, "%s%s", used == 0 ? "" : ", ", f->name);
    }
    if (count > NAMES_IN_MESSAGE)
        snprintf(names + used, sizeof(names) - used, ", ...");
    if (count > 0)
        capture_say(m->common, "%u %s in the folders %s not pcap or pcapng, left out: %s", count,
            count == 1 ? "file" : "files", count == 1 ? "is" : "are", names);
}

static void
open_files(struct capture_merge *m)
{
    bool has_pipe = false;

    for (unsigned i = 0; i < m->walk.count; i++) {
        struct capture_file *f = &m->files[i];

        f->index = i;
        f->fd = -1;
        m->file_count++;
        if (!prepare(m, f, &m->walk.files[i])) {
            f->fate = CAPTURE_FATE_BROKEN;
        } else if (look(m, f, m->walk.count == 1)) {
            has_pipe = has_pipe || !f->is_regular;
            m->common->counts.captures++;
            m->common->counts.bytes_total += f->size;
            m->heap[m->heap_count++] = f;
            continue;
        } else {
            say_end(m, f);
            m->common->counts.captures += f->fate == CAPTURE_FATE_GOOD;
        }
        capture_file_release(f);
    }
    if (has_pipe)
        m->common->counts.bytes_total = 0;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Evidence names a capture by its base name, which two may share: monday/eth0.pcap and
 * tuesday/eth0.pcap. One file given twice is only copies. */
static void
say_namesakes(const struct capture_merge *m)
{
    const char **names = malloc((m->file_count + 1) * sizeof(*names));
    unsigned count = 0;

    for (unsigned i = 0; names != NULL && i < m->file_count; i++)
        if (m->files[i].name != NULL &&
            (i == 0 || strcmp(m->walk.files[i].path, m->walk.files[i - 1].path) != 0))
            names[count++] = m->files[i].name;
    if (count > 1)
        qsort(names, count, sizeof(*names), by_name);
    for (unsigned i = 1; i < count; i++)
        if (strcmp(names[i], names[i - 1]) == 0) {
            capture_say(m->common,
                "several captures are named %s: alerts and observations do not tell them apart",
                names[i]);
            break;
        }
    free(names);
}

struct capture_merge *
capture_merge_open(struct capture_common *common, const char *const *paths, unsigned path_count)
{
    struct capture_merge *m = calloc(1, sizeof(*m));
    struct capture_walk walk = { 0 };

    if (m == NULL)
        return NULL;
    m->common = common;
    for (unsigned i = 0; i < path_count; i++)
        capture_walk_add(&walk, common, paths[i]);
    m->walk = walk;
    m->files = calloc(m->walk.count + 1, sizeof(*m->files));
    m->heap = calloc(m->walk.count + 1, sizeof(struct capture_file *));
    if (m->files == NULL || m->heap == NULL)
        goto fail;
    open_files(m);
    say_left_out(m);
    say_namesakes(m);
    if (m->heap_count == 0 && (common->had_errors || m->walk.count == 0))
        goto fail; /* files without packets alone are no failure: each was said */
    for (unsigned i = m->heap_count / 2; i-- > 0;)
        sift_down(m, i);
    return m;
fail:
    if (!common->had_errors)
        capture_fail(common, "nothing to read: no capture with packets was given");
    capture_merge_close(m);
    return NULL;
}

bool
capture_merge_at_end(const struct capture_merge *m)
{
    return m->heap_count == 0;
}

const char *
capture_merge_name(const struct capture_merge *m, uint32_t capture)
{
    return capture < m->file_count ? m->files[capture].name : "";
}

void
capture_merge_close(struct capture_merge *m)
{
    if (m == NULL)
        return;
    for (unsigned i = 0; i < m->file_count; i++) {
        capture_file_release(&m->files[i]);
        free(m->files[i].name);
    }
    free(m->files);
    free(m->heap);
    capture_walk_free(&m->walk);
    free(m);
}
