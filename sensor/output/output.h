/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where alerts and observations go: YAML and JSON files or standard output, syslog. One table of
 * kinds, one file each.
 *
 * An output that fails is said once, counted always, and retried with growing pauses; a full disk
 * or closed pipe never stops the rest.
 */
#ifndef SENSOR_OUTPUT_H
#define SENSOR_OUTPUT_H

#include "../alert.h"
#include "../observation.h"

struct outputs;

struct outputs_request {
    const struct config *config; /* borrowed: its outputs: list is used when spec_count is 0 */
    const char *const *specs;    /* -o, in order: yaml[:PATH] json[:PATH] syslog:udp://H:P
                                    syslog:tcp://H:P syslog:unix:PATH */
    unsigned spec_count;
    const char *observations; /* --observations SPEC or NULL */
    bool replay;              /* what an output cannot take waits in memory, not beside the state */
    void (*message)(void *context, const char *line);
    void *context;
};

/* Without specs and configured outputs: YAML on standard output. NULL after a message when a
 * specification is wrong or a file cannot be opened. SIGPIPE is ignored from here on. */
struct outputs *outputs_open(const struct outputs_request *request);
/* What outputs_open would refuse, found without creating or opening anything: wrong
 * specifications, files and folders that cannot be written. False after a message for each. */
bool outputs_check(const struct outputs_request *request);
void outputs_alert(struct outputs *o, const struct alert *a);
void outputs_observation(struct outputs *o, const struct observation *ob);
/* Nothing is coming just now: writes what was gathered, tries again what waits. Call it about once
 * a second when live. */
void outputs_idle(struct outputs *o);
/* Closes everything; 0, or 1 when anything was lost on any output (said by message, with counts).
 */
int outputs_close(struct outputs *o);

/* --analyse: reads JSON lines. 0 at the end, 1 when lines were unreadable (each said with its
 * number, capped; the rest was processed) or the file cannot be opened. */
int observations_read(const char *path, void (*each)(void *context, const struct observation *o),
    void *each_context, void (*message)(void *context, const char *line), void *context);

#endif
