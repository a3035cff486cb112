/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Requests and their answers within one flow joined: RADIUS accepts name no account, their requests
 * do. Those that may come in two flows (fact.h: is_across) are joined where all observations come
 * together (pipeline.c): the flows may be different threads'.
 *
 * A request is told as the attempt that it is (a logout's is not: only its answer counts) and kept;
 * its answer takes what it lacks from it. A retransmission, the same transaction with the same
 * content and no answer yet, is told once; after its answer it is a new request. An answer without
 * its request and without an account of its own says nothing about anybody: dropped and counted.
 */
#ifndef SENSOR_PAIR_H
#define SENSOR_PAIR_H

#include "../parsers/fact.h"

struct pair_table;

/* `sets` (a power of two) of four; in a full set the oldest request goes. NULL when memory is
 * short. */
struct pair_table *pair_table_open(uint32_t sets);
/* True when *f is to be told; an answer has then been completed. parser is the row of the parser
 * table. */
bool pair_fact(
    struct pair_table *t, uint64_t flow, unsigned parser, int64_t time_us, struct fact *f);
uint64_t pair_table_unpaired(const struct pair_table *t);
void pair_table_close(struct pair_table *t);

#endif
