/* SPDX-License-Identifier: BSD-2-Clause
 *
 * uthash as the analysis uses it: keyed buckets, so that names chosen by an attacker cannot pile up
 * in one of them, and the table's own order of insertion as the order of use. An entry that is
 * deleted and added again is the youngest; the head is the least recently active.
 */
#ifndef SENSOR_TABLE_H
#define SENSOR_TABLE_H

#include "stablehash.h"

#define HASH_FUNCTION(key, length, value) ((value) = stablehash_bucket((key), (length)))
#include <uthash.h>
#include <utlist.h>

#endif
