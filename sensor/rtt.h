/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Round-trip times as observations: of a TCP connection's handshake, both ends, once.
 */
#ifndef SENSOR_RTT_H
#define SENSOR_RTT_H

#include "evidence.h"

/* `layer` is tcp, or inner when the connection runs inside of a tunnel. Nothing when it was told,
 * or is not known. */
void rtt_tell_handshake(struct emitter *e, struct flow *f, const char *layer);

#endif
