package image

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Boards are the kinds of board there are images for, each with a folder here.
func Boards() []string { return []string{"amd64", "rpi"} }

// Program is the package of the program that an image is for.
const Program = "provbox/appliance/cmd/provbox"

// SettingsPath is where an image has its factory settings.
const SettingsPath = "/etc/provbox/config.yml"

// Config is the part of the packer's config.json that is used here. Keys as in
// github.com/gokrazy/internal/config.
type Config struct {
	Hostname        string
	Update          Update
	Environment     []string
	Packages        []string
	PackageConfig   map[string]PackageConfig
	SerialConsole   string
	GokrazyPackages []string
	KernelPackage   string
	// FirmwarePackage and EEPROMPackage are empty where the board needs none;
	// left out they would mean the Raspberry Pi's.
	FirmwarePackage string
	EEPROMPackage   string
	KernelExtraArgs []string
}

// Update says how gokrazy's own web page is reached.
type Update struct {
	NoPassword bool
}

// PackageConfig says how a program is built and started.
type PackageConfig struct {
	GoBuildFlags     []string          `json:",omitempty"`
	CommandLineFlags []string          `json:",omitempty"`
	Environment      []string          `json:",omitempty"`
	ExtraFilePaths   map[string]string `json:",omitempty"`
}

// Load reads the config.json of a board. root is the folder with go.mod.
func Load(root, board string) (*Config, error) {
	file := filepath.Join(root, "image", board, "config.json")
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("board %q: %w; there are %v", board, err, Boards())
	}
	c, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return c, nil
}

func parse(data []byte) (*Config, error) {
	c := new(Config)
	d := json.NewDecoder(bytes.NewReader(data))
	// The packer ignores a key that it does not know, and a typing error would
	// leave a default in force.
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the configuration")
	}
	return c, nil
}

// write puts the configuration into a folder of its own, as the packer wants it.
func (c *Config) write(dir string) (file string, err error) {
	data, err := json.MarshalIndent(c, "", "    ")
	if err != nil {
		return "", err
	}
	file = filepath.Join(dir, "config.json")
	return file, os.WriteFile(file, append(data, '\n'), 0o600)
}
