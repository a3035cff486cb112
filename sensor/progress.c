/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The bar: `[########........]  50 %  1.2 of 2.4 GB  310 MB/s  4 s left`.
 */
#include "progress.h"
#include "log.h"
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR_WIDTH 24
#define REDRAW_SECONDS 0.1        /* often enough for an eye */
#define FORECAST_SECONDS 1.0      /* before that, a forecast is noise */
#define LONGEST_FORECAST 359999.0 /* 99:59:59 */

static double
seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* "1.2 GB": decimal units, as file managers and dd show them. */
static void
format_size(char *out, size_t size, double bytes)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB" };
    size_t unit = 0;

    while (bytes >= 1000 && unit + 1 < sizeof(units) / sizeof(*units)) {
        bytes /= 1000;
        unit++;
    }
    snprintf(out, size, bytes < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
}

void
progress_format(char out[PROGRESS_SIZE], uint64_t bytes_done, uint64_t bytes_total, double seconds)
{
    double rate = seconds > 0 ? (double)bytes_done / seconds : 0;
    double share, left;
    char done[16], total[16], speed[16], bar[BAR_WIDTH + 1], forecast[24] = "";

    format_size(done, sizeof(done), (double)bytes_done);
    format_size(speed, sizeof(speed), rate);
    if (bytes_total == 0) {
        snprintf(out, PROGRESS_SIZE, "%s read  %s/s", done, speed);
        return;
    }
    if (bytes_done > bytes_total)
        bytes_done = bytes_total; /* a file may grow while it is read */
    share = (double)bytes_done / (double)bytes_total;
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = i < (int)(share * BAR_WIDTH) ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    left = rate > 0 ? (double)(bytes_total - bytes_done) / rate : 0;
    if (seconds >= FORECAST_SECONDS && left > 0 && left < LONGEST_FORECAST)
        snprintf(forecast, sizeof(forecast), "  %.0f s left", left);
    format_size(total, sizeof(total), (double)bytes_total);
    snprintf(out, PROGRESS_SIZE, "[%s] %3d %%  %s of %s  %s/s%s", bar, (int)(share * 100), done,
        total, speed, forecast);
}

void
progress_show(void *context, uint64_t bytes_done, uint64_t bytes_total)
{
    static double begun, drawn;
    char text[PROGRESS_SIZE];
    double now;

    (void)context;
    if (log_get_level() == LOG_QUIET || !isatty(STDERR_FILENO))
        return;
    now = seconds_now();
    if (begun == 0)
        begun = now;
    if (now - drawn < REDRAW_SECONDS)
        return;
    drawn = now;
    progress_format(text, bytes_done, bytes_total, now - begun);
    log_status(text);
}

void
progress_end(void)
{
    if (isatty(STDERR_FILENO))
        log_status(NULL);
}
