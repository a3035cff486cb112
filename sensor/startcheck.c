/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tries what a start opens. It cannot tell whether packets may be captured, nor whether who starts
 * the sensor may write what the one who asks may not.
 */
#include "startcheck.h"
#include "capture.h"
#include "log.h"
#include "privilege.h"
#include "state.h"
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ERROR_SIZE 512

static bool
is_filter_good(const struct config *config, const struct options *options)
{
    const char *filter = options->filter != NULL ? options->filter : config->sensor.filter;
    char error[ERROR_SIZE];

    if (filter == NULL || capture_check_filter(filter, error, sizeof error))
        return true;
    log_failure("%s: %s", options->filter != NULL ? "filter" : "sensor.filter", error);
    return false;
}

static bool
is_user_good(const char *user)
{
    if (privilege_knows_user(user))
        return true;
    log_failure("sensor.run-as: there is no user '%s'", user);
    return false;
}

static bool
can_be_made(const char *path)
{
    char folder[PATH_MAX];

    if (snprintf(folder, sizeof folder, "%s", path) < (int)sizeof folder &&
        access(dirname(folder), W_OK | X_OK) == 0)
        return true;
    log_failure("state: %s cannot be made: %s", path, strerror(errno));
    return false;
}

/* A file that is there must be readable as one; a sensor may be using it. */
static bool
is_state_good(const char *path)
{
    struct state *s;
    struct stat there;
    char error[ERROR_SIZE];

    if (path == NULL)
        return true;
    if (stat(path, &there) != 0)
        return can_be_made(path);
    if (there.st_size == 0)
        return true;
    s = state_open(path, false, error, sizeof error);
    if (s == NULL)
        log_failure("%s", error);
    state_close(s);
    return s != NULL;
}

bool
startcheck_interfaces(const struct options_texts *names)
{
    bool is_good = true;

    for (unsigned i = 0; i < names->count; i++) {
        is_good = capture_check_interface(names->list[i], log_message, NULL) && is_good;
        for (unsigned k = 0; k < i; k++)
            if (strcmp(names->list[i], names->list[k]) == 0) {
                log_failure("%s: the interface is named twice", names->list[i]);
                is_good = false;
            }
    }
    return is_good;
}

bool
startcheck(const struct config *config, const struct options *options,
    const struct outputs_request *outputs)
{
    const bool good[] = {
        outputs_check(outputs),
        is_filter_good(config, options),
        startcheck_interfaces(&options->interfaces),
        is_user_good(config->sensor.run_as),
        is_state_good(config->state_path),
    };

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        if (!good[i])
            return false;
    return true;
}
