/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a name in a written observation means: one of its own fields or a key of its fact.
 */
#ifndef SENSOR_OUTPUT_OBSERVATION_NAME_H
#define SENSOR_OUTPUT_OBSERVATION_NAME_H

#include "../../parsers/fact.h"
#include <stddef.h>

enum observation_field {
    FIELD_TIME,
    FIELD_KIND,
    FIELD_PROTOCOL,
    FIELD_CAPTURE,
    FIELD_PACKET,
    FIELD_FLOW,
    FIELD_SOURCE,
    FIELD_SOURCE_PORT,
    FIELD_DESTINATION,
    FIELD_DESTINATION_PORT,
    FIELD_ENCAPSULATION,
    FIELD_TRANSPORT,
    FIELD_COUNT
};

struct observation_name {
    enum observation_field field; /* FIELD_COUNT: it is none */
    enum fact_key key;            /* KEY_NONE: it is none */
};

/* Of the n bytes of a name as fact.h has it ("device.mac"). Safe from several threads. */
struct observation_name observation_name_find(const char *name, size_t n);

#endif
