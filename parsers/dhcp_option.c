/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options that DHCP and DHCPv6 write the same way, as values of facts.
 */
#include "dhcp_option.h"
#include <stdio.h>

#define HEX_BYTES 64
#define LABEL_MAX 63

void
dhcp_put_hex(struct fact *f, enum fact_key key, struct rd bytes)
{
    char text[2 * HEX_BYTES + 1] = "";
    size_t at = 0;

    while (rd_left(&bytes) > 0 && at + 2 < sizeof text)
        at += (size_t)snprintf(text + at, sizeof text - at, "%02x", rd_u8(&bytes));
    fact_text(f, key, text, at);
}

void
dhcp_put_parameters(struct fact *f, struct rd codes, unsigned width)
{
    char text[FACT_TEXT_MAX + 1] = "";
    size_t at = 0;

    while (rd_left(&codes) >= width && at + sizeof ",65535" < sizeof text) {
        unsigned code = width == 1 ? rd_u8(&codes) : rd_u16(&codes);

        at += (size_t)snprintf(text + at, sizeof text - at, "%s%u", at > 0 ? "," : "", code);
    }
    fact_text(f, KEY_FINGERPRINT_DHCP, text, at);
}

void
dhcp_put_labels(struct fact *f, struct rd labels)
{
    char name[FACT_TEXT_MAX];
    size_t at = 0;
    uint8_t length;

    while (rd_left(&labels) > 0 && (length = rd_u8(&labels)) != 0) {
        const uint8_t *label = length > LABEL_MAX ? NULL : rd_bytes(&labels, length);

        if (label == NULL || at + 1 + length > sizeof name)
            return;
        if (at > 0)
            name[at++] = '.';
        memcpy(name + at, label, length);
        at += length;
    }
    fact_text(f, KEY_HOST_NAME, name, at);
}
