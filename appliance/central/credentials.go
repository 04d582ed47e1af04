package central

import (
	"fmt"
	"os"

	"go.yaml.in/yaml/v3"
)

// KeyFile reads the service id and key from a YAML file as wazo-auth-keys
// writes it.
func KeyFile(file string) (id, key string, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", "", fmt.Errorf("read service key: %w", err)
	}
	var k struct {
		ID  string `yaml:"service_id"`
		Key string `yaml:"service_key"`
	}
	if err := yaml.Unmarshal(data, &k); err != nil || k.ID == "" || k.Key == "" {
		// The parser's own text may quote the key.
		return "", "", fmt.Errorf("read service key: %s: want YAML with service_id and service_key", file)
	}
	return k.ID, k.Key, nil
}
