# What a person types. Each target works on a fresh Debian machine with only
# Go, git and make; the scripts install what else they need, or say what is
# missing.

export CGO_ENABLED := 0

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X main.version=$(VERSION)

.PHONY: build run test test-race check fmt generate fuzz fuzz-cover bench soak image e2e clean

build: ## bin/provbox, static
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/provbox ./appliance/cmd/provbox

run: build ## a box with three virtual phones on a private LAN
	scripts/run.sh

test: check ## everything that needs no special hardware
	scripts/test.sh

check: ## format, vet, staticcheck
	scripts/check.sh

fmt: ## format the sources
	go tool gofumpt -w $$(git ls-files '*.go' ':!*_templ.go')

generate: ## compile the templates of the local page
	go tool templ generate -path webui

fuzz: ## every fuzz target for FUZZTIME (30s)
	scripts/fuzz.sh

fuzz-cover: ## what the DHCP fuzz targets reach of the server, per file
	scripts/fuzz.sh cover

bench: ## benchmarks, medians of several runs
	scripts/bench.sh

soak: ## what takes long: SOAK (1000) kills of the DHCP server during binds, an attack at its real pace
	scripts/soak.sh

image: ## gokrazy images for amd64 and Raspberry Pi under out/
	scripts/image.sh amd64 out/provbox-amd64.img
	scripts/image.sh rpi out/provbox-rpi.img

e2e: ## boot the amd64 image in QEMU and provision phones from it
	scripts/e2e.sh

clean:
	rm -rf bin out
