/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between RADIUS's messages (radius.c) and their attributes (radius_attribute.c).
 */
#ifndef PARSERS_RADIUS_INTERNAL_H
#define PARSERS_RADIUS_INTERNAL_H

#include "fact.h"
#include "rd.h"

/* A fact has room for one address inside, a session may have two. */
enum radius_inside { RADIUS_INSIDE_ANY, RADIUS_INSIDE_IPV6 };

/* The next attribute; false at the end, or when its length lies (r->ok is false then). */
bool radius_take_attribute(struct rd *r, uint8_t *type, struct rd *value);

/* Fills *f, whose kind and result are set, from the attributes. */
void radius_read_attributes(struct fact *f, struct rd all, enum radius_inside inside);

#endif
