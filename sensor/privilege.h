/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The one file that knows user ids and capabilities: what is left to the process once its devices
 * are open.
 */
#ifndef SENSOR_PRIVILEGE_H
#define SENSOR_PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>

/* Gives up root for good: to `user` with its groups when named, else keeps the uid but no
 * capability; then sets no-new-privileges. Without the privilege, the only user to become is the
 * one that it is. 0, or -1 with a message in error (the caller must not go on). */
int privilege_drop(const char *user, char *error, size_t error_size);

/* Whether there is such a user; NULL is fine. */
bool privilege_knows_user(const char *user);

#endif
