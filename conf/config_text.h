/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Values as an operator writes them: read, and written again. No tables, no memory, no messages.
 */
#ifndef CONF_CONFIG_TEXT_H
#define CONF_CONFIG_TEXT_H

#include "cidr.h"
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CONFIG_TEXT_SIZE 64 /* room for any value but free text */

/* "15m", "1.5h", "7d": units us ms s m h d. *why says what was wrong. */
bool config_text_read_duration(const char *text, double *us, const char **why);
void config_text_duration(char to[CONFIG_TEXT_SIZE], double us);

/* A decimal number; no hex, no infinity. */
bool config_text_read_number(const char *text, double *value);
void config_text_number(char to[CONFIG_TEXT_SIZE], double value);

/* "2024-02-29" -> Unix seconds at 00:00 UTC. */
bool config_text_read_date(const char *text, int64_t *seconds);
void config_text_date(char to[CONFIG_TEXT_SIZE], int64_t seconds);
/* "2024", "2024-02" or a date. */
bool config_text_is_partial_date(const char *text);

/* "08:00-18:00", past midnight too, or "none" (-1): minutes after midnight; to may be 1440. */
bool config_text_read_hours(const char *text, int *from, int *to);

/* Two letters of ISO 3166-1, any case -> upper case. XK (Kosovo) is taken since databases use it.
 */
bool config_text_read_country(const char *text, char code[3]);

/* Six octets by ':' or '-' -> lower case with colons. */
bool config_text_read_mac(const char *text, char to[CONFIG_TEXT_SIZE]);

bool config_text_is_domain(const char *text);
/* "127.0.0.1:9494", "[::1]:9494": a numeric address and a port. */
bool config_text_is_listen(const char *text);
/* udp://H:P tcp://H:P tls://H:P unix:PATH */
bool config_text_is_url(const char *text);

void config_text_prefix(char to[CONFIG_TEXT_SIZE], const struct cidr *c);

/* Writes a YAML scalar: plain when that is safe, else in double quotes with escapes. */
void config_text_write(FILE *to, const char *text);
void config_text_write_quoted(FILE *to, const char *text);

#endif
