package rest

import (
	"net/http"

	"provbox/provd/document"
)

// Uplink shows the box's tunnel to the centre.
type Uplink interface {
	// Describe returns the tunnel's state and public key, without any secret.
	Describe() *document.Object
}

func (c *call) uplink() error {
	return c.json(http.StatusOK, "uplink", c.cfg.Uplink.Describe())
}
