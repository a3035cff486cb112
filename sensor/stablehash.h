/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two hashes: one that is the same on every machine and for ever (identifiers in alerts), and one
 * that nobody outside can predict (buckets of tables whose keys come from the wire).
 */
#ifndef SENSOR_STABLEHASH_H
#define SENSOR_STABLEHASH_H

#include <stddef.h>
#include <stdint.h>

#define STABLEHASH_START 0xcbf29ce484222325u /* FNV-1a, 64 bits: offset basis */

/* FNV-1a over the bytes of text and a zero octet, so that ("ab", "c") differs from ("a", "bc").
 * Chain calls, beginning with STABLEHASH_START. */
uint64_t stablehash_text(uint64_t hash, const char *text);

/* keyhash.h under a key drawn once a process. Never decides the order of anything. */
uint32_t stablehash_bucket(const void *bytes, size_t n);

#endif
