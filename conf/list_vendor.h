/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who made a network card, by the IEEE's registry as Debian's package ieee-data installs it
 * (oui.csv, mam.csv, oui36.csv: blocks of 24, 28 and 36 bits; standards-oui.ieee.org).
 *
 * The files stay mapped; only an index of places in them is kept.
 */
#ifndef CONF_LIST_VENDOR_H
#define CONF_LIST_VENDOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIST_VENDOR_FOLDER "/usr/share/ieee-data"
#define LIST_VENDOR_MAC 6

struct list_vendors;

/* Reads the registry in `folder`; files that are not there are left out. NULL when none is, or
 * memory is short. */
struct list_vendors *list_vendors_open(const char *folder);
unsigned list_vendors_count(const struct list_vendors *v);
/* The holder of the smallest block that the address falls in, cut to fit `room`, terminated. False:
 * nobody is registered, or the address was made up locally (its second bit is set), as phones and
 * virtual machines do. */
bool list_vendors_find(
    const struct list_vendors *v, const uint8_t mac[LIST_VENDOR_MAC], char *out, size_t room);
void list_vendors_close(struct list_vendors *v);

/* The same of LIST_VENDOR_FOLDER (any thread). It is read when first asked, or before: some 15 ms
 * that no packet should wait for. */
void list_vendor_load(void);
bool list_vendor_of(const uint8_t mac[LIST_VENDOR_MAC], char *out, size_t room);

#endif
