# SPDX-License-Identifier: BSD-2-Clause
#
#   make            build/farmwatch                 make demo    install what is needed, build, replay a laptop farm
#   make test       install, build, all tests       make lint    format, static analysis, include direction
#   make install    honours DESTDIR and PREFIX      make bench   against ndpiReader (builds its own capture)
#
# A variant is a folder: make BUILD=build/asan SANITIZE=address,undefined CC=clang

VERSION := 0.1.0
PREFIX ?= /usr/local
BUILD ?= build
SANITIZE ?=
DESTDIR ?=

# The one list of what Debian 12 must have. BUILD_PACKAGES build and run it, TEST_PACKAGES test it.
BUILD_PACKAGES := gcc libc6-dev pkg-config libpcap-dev libndpi-dev libmaxminddb-dev libyaml-dev libcyaml-dev uthash-dev
TEST_PACKAGES := libcmocka-dev python3 iproute2 freeradius freeradius-utils krb5-kdc krb5-admin-server krb5-user \
	openvpn openssl rsyslog tcpdump tshark
LINT_PACKAGES := clang clang-format clang-tidy cppcheck libclang-rt-14-dev
BENCH_PACKAGES := valgrind libndpi-bin time

LIBRARIES := libpcap libndpi libmaxminddb yaml-0.1 libcyaml

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
ifeq ($(SANITIZE),)
HARDEN := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection
HARDEN_LINK := -pie -Wl,-z,relro,-z,now,-z,noexecstack
else
HARDEN := -O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) -fno-sanitize-recover=all
HARDEN_LINK := -fsanitize=$(SANITIZE)
endif
CPPFLAGS += -D_GNU_SOURCE -DFARMWATCH_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(LIBRARIES) 2>/dev/null | sed 's/-I/-isystem /g')
CFLAGS += -std=c11 -g -fPIE -pthread $(HARDEN) $(WARNINGS)
LDFLAGS += $(HARDEN_LINK) -pthread
LDLIBS += $(shell pkg-config --libs $(LIBRARIES) 2>/dev/null) -lm

SOURCES := $(wildcard sensor/*.c sensor/detect/*.c sensor/output/*.c parsers/*.c geoip/*.c conf/*.c)
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
LIBRARY := $(filter-out $(BUILD)/sensor/main.o,$(OBJECTS))
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/test_*.c))

all: check-packages $(BUILD)/farmwatch

$(BUILD)/farmwatch: $(OBJECTS)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

# What is embedded must rebuild what embeds it.
$(BUILD)/geoip/embedded.o: $(wildcard geoip/data/*.mmdb)
$(BUILD)/conf/embedded.o: $(wildcard conf/lists/*) $(wildcard conf/indicators/*.yaml)

# A unit test links only the files that it names: /* links: parsers/fact.c parsers/rd.c */ in its first lines.
links = $(patsubst %.c,$(BUILD)/%.o,$(shell sed -n 's|.*links: \(.*[^ ]\) *\*/.*|\1|p' $(1) | head -1))
define unit_rule
$(BUILD)/tests/unit/$(1): $(BUILD)/tests/unit/$(1).o $(call links,tests/unit/$(1).c)
	$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(LDLIBS) -lcmocka
endef
$(foreach t,$(notdir $(UNIT)),$(eval $(call unit_rule,$(t))))

unit: $(UNIT)

.PHONY: all unit check-packages
check-packages:
	@missing=; for l in $(LIBRARIES); do pkg-config --exists $$l 2>/dev/null || missing="$$missing $$l"; done; \
	[ -f /usr/include/uthash.h ] || missing="$$missing uthash"; \
	if [ -n "$$missing" ]; then echo "farmwatch needs:$$missing" >&2; \
	echo "Debian: sudo apt-get install -y $(BUILD_PACKAGES)" >&2; exit 1; fi

-include $(OBJECTS:.o=.d) $(UNIT:=.d)
