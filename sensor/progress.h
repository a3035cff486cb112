/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A progress bar on standard error, when that is a terminal; nothing otherwise, nor with -q.
 */
#ifndef SENSOR_PROGRESS_H
#define SENSOR_PROGRESS_H

#include <stdint.h>

#define PROGRESS_SIZE 128

/* In the shape of pipeline_request.progress; context is not used. bytes_total 0 = not known. */
void progress_show(void *context, uint64_t bytes_done, uint64_t bytes_total);
/* Wipes the bar. */
void progress_end(void);

/* The bar's text after that many seconds: what was read, of how much, how fast, how long still. */
void progress_format(
    char out[PROGRESS_SIZE], uint64_t bytes_done, uint64_t bytes_total, double seconds);

#endif
