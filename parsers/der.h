/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DER (X.690) through the cursor: tag, length, value, each value a cursor of its own.
 */
#ifndef PARSERS_DER_H
#define PARSERS_DER_H

#include "rd.h"

#define DER_INTEGER 0x02
#define DER_OCTET_STRING 0x04
#define DER_SEQUENCE 0x30
#define DER_APPLICATION(n) ((uint8_t)(0x60 | (n))) /* constructed */
#define DER_CONTEXT(n) ((uint8_t)(0xa0 | (n)))     /* constructed */

/* Reads a tag (below 31) and a definite length; *length may reach beyond the cursor. Latches
 * r->ok = false on any other form. */
uint8_t der_head(struct rd *r, size_t *length);
/* The value of the next element; a failed cursor unless its tag is the wanted one. */
struct rd der_value(struct rd *r, uint8_t tag);
/* The same for an element that may be absent: false and nothing taken then. */
bool der_optional(struct rd *r, uint8_t tag, struct rd *value);
/* A whole INTEGER of at most four octets, from a cursor on its element. */
int32_t der_integer(struct rd *r);

#endif
