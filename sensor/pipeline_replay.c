/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Replay. The number of shards is fixed; workers only run them. One worker runs in the calling
 * thread, with no ring between. With more, the calling thread reads and deals, and merges what
 * they tell: of all that is at the head of a ring the lowest (order, shard) goes out as soon as
 * every worker with an empty ring is done up to that order. Marks after each batch tell idle
 * workers how far the others may be, so the merge never waits for a packet that never comes.
 */
#include "pipeline_internal.h"
#include "worker.h"
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SHARDS 4u
#define PROGRESS_NS 250000000 /* four times a second */
#define NS_PER_S 1000000000

struct replay {
    const struct pipeline_request *request;
    struct pipeline_summary *summary;
    struct capture *capture;
    struct reader *reader;
    struct shard *shards[SHARDS];
    struct worker *workers[SHARDS];
    unsigned worker_count; /* 0 = inline */
    /* inline: packets waiting to be run as one batch */
    struct shard_packet batch[CAPTURE_BATCH];
    const struct shard_packet *batch_list[CAPTURE_BATCH];
    unsigned batch_count;
    struct timespec progress_at;
};

static void
hand_on(struct replay *r, const struct emission *e)
{
    pipeline_hand_on(r->request, r->summary, e, capture_name(r->capture, e->capture));
}

static void
emit_inline(void *context, const struct emission *e)
{
    hand_on(context, e);
}

/* The worker whose next observation comes first, if it is certain; else NULL. *stuck receives a
 * worker that is to be waited for, NULL when all have finished. */
static struct worker *
first_of(struct replay *r, const struct emission **first, struct worker **stuck)
{
    struct worker *best = NULL;
    uint64_t done[SHARDS], least_done = UINT64_MAX;

    *stuck = NULL;
    for (unsigned i = 0; i < r->worker_count; i++) {
        const struct emission *e = worker_peek(r->workers[i], &done[i]);

        if (e == NULL) {
            if (done[i] < least_done) {
                least_done = done[i];
                *stuck = r->workers[i];
            }
        } else if (best == NULL || e->observation.order < (*first)->observation.order ||
                   (e->observation.order == (*first)->observation.order &&
                       e->shard < (*first)->shard)) {
            best = r->workers[i];
            *first = e;
        }
    }
    return best != NULL && least_done >= (*first)->observation.order ? best : NULL;
}

/* Hands on all that is certain. */
static struct worker *
merge(struct replay *r)
{
    const struct emission *e = NULL;
    struct worker *w, *stuck;

    while ((w = first_of(r, &e, &stuck)) != NULL) {
        hand_on(r, e);
        worker_next(w);
        worker_release(w);
    }
    return stuck;
}

static void
mark_all(struct replay *r, uint64_t order)
{
    for (unsigned i = 0; i < r->worker_count; i++) {
        (void)worker_give_mark(r->workers[i], order);
        worker_publish(r->workers[i]);
    }
}

/* w has no room for what comes at `order`: let the others catch up, take what they told. */
static void
make_room(struct replay *r, struct worker *w, uint64_t order)
{
    mark_all(r, order - 1);
    (void)merge(r);
    worker_wait_room(w);
}

static void
flush(struct replay *r)
{
    shards_take(r->shards, SHARDS, r->batch_list, r->batch_count);
    r->batch_count = 0;
}

static void
deal_tick(struct replay *r, uint64_t order, int64_t clock_us)
{
    if (r->worker_count == 0) {
        flush(r);
        for (unsigned i = 0; i < SHARDS; i++)
            shard_tick(r->shards[i], order, clock_us);
        return;
    }
    for (unsigned i = 0; i < r->worker_count; i++)
        while (!worker_give_tick(r->workers[i], order, clock_us))
            make_room(r, r->workers[i], order);
}

static void
deal_heard(struct replay *r, const struct shard_packet *p)
{
    for (unsigned i = 0; i < SHARDS && r->worker_count == 0; i++)
        shard_hear(r->shards[i], p);
    for (unsigned i = 0; i < r->worker_count; i++)
        while (!worker_give_heard(r->workers[i], p))
            make_room(r, r->workers[i], p->seen.order);
}

/* The packet decoded into the batch's next place goes to its shard. */
static void
deal_packet(struct replay *r, bool is_borrowed)
{
    struct shard_packet *p = &r->batch[r->batch_count];
    bool is_heard = shard_wants_heard(p);
    struct worker *w;

    if (r->worker_count == 0) {
        r->batch_list[r->batch_count++] = p;
        if (r->batch_count == CAPTURE_BATCH || is_borrowed || is_heard)
            flush(r);
    } else {
        w = r->workers[p->hash % SHARDS % r->worker_count];
        while (!worker_give_packet(w, p))
            make_room(r, w, p->seen.order);
    }
    if (is_heard)
        deal_heard(r, p);
}

