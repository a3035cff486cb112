/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Accounts and calling stations, read the same way for every protocol that carries them.
 */
#include "login.h"
#include "text.h"
#include <string.h>

#define MAC_TEXT 17 /* a MAC with separators between its octets: what an SSID may follow */

static bool
is_unspecified(const struct in6_addr *a)
{
    if (IN6_IS_ADDR_V4MAPPED(a))
        return a->s6_addr[12] == 0 && a->s6_addr[13] == 0 && a->s6_addr[14] == 0 &&
               a->s6_addr[15] == 0;
    return IN6_IS_ADDR_UNSPECIFIED(a);
}

/* A MAC, alone or as in `00-11-22-33-44-55:guest`. */
static bool
read_mac(struct rd text, char mac[TEXT_MAC_SIZE])
{
    struct rd head;

    if (text_to_mac(text, mac))
        return true;
    head = rd_sub(&text, MAC_TEXT);
    return text_take(&text, ":") && text_to_mac(head, mac);
}

void
login_begin_attempt(struct fact *f, const char *method, uint32_t transaction)
{
    fact_begin(f, FACT_LOGIN);
    f->pairing = FACT_REQUEST;
    f->transaction = transaction;
    fact_word(f, KEY_RESULT, "attempt");
    fact_word(f, KEY_METHOD, method);
}

void
login_begin_answer(struct fact *f, uint32_t transaction, bool is_success)
{
    fact_begin(f, FACT_LOGIN);
    f->pairing = FACT_ANSWER;
    f->transaction = transaction;
    fact_word(f, KEY_RESULT, is_success ? "success" : "failure");
}

void
login_account(struct fact *f, struct rd name)
{
    struct rd user = name, realm;

    if (text_take_until(&user, "\\", &realm) && rd_left(&user) > 0 && rd_left(&realm) > 0) {
        fact_text(f, KEY_ACCOUNT, user.p, rd_left(&user));
        fact_text(f, KEY_REALM, realm.p, rd_left(&realm));
    } else {
        fact_text(f, KEY_ACCOUNT, name.p, rd_left(&name));
    }
}

void
login_outer_identity(struct fact *f, struct rd name)
{
    struct rd realm = name, user;
    bool has_realm = text_take_until_last(&realm, "@", &user);

    if (!has_realm)
        user = name;
    if (rd_left(&user) > 0 && !text_equals_nocase(&user, "anonymous"))
        login_account(f, name);
    else if (has_realm)
        fact_text(f, KEY_REALM, realm.p, rd_left(&realm));
}

bool
login_address(struct fact *f, enum fact_key key, struct rd text)
{
    struct in6_addr address;

    if (!text_to_endpoint(text_trim(text), &address) || is_unspecified(&address))
        return false;
    fact_address(f, key, &address);
    return true;
}

void
login_calling_station(struct fact *f, struct rd text)
{
    struct rd trimmed = text_trim(text);
    struct in6_addr address;
    char said[TEXT_ADDRESS_SIZE];

    if (rd_left(&trimmed) == 0)
        return;
    said[0] = '\0';
    if (login_address(f, KEY_OUTSIDE, trimmed)) {
        if (text_to_endpoint(trimmed, &address))
            text_from_address(said, &address);
    } else if (read_mac(trimmed, said)) {
        fact_word(f, KEY_DEVICE_MAC, said);
    }
    if (!text_equals(&text, said))
        fact_text(f, KEY_CALLING_STATION, text.p, rd_left(&text));
}

bool
login_is_card(struct rd name, struct rd station)
{
    char called[TEXT_MAC_SIZE], caller[TEXT_MAC_SIZE];

    return text_to_mac(text_trim(name), called) && read_mac(text_trim(station), caller) &&
           strcmp(called, caller) == 0;
}
