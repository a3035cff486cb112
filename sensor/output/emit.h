/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A document as a walk: maps, lists, keys and scalars in order. What an alert or an observation
 * holds is written down once (document.c) and walked with either back end, YAML or JSON.
 */
#ifndef SENSOR_OUTPUT_EMIT_H
#define SENSOR_OUTPUT_EMIT_H

#include "buffer.h"
#include <netinet/in.h>
#include <stdint.h>

struct emitter;

/* How a map or list is laid out where the form has a choice: one line, or one line an item. */
enum emit_style { EMIT_BLOCK, EMIT_LINE };

struct emit_form {
    void (*begin)(struct emitter *e); /* of a document */
    void (*end)(struct emitter *e);
    void (*begin_map)(struct emitter *e, enum emit_style style);
    void (*end_map)(struct emitter *e);
    void (*begin_list)(struct emitter *e, enum emit_style style);
    void (*end_list)(struct emitter *e);
    void (*key)(struct emitter *e, const char *key);
    void (*text)(struct emitter *e, const char *text, size_t n);  /* stays text when read back */
    void (*time)(struct emitter *e, const char *text, size_t n);  /* a time stamp */
    void (*plain)(struct emitter *e, const char *word, size_t n); /* a number or a boolean */
    void (*close)(struct emitter *e);
};

/* Opens for one output; every document's bytes are appended to *to, which must outlive it. NULL
 * when memory is short. */
struct emitter *emit_open_json(struct buffer *to);
struct emitter *emit_open_yaml(struct buffer *to);
void emit_close(struct emitter *e);

/* The steps, and scalars spelled alike in every form. */
void emit_begin(struct emitter *e);
void emit_end(struct emitter *e);
void emit_begin_map(struct emitter *e, const char *key, enum emit_style style);
void emit_end_map(struct emitter *e);
void emit_begin_list(struct emitter *e, const char *key, enum emit_style style);
void emit_end_list(struct emitter *e);

/* key NULL = an item of a list. A text that is NULL is left out with its key. Text that is not
 * clean (text_clean) is cleaned. */
void emit_text(struct emitter *e, const char *key, const char *text);
/* The same for text that is known to be clean: what a fact holds, or printed by ourselves. */
void emit_clean_text(struct emitter *e, const char *key, const char *text);
void emit_number(struct emitter *e, const char *key, int64_t value);
void emit_count(struct emitter *e, const char *key, uint64_t value);
/* Shortest decimal with at most `places` (up to 6) decimals; never in exponent form, whatever the
 * locale. */
void emit_decimal(struct emitter *e, const char *key, double value, int places);
void emit_true(struct emitter *e, const char *key);
void emit_time(struct emitter *e, const char *key, int64_t time_us);
void emit_address(struct emitter *e, const char *key, const struct in6_addr *address);
/* Sixteen hexadecimal digits, as text. */
void emit_id(struct emitter *e, const char *key, uint64_t id);

#define EMIT_ID_SIZE 17
#define EMIT_DECIMAL_SIZE 32
void emit_print_id(char out[EMIT_ID_SIZE], uint64_t id);
size_t emit_print_decimal(char out[EMIT_DECIMAL_SIZE], double value, int places);

/* Embedded first in each back end's own state. */
struct emitter {
    const struct emit_form *form;
};

#endif
