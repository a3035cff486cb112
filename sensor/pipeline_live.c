/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Live. A lane is a thread with a capture (one of the fan-out group of its interface), a reader and
 * a shard of its own: nothing is shared but what the DNS told (resolved.h) and the ring to the
 * calling thread, which hands on what is there some twenty times a second, by time. Copies of
 * packets are recognised within a lane, which sees both directions of its flows on one interface.
 *
 * While a link is silent the clock goes on by the wall, so that flows still age.
 */
#include "pipeline_internal.h"
#include "queue.h"
#include "resolved.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES ((size_t)4 << 20)
#define HAND_ON_EVERY_NS 50000000L
#define US_PER_S 1000000
#define NS_PER_US 1000
#define FANOUT_INTERFACES 256u /* a group's id: process in the high byte, interface in the low */

struct live;

struct lane {
    struct live *live;
    const char *interface;
    struct capture *capture;
    struct reader *reader;
    struct shard *shard;
    struct queue *out;
    pthread_t thread;
    bool is_running;
    int64_t heard_us, heard_at_us; /* last packet's time, and when by the monotonic clock */
};

struct live {
    const struct pipeline_request *request;
    struct pipeline_summary *summary;
    pthread_mutex_t message_lock; /* captures speak from their lanes */
    struct resolved *resolved;
    struct lane *lanes;
    unsigned lane_count;
    atomic_uint running;
};

static int64_t
monotonic_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / NS_PER_US;
}

static void
message(void *context, const char *line)
{
    struct live *l = context;

    pthread_mutex_lock(&l->message_lock);
    if (l->request->message != NULL)
        l->request->message(l->request->context, line);
    pthread_mutex_unlock(&l->message_lock);
}

static void
emit(void *context, const struct emission *e)
{
    struct lane *lane = context;
    size_t n = emission_size(e);
    void *room;

    while ((room = queue_reserve(lane->out, n)) == NULL)
        queue_wait_room(lane->out, -1);
    memcpy(room, e, n);
}

static void
advance(struct lane *lane, int64_t time_us)
{
    uint64_t order;
    int64_t clock_us;

    if (reader_advance(lane->reader, time_us, &order, &clock_us))
        shard_tick(lane->shard, order, clock_us);
}

static void
take_batch(struct lane *lane, const struct capture_packet *packets, unsigned count)
{
    struct shard_packet batch[CAPTURE_BATCH];
    const struct shard_packet *list[CAPTURE_BATCH];
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++) {
        enum reader_result result = reader_take(lane->reader, &packets[i], &batch[n]);

        if (result == READER_NOTHING)
            continue;
        list[n] = &batch[n];
        if (shard_wants_heard(&batch[n]))
            shard_hear(lane->shard, &batch[n]);
        n++;
        if (result == READER_BORROWED) {
            shards_take(&lane->shard, 1, list, n);
            n = 0;
        }
    }
    shards_take(&lane->shard, 1, list, n);
    for (unsigned i = 0; i < count; i++)
        advance(lane, packets[i].time_us);
}

static void *
lane_run(void *context)
{
    struct lane *lane = context;
    struct capture_packet packets[CAPTURE_BATCH];
    int64_t clock_us;
    uint64_t order;

    while (!pipeline_is_stopped()) {
        unsigned count = capture_read(lane->capture, packets);

        if (count > 0) {
            take_batch(lane, packets, count);
            lane->heard_us = packets[count - 1].time_us;
            lane->heard_at_us = monotonic_us();
        } else if (capture_at_end(lane->capture)) {
            break;
        } else if (lane->heard_at_us != 0) {
            advance(lane, lane->heard_us + (monotonic_us() - lane->heard_at_us));
        }
        queue_publish(lane->out);
    }
    order = reader_finish(lane->reader, &clock_us);
    shard_finish(lane->shard, order, clock_us);
    queue_publish(lane->out);
    atomic_fetch_sub(&lane->live->running, 1);
    return NULL;
}

/* All that is there now, the earliest first. False when nothing was. */
static bool
hand_on(struct live *l)
{
    bool any = false;

    for (;;) {
        struct lane *from = NULL;
        const struct emission *first = NULL;
        struct emission whole;

        for (unsigned i = 0; i < l->lane_count; i++) {
            size_t n;
            const struct emission *e = queue_peek(l->lanes[i].out, &n);

            if (e != NULL &&
                (first == NULL || e->observation.time_us < first->observation.time_us)) {
                first = e;
                from = &l->lanes[i];
            }
        }
        if (from == NULL)
            return any;
        memcpy(&whole, first, emission_size(first));
        whole.observation.order = l->summary->observations + 1;
        pipeline_hand_on(l->request, l->summary, &whole, from->interface);
        queue_next(from->out);
        queue_release(from->out);
        any = true;
    }
}

