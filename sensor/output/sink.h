/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where bytes of whole documents go: a file or standard output (sink_file.c), a socket
 * (sink_socket.c). A sink tries once and says what went wrong; waiting and trying again is the
 * affair of output.c.
 */
#ifndef SENSOR_OUTPUT_SINK_H
#define SENSOR_OUTPUT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SINK_ERROR_SIZE 160
#define SINK_PATIENCE_MS 100 /* alerts wait behind a write that waits, and packets behind them */

struct sink;

struct sink_kind {
    /* 0, or an errno value: EINPROGRESS when a connection is still being made, to be tried again
     * soon. On failure nothing of these bytes counts as written. */
    int (*write)(struct sink *s, const char *bytes, size_t n);
    /* The last chance to learn of a failure: 0 or an errno value. Frees the sink. */
    int (*close)(struct sink *s);
};

/* Embedded first in each kind's own state. */
struct sink {
    const struct sink_kind *kind;
    bool is_gone;         /* no later try can help: standard output was closed */
    unsigned patience_ms; /* how long a write may wait for a peer; the caller may change it */
    int unrotated;    /* errno of a rotation that failed: the file grows on; the caller clears it */
    uint64_t refused; /* documents that were sent and then turned out not to have been received */
};

/* "-" is standard output. Rotates at rotate_bytes (0 = never), keeping `keep` older files. NULL
 * after a text in error that says why and what to do. */
struct sink *sink_open_file(
    const char *path, uint64_t rotate_bytes, unsigned keep, char error[SINK_ERROR_SIZE]);
/* udp://H:P tcp://H:P unix:PATH. A peer that is down is no failure here; an address that cannot be
 * understood or resolved is. */
struct sink *sink_open_socket(const char *url, char error[SINK_ERROR_SIZE]);

#endif
