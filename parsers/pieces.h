/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A handshake message in pieces that came in several datagrams, in any order (QUIC's CRYPTO frames,
 * DTLS's fragments): the parser of the datagrams hands each on as nested, under a header of our
 * own, and the parser of the nested stream waits until they make a whole.
 */
#ifndef PARSERS_PIECES_H
#define PARSERS_PIECES_H

#include "parser.h"

#define PIECES_ROOM 16384 /* longest message, with its header of type and length */
#define PIECES_HEADER 4

struct piece {
    char kind; /* which nested parser it is for */
    uint16_t message;
    uint32_t offset; /* from the message's header on */
    struct rd bytes;
};

void piece_hand_on(const struct piece *p, const struct parse_output *out);
/* Reads such a stream of one kind: tells the message that its pieces make, from the message's
 * header on, or gives pieces up for those of another message. */
enum parse_result pieces_parse(struct parse_input *in, const struct parse_output *out, char kind,
    enum parse_result (*tell)(
        struct rd message, const struct parse_input *in, const struct parse_output *out));
/* Puts pieces in their order as far as they follow on each other from the beginning; how many bytes
 * that is. */
size_t pieces_lay(const struct piece *pieces, unsigned count, uint8_t room[PIECES_ROOM]);
/* How long the message is that the first n bytes begin; 0 while they do not say. */
size_t pieces_whole(const uint8_t *room, size_t n);

#endif