static bool
lane_open(struct live *l, struct lane *lane, const char *interface, int fanout_group, uint64_t seed)
{
    const struct config *config = l->request->config;
    struct capture_request capture = {
        .interface = interface,
        .filter = l->request->filter,
        .snaplen = config->sensor.snaplen,
        .buffer_mib = config->sensor.buffer_mib,
        .fanout_group = fanout_group,
        .message = message,
        .context = l,
    };
    bool bad_filter;
    unsigned index = (unsigned)(lane - l->lanes);

    lane->live = l;
    lane->interface = interface;
    lane->capture = capture_open(&capture, &bad_filter);
    if (lane->capture == NULL)
        return false;
    lane->reader = reader_open(config, seed);
    lane->out = queue_open(RING_BYTES);
    lane->shard = pipeline_open_shard(l->request, index, l->lane_count, l->resolved, emit, lane);
    return lane->reader != NULL && lane->out != NULL && lane->shard != NULL;
}

static bool
open_all(struct live *l, unsigned workers)
{
    uint64_t seed = 0;

    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
        seed = (uint64_t)monotonic_us();
    for (unsigned i = 0; i < l->lane_count; i++) {
        unsigned interface = i / workers;
        int group =
            workers == 1
                ? -1
                : (int)((unsigned)getpid() % FANOUT_INTERFACES * FANOUT_INTERFACES + interface);

        if (!lane_open(l, &l->lanes[i], l->request->interfaces[interface], group, seed))
            return false;
    }
    return true;
}

static bool
start_all(struct live *l)
{
    for (unsigned i = 0; i < l->lane_count; i++) {
        atomic_fetch_add(&l->running, 1);
        if (pthread_create(&l->lanes[i].thread, NULL, lane_run, &l->lanes[i]) != 0) {
            atomic_fetch_sub(&l->running, 1);
            message(l, "cannot start a thread for every worker");
            return false;
        }
        l->lanes[i].is_running = true;
    }
    return true;
}

static void
close_all(struct live *l)
{
    for (unsigned i = 0; i < l->lane_count; i++) {
        struct lane *lane = &l->lanes[i];

        shard_close(lane->shard);
        reader_close(lane->reader);
        queue_close(lane->out);
        capture_close(lane->capture);
    }
    free(l->lanes);
    pthread_mutex_destroy(&l->message_lock);
}

/* Until every lane has ended; lanes that wait for room are served meanwhile. */
static void
serve(struct live *l)
{
    const struct timespec pause = { .tv_nsec = HAND_ON_EVERY_NS };

    while (atomic_load(&l->running) > 0)
        if (!hand_on(l)) {
            if (l->request->idle != NULL)
                l->request->idle(l->request->context);
            nanosleep(&pause, NULL);
        }
    for (unsigned i = 0; i < l->lane_count; i++)
        if (l->lanes[i].is_running)
            pthread_join(l->lanes[i].thread, NULL);
    (void)hand_on(l);
}

static unsigned
choose_workers(const struct pipeline_request *request)
{
    unsigned wanted = request->workers != 0 ? request->workers : request->config->sensor.workers;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    return wanted != 0 ? wanted : cores > 0 ? (unsigned)cores : 1;
}

int
pipeline_live(const struct pipeline_request *request, struct pipeline_summary *summary)
{
    unsigned workers = choose_workers(request);
    struct live l = {
        .request = request, .summary = summary, .lane_count = workers * request->interface_count
    };
    int status = PIPELINE_NOT_STARTED;

    pthread_mutex_init(&l.message_lock, NULL);
    l.lanes = calloc(l.lane_count == 0 ? 1 : l.lane_count, sizeof *l.lanes);
    l.resolved = resolved_open();
    if (l.lanes != NULL && l.resolved != NULL && l.lane_count > 0 && open_all(&l, workers)) {
        if (request->ready != NULL)
            request->ready(request->context);
        if (start_all(&l))
            status = PIPELINE_DONE;
        else
            pipeline_stop();
        serve(&l);
        for (unsigned i = 0; i < l.lane_count; i++) {
            pipeline_add_shard(summary, l.lanes[i].shard);
            pipeline_add_reader(summary, l.lanes[i].reader);
            pipeline_add_capture(summary, l.lanes[i].capture);
            if (capture_had_errors(l.lanes[i].capture) && status == PIPELINE_DONE)
                status = PIPELINE_INPUT_FAILED;
        }
        summary->captures = request->interface_count; /* however many rings read each */
    }
    if (l.lanes != NULL)
        close_all(&l);
    resolved_close(l.resolved);
    return status;
}
