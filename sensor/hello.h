/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the first payload each way says by itself: the handshakes that neither nDPI nor a parser
 * knows. A flow picked up in its middle has no hello.
 */
#ifndef SENSOR_HELLO_H
#define SENSOR_HELLO_H

#include "flow.h"

enum hello { HELLO_NONE, HELLO_ICA, HELLO_MEDIA, HELLO_ZOOM };

/* Reads a packet with payload; does something only for the first of its direction. */
void hello_read(struct flow *f, unsigned direction, const struct packet *p);
/* nDPI's name, lower case, of the protocol whose handshake both ends have shown; NULL for none. */
const char *hello_protocol(const struct flow *f);

/* The call service whose media both ends have shown, at its port; NULL for none. */
const struct list_tool *hello_call(const struct flow *f);

#endif
