/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What facts of logins share, whatever protocol they come from.
 */
#ifndef PARSERS_LOGIN_H
#define PARSERS_LOGIN_H

#include "fact.h"
#include "rd.h"

/* Somebody asks to be let in. Its answer has the same transaction. */
void login_begin_attempt(struct fact *f, const char *method, uint32_t transaction);
void login_begin_answer(struct fact *f, uint32_t transaction, bool is_success);
/* An account as on the wire; `DOMAIN\user` gives account user and realm DOMAIN. */
void login_account(struct fact *f, struct rd name);
/* The same for an outer identity, which may name nobody: of `anonymous`, `anonymous@realm` and
 * `@realm` (RFC 7542, 2.4, and what EAP-TTLS and PEAP clients send) only the realm is kept. */
void login_outer_identity(struct fact *f, struct rd name);
/* The address that a text holds (with or without a port, IPv6 bracketed or not); false when it is
 * none, or unspecified (0.0.0.0, ::). */
bool login_address(struct fact *f, enum fact_key key, struct rd text);
/* A place that somebody called from, in any shape: an address becomes `outside`, a MAC (with or
 * without `:SSID` behind it) `device.mac`; what those do not repeat letter by letter is kept as
 * `calling-station`. */
void login_calling_station(struct fact *f, struct rd text);
/* The name is only the MAC that called (MAC authentication bypass): a card's, nobody's. */
bool login_is_card(struct rd name, struct rd station);

#endif
