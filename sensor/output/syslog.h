/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An alert as one syslog message (RFC 5424), with structured data, or as CEF within one.
 *
 * Short fixed fields come first; what does not fit into SYSLOG_LIMIT is left out from the end, a
 * whole parameter at a time. The rest is in the YAML under the same id.
 */
#ifndef SENSOR_OUTPUT_SYSLOG_H
#define SENSOR_OUTPUT_SYSLOG_H

#include "../alert.h"
#include <stddef.h>

#define SYSLOG_LIMIT 2048 /* what RFC 5424, 6.1 asks receivers to accept */

/* Writes at most SYSLOG_LIMIT bytes, no NUL; returns how many. process is
 * PROCID, 0 for none. */
size_t syslog_format(char out[SYSLOG_LIMIT], const struct alert *a, long process);
size_t syslog_format_cef(char out[SYSLOG_LIMIT], const struct alert *a, long process);

#endif
