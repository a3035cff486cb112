/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the protocols of lines share (SMTP, POP3, IMAP, FTP): how one is recognised, which end is
 * the client, and that a connection may become TLS's.
 *
 * FTP and SMTP greet alike: there the greeting waits, unread, for what the client says to it.
 */
#ifndef PARSERS_LINE_H
#define PARSERS_LINE_H

#include "parser.h"

#define LINE_MAX_BYTES 12288 /* RFC 4954, 4: a token in base64 */

/* The start of each one's state. */
struct line_flow {
    bool is_known;
    bool is_turned; /* picked up in its middle: the flow's originator is the server */
    bool is_over;   /* what remains is nothing to us */
    bool is_other;  /* from here on another protocol (TLS) */
};

struct line_message {
    struct rd line;        /* without its end */
    struct rd rest;        /* what is there behind it; what of it belongs to the line is taken */
    struct line_flow *own; /* the protocol's state */
    const struct parse_input *in;
    const struct parse_output *out;
};

struct line_protocol {
    /* Whether a connection may begin so: PARSE_OK, PARSE_MORE (so far), PARSE_NOT_MINE. */
    enum parse_result (*opens)(struct rd start, bool from_client, const struct parse_input *in);
    enum parse_result (*command)(struct line_message *m);
    enum parse_result (*reply)(struct line_message *m);
};

enum parse_result line_parse(struct parse_input *in, const struct parse_output *out,
    struct line_flow *own, const struct line_protocol *p);
/* Whether the bytes begin with one of the words (the last is NULL), without regard to case;
 * PARSE_MORE when they may yet. */
enum parse_result line_opens(struct rd start, const char *const *words);
/* The line without its end (LF, CR LF). PARSE_BAD when it is longer than LINE_MAX_BYTES. */
enum parse_result line_take(struct rd *r, struct rd *line);
/* Takes the word before the next space, or all that is left. */
struct rd line_word(struct rd *line);
/* The three digits of a reply (RFC 5321, 4.2; RFC 959, 4.2) and its text; 0 for any other line, and
 * for all but the last of a reply of several lines. */
unsigned line_code(struct rd line, struct rd *text);

#endif
