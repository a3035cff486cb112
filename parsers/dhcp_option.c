/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options that DHCP and DHCPv6 write the same way, as values of facts.
 */
#include "dhcp_option.h"
#include "wr.h"

#define HEX_BYTES 64
#define LABEL_MAX 63

void
dhcp_put_hex(struct fact *f, enum fact_key key, struct rd bytes)
{
    char text[2 * HEX_BYTES + 1];
    struct wr w = wr_of(text, sizeof text);

    while (rd_left(&bytes) > 0 && w.at < w.end)
        wr_hex(&w, rd_u8(&bytes), 2);
    fact_word(f, key, text);
}

void
dhcp_put_parameters(struct fact *f, struct rd codes, unsigned width)
{
    char text[FACT_TEXT_MAX + 1];
    struct wr w = wr_of(text, sizeof text);

    while (rd_left(&codes) >= width && w.at + sizeof ",65535" <= w.end) {
        wr_word(&w, w.at > text ? "," : "");
        wr_decimal(&w, width == 1 ? rd_u8(&codes) : rd_u16(&codes));
    }
    fact_word(f, KEY_FINGERPRINT_DHCP, text);
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
