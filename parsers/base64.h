/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Base64 (RFC 4648, section 4) as authentication headers and mail protocols carry it.
 */
#ifndef PARSERS_BASE64_H
#define PARSERS_BASE64_H

#include "rd.h"

/* The decoded bytes, in `room`; a failed cursor when the text holds another character, is longer
 * than the room, or ends within an octet. Padding may be missing, and ends the text. */
struct rd base64_decode(struct rd text, uint8_t *room, size_t size);

#endif