static void
deal_batch(struct replay *r, const struct capture_packet *packets, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t order;
        int64_t clock_us;
        enum reader_result result;

        if (reader_advance(r->reader, packets[i].time_us, &order, &clock_us))
            deal_tick(r, order, clock_us);
        result = reader_take(r->reader, &packets[i], &r->batch[r->batch_count]);
        if (result != READER_NOTHING)
            deal_packet(r, result == READER_BORROWED);
    }
    if (r->worker_count == 0) {
        flush(r);
        return;
    }
    mark_all(r, reader_order(r->reader));
    (void)merge(r);
}

static void
deal_finish(struct replay *r)
{
    int64_t clock_us;
    uint64_t order = reader_finish(r->reader, &clock_us);
    struct worker *stuck;

    if (r->worker_count == 0) {
        for (unsigned i = 0; i < SHARDS; i++)
            shard_finish(r->shards[i], order, clock_us);
        return;
    }
    for (unsigned i = 0; i < r->worker_count; i++)
        while (!worker_give_finish(r->workers[i], order, clock_us))
            make_room(r, r->workers[i], order);
    while ((stuck = merge(r)) != NULL)
        worker_wait(stuck);
}

static void
show_progress(struct replay *r)
{
    struct timespec now;
    struct capture_counts counts;
    int64_t passed_ns;

    if (r->request->progress == NULL)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    passed_ns = (int64_t)(now.tv_sec - r->progress_at.tv_sec) * NS_PER_S +
                (now.tv_nsec - r->progress_at.tv_nsec);
    if (passed_ns < PROGRESS_NS)
        return;
    r->progress_at = now;
    capture_get_counts(r->capture, &counts);
    r->request->progress(r->request->context, counts.bytes_read, counts.bytes_total);
}

static unsigned
choose_workers(unsigned wanted)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned n = wanted != 0 ? wanted : cores > 0 ? (unsigned)cores : 1;

    return n > SHARDS ? SHARDS : n;
}

static bool
open_all(struct replay *r)
{
    unsigned workers = choose_workers(r->request->workers);

    r->reader = reader_open(r->request->config, 0);
    if (r->reader == NULL)
        return false;
    r->worker_count = workers == 1 ? 0 : workers;
    for (unsigned i = 0; i < r->worker_count; i++) {
        r->workers[i] = worker_start(r->shards, SHARDS, i, workers);
        if (r->workers[i] == NULL) {
            r->worker_count = i;
            return false;
        }
    }
    for (unsigned i = 0; i < SHARDS; i++) {
        struct worker *w = workers == 1 ? NULL : r->workers[i % workers];

        r->shards[i] = pipeline_open_shard(r->request, i, SHARDS, NULL,
            w == NULL ? emit_inline : worker_emit, w == NULL ? (void *)r : w);
        if (r->shards[i] == NULL)
            return false;
    }
    return true;
}

static void
run(struct replay *r)
{
    struct capture_packet packets[CAPTURE_BATCH];

    while (!pipeline_is_stopped()) {
        unsigned count = capture_read(r->capture, packets);

        if (count == 0 && capture_at_end(r->capture))
            break;
        deal_batch(r, packets, count);
        show_progress(r);
    }
    deal_finish(r);
}

/* Workers that never got a packet must still be told to end. */
static void
join_all(struct replay *r, bool is_finished)
{
    for (unsigned i = 0; i < r->worker_count; i++) {
        if (!is_finished)
            worker_abandon(r->workers[i]);
        worker_join(r->workers[i]);
    }
}

int
pipeline_replay(const struct pipeline_request *request, struct pipeline_summary *summary)
{
    struct capture_request capture = {
        .paths = request->paths,
        .path_count = request->path_count,
        .filter = request->filter,
        .fanout_group = -1,
        .message = request->message,
        .context = request->context,
    };
    struct replay *r = calloc(1, sizeof *r);
    bool bad_filter = false, is_ready;
    int status = PIPELINE_NOT_STARTED;

    if (r == NULL)
        return PIPELINE_NOT_STARTED;
    r->request = request;
    r->summary = summary;
    r->capture = capture_open(&capture, &bad_filter);
    if (r->capture == NULL) {
        free(r);
        return bad_filter ? PIPELINE_NOT_STARTED : PIPELINE_INPUT_FAILED;
    }
    is_ready = open_all(r);
    if (is_ready) {
        run(r);
        status = capture_had_errors(r->capture) ? PIPELINE_INPUT_FAILED : PIPELINE_DONE;
    } else if (request->message != NULL) {
        request->message(request->context, "not enough memory or threads to start");
    }
    join_all(r, is_ready);
    for (unsigned i = 0; i < SHARDS && is_ready; i++)
        pipeline_add_shard(summary, r->shards[i]);
    if (is_ready) {
        pipeline_add_reader(summary, r->reader);
        pipeline_add_capture(summary, r->capture);
    }
    for (unsigned i = 0; i < SHARDS; i++)
        shard_close(r->shards[i]);
    reader_close(r->reader);
    capture_close(r->capture);
    free(r);
    return status;
}
