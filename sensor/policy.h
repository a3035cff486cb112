/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The packet side's share of the detectors' configuration: when a session counts as controlled is
 * decided where its packets are, by keys of the `remote-control` detector.
 */
#ifndef SENSOR_POLICY_H
#define SENSOR_POLICY_H

#include "session.h"

/* The session policy as configured. */
struct session_policy policy_of_sessions(const struct config *config);

#endif
