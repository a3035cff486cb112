/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Vendor ids of IKE, most of them digests of texts that their makers published: what they mean by
 * the makers' documents (RFC 3706, RFC 3947 and its drafts, [MS-IKEE] 1.7 and 2.2) and by what
 * Wireshark and strongSwan call them.
 */
#include "ike_internal.h"
#include "text.h"

#define TYPE_VENDOR_V1 13
#define TYPE_VENDOR_V2 43
#define WINDOWS_BYTES 16
#define TEXT_BYTES 200

/* The beginning of the id; products are named as software, the rest are abilities. */
static const struct {
    const char *bytes;
    uint8_t length;
    bool is_product;
    const char *name;
} vendors[] = {
    { "\x88\x2f\xe5\x6d\x6f\xd2\x0d\xbc\x22\x51\x61\x3b\x2e\xbe\x5b\xeb", 16, true, "strongSwan" },
    { "OE-Libreswan-", 13, true, "Libreswan" },
    { "\x70\x03\xcb\xc1\x09\x7d\xbe\x9c\x26\x00\xba\x69\x83\xbc\x8b\x35", 16, true, "racoon" },
    { "\xf4\xed\x19\xe0\xc1\x14\xeb\x51\x6f\xaa\xac\x0e\xe3\x7d\xaf\x28\x07\xb4\x38\x1f", 20, true,
        "Check Point" },
    { "\x1f\x07\xf7\x0e\xaa\x65\x14\xd3\xb0\xfa\x96\x54\x2a\x50", 14, true, "Cisco VPN 3000" },
    { "CISCO(COPYRIGHT)", 16, true, "Cisco" },
    { "FLEXVPN-SUPPORTED", 17, true, "Cisco FlexVPN" },
    { "\x82\x99\x03\x17\x57\xa3\x60\x82\xc6\xa6\x21\xde", 12, true, "FortiGate" },
    { "\x12\xf5\xf2\x8c\x45\x71\x68\xa9\x70\x2d\x9f\xe2\x74\xcc", 14, false, "Cisco Unity" },
    { "CISCO-DELETE-REASON", 19, false, "Cisco delete reason" },
    { "CISCOVPN-REV-02", 15, false, "Cisco VPN revision 2" },
    { "\x09\x00\x26\x89\xdf\xd6\xb7\x12", 8, false, "XAUTH" },
    { "\xaf\xca\xd7\x13\x68\xa1\xf1\xc9\x6b\x86\x96\xfc\x77\x57", 14, false, "DPD" },
    { "\x4a\x13\x1c\x81\x07\x03\x58\x45\x5c\x57\x28\xf2\x0e\x95\x45\x2f", 16, false,
        "NAT-T RFC 3947" },
    { "\x7d\x94\x19\xa6\x53\x10\xca\x6f\x2c\x17\x9d\x92\x15\x52\x9d\x56", 16, false,
        "NAT-T draft 3" },
    { "\x90\xcb\x80\x91\x3e\xbb\x69\x6e\x08\x63\x81\xb5\xec\x42\x7b\x1f", 16, false,
        "NAT-T draft 2" },
    { "\xcd\x60\x46\x43\x35\xdf\x21\xf8\x7c\xfd\xb2\xfc\x68\xb6\xa4\x48", 16, false,
        "NAT-T draft 2" },
    { "\x44\x85\x15\x2d\x18\xb6\xbb\xcd\x0b\xe8\xa8\x46\x95\x79\xdd\xcc", 16, false,
        "NAT-T draft 0" },
    { "\x40\x48\xb7\xd5\x6e\xbc\xe8\x85\x25\xe7\xde\x7f\x00\xd6\xc2\xd3", 16, false,
        "fragmentation" },
    { "\x26\x24\x4d\x38\xed\xdb\x61\xb3\x17\x2a\x36\xe3\xd0\xcf\xb8\x19", 16, false,
        "Microsoft initial contact" },
};

#define VENDORS (sizeof vendors / sizeof vendors[0])

/* "MS NT5 ISAKMPOAKLEY", then the version: [MS-IKEE] 1.7. */
static const char windows[] = "\x1e\x2b\x51\x69\x05\x99\x1c\x7d\x7c\x96\xfc\xbf\xb5\x87\xe4\x61";
static const char *const windows_names[] = { "Microsoft Windows", "Microsoft Windows",
    "Microsoft Windows 2000", "Microsoft Windows XP", "Microsoft Windows Server 2003",
    "Microsoft Windows Vista", "Microsoft Windows Server 2008", "Microsoft Windows 7",
    "Microsoft Windows Server 2008 R2", "Microsoft Windows 8 or later" };

#define WINDOWS_NAMES (sizeof windows_names / sizeof windows_names[0])

static bool
begins_with(struct rd id, const char *bytes, size_t length)
{
    return rd_left(&id) >= length && memcmp(id.p, bytes, length) == 0;
}

/* Products are the table's rows from 1 on, then Windows. */
static unsigned
find(struct rd id)
{
    uint32_t version;

    for (unsigned i = 0; i < VENDORS; i++)
        if (begins_with(id, vendors[i].bytes, vendors[i].length))
            return i + 1;
    if (!begins_with(id, windows, WINDOWS_BYTES))
        return 0;
    rd_skip(&id, WINDOWS_BYTES);
    version = rd_u32(&id);
    return (unsigned)VENDORS + 1 + (version < WINDOWS_NAMES ? version : 0);
}

const char *
ike_vendor_name(unsigned product)
{
    if (product == 0)
        return NULL;
    return product <= VENDORS ? vendors[product - 1].name : windows_names[product - VENDORS - 1];
}

bool
ike_vendor_list(const struct ike_message *m, struct fact *f, uint8_t *product)
{
    struct rd r = m->payloads, body;
    uint8_t next = m->next, type;
    char text[TEXT_BYTES];
    size_t n = 0;

    while (ike_payload(&r, &next, &type, &body)) {
        unsigned row = type == TYPE_VENDOR_V1 || type == TYPE_VENDOR_V2 ? find(body) : 0;
        const char *name = ike_vendor_name(row);
        size_t length = name == NULL ? 0 : strlen(name);

        if (name == NULL || n + length + 2 > sizeof text || memmem(text, n, name, length) != NULL)
            continue;
        if (*product == 0 && (row > VENDORS || vendors[row - 1].is_product))
            *product = (uint8_t)row;
        if (n > 0) {
            text[n++] = ',';
            text[n++] = ' ';
        }
        for (struct rd word = text_of(name); rd_left(&word) > 0;)
            text[n++] = (char)rd_u8(&word);
    }
    if (n == 0)
        return false;
    fact_begin(f, FACT_BANNER);
    fact_word(f, KEY_WHAT, m->end == IKE_INITIATOR ? "ike-client" : "ike-server");
    fact_text(f, KEY_TEXT, text, n);
    return true;
}
