/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an alert and an observation look like when written: their keys and the order of them, once,
 * for every form.
 */
#ifndef SENSOR_OUTPUT_DOCUMENT_H
#define SENSOR_OUTPUT_DOCUMENT_H

#include "../alert.h"
#include "../observation.h"
#include "emit.h"

void document_alert(struct emitter *e, const struct alert *a);
void document_observation(struct emitter *e, const struct observation *o);

/* "tcp" for 6; NULL for a protocol that is written as its number. */
const char *document_transport_name(uint8_t protocol);
/* The number of a name; -1 when there is none. */
int document_transport_of(const char *name);

#endif
